"""What every kind of request does in the same way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from requests_app import questions, signposts
from requests_app.kinds import references
from requests_app.questions import Ask, Question
from requests_app.states import Priority

if TYPE_CHECKING:
    from portal.accounts.models import Location, Team, User
    from requests_app.models import ServiceRequest


@dataclass(frozen=True)
class Facts:
    """What follows from the answers of a request; `submission` writes it onto the request when it is sent.

    `title`: what it is, without names, beds and initials (it stands in mails and on walls). `service`: whose target times
    apply. `reason`: why this priority, in the ward's words. `agreed_at` with `lead`: its team gets it that much earlier.
    """

    title: str
    service: str
    priority: Priority
    reason: str
    team_code: str
    place: "Location | None" = None
    beneficiary: "User | None" = None
    agreed_from: datetime | None = None
    agreed_at: datetime | None = None
    lead: timedelta = timedelta(0)
    private: bool = False
    precautions: tuple[str, ...] = ()


class Kind:
    """One kind. `draft` may be unsaved: a form that was only looked at; it has hospital, department, category, answers.

    `panel`: a template that stands beneath the questions ("" for none), or above them, with `beside()` as `beside`.
    """

    panel = ""
    panel_above = False

    def questions(self, draft: "ServiceRequest") -> list[Question]:
        """What is asked, in order; it may depend on the answers so far."""
        raise NotImplementedError

    def further(self, draft: "ServiceRequest") -> dict[str, list[str]]:
        """What else keeps it from being sent, when each answer by itself is right: sentences by key."""
        return {}

    def facts(self, draft: "ServiceRequest") -> Facts:
        """Read the answers. Only of answers without problems."""
        raise NotImplementedError

    def likely_priority(self, draft: "ServiceRequest") -> Priority:
        """What the answers so far come to, for the page; answers may be missing or wrong."""
        return Priority.ROUTINE

    def prefill(self, draft: "ServiceRequest", given: Mapping[str, str]) -> dict[str, Any]:
        """Answers that are known before somebody types: from the address (`given`), the ward, the person."""
        known = {question.key for question in self.questions(draft)}
        return {key: value for key, value in given.items() if key in known}

    def beside(self, draft: "ServiceRequest", by: "User") -> dict[str, Any]:
        """What the panel shows to `by`."""
        return {}

    def keep(self, request: "ServiceRequest", by: "User") -> None:
        """The request is being sent: write the rows of this kind. `request` is locked and saved afterwards."""

    def sent(self, request: "ServiceRequest", by: "User") -> None:
        """The request was sent: what else is told in the same transaction."""

    def marks(self, request: "ServiceRequest") -> tuple[str, ...]:
        """Codes by which an approval policy may tell such requests apart; `request` may be a draft."""
        return ()

    def not_for(self, request: "ServiceRequest", user: "User") -> str:
        """Why this member of its team may not do the work, or ''. `request` is locked."""
        return ""

    def not_to_take(self, request: "ServiceRequest") -> str:
        """Why nobody may begin the work yet, or ''. `request` is locked."""
        return ""

    def not_to_go_on(self, request: "ServiceRequest") -> str:
        """Why its team cannot end the waiting yet, or ''. `request` is locked."""
        return ""

    def not_for_team(self, request: "ServiceRequest", team: "Team") -> str:
        """Why the work cannot be passed to this team, or ''."""
        return ""

    def not_to_finish(self, request: "ServiceRequest") -> str:
        """Why the work cannot end with `request.outcome` yet, or ''. `request` is locked."""
        return ""

    # ---- the same for all ----

    def problems(self, draft: "ServiceRequest") -> dict[str, list[str]]:
        """What keeps the draft from being sent: sentences by key of the question."""
        asked = self.questions(draft)
        found = questions.problems(asked, draft.answers)
        found |= {key: texts for key, texts in references.problems(asked, draft).items() if key not in found}
        return found or self.further(draft)

    def elsewhere(
        self, draft: "ServiceRequest", asked: list[Question], *, only_rung: bool = False
    ) -> dict[str, list[str]]:
        """Free answers that ask for what is had elsewhere: where that is, by key. `only_rung`: what must be rung at once."""
        free = [one for one in asked if one.ask in (Ask.TEXT, Ask.LONG)]
        phone = draft.hospital.phone
        found = {}
        for one in free:
            words = questions.text(draft.answers, one.key)
            if questions.applies(one, draft.answers):
                found[one.key] = signposts.refusal(words, phone=phone, only_rung=only_rung)
        return {key: [said] for key, said in found.items() if said}

    def said(self, request: "ServiceRequest") -> list[tuple[str, str]]:
        """Question and answer in words, as it was asked; without what was not answered."""
        answers = request.answers
        asked = list(questions.asked(self.questions(request), answers))
        rows_named = references.all_in_words(asked, request)
        rows = (
            (str(one.label), rows_named.get(one.key) or questions.in_words(one, answers)) for one in asked
        )
        return [(label, words) for label, words in rows if words]

    def told(self, request: "ServiceRequest") -> list[tuple[str, str]]:
        """The same for everywhere but the page of the request: without what finds a patient."""
        hidden = {str(one.label) for one in self.questions(request) if one.patient}
        return [(label, words) for label, words in self.said(request) if label not in hidden]


@dataclass(frozen=True)
class Read:
    """The answers of a draft, read as values."""

    draft: "ServiceRequest"
    zone: ZoneInfo = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "zone", ZoneInfo(self.draft.hospital.time_zone))

    def text(self, key: str) -> str:
        return questions.text(self.draft.answers, key)

    def several(self, key: str) -> list[str]:
        return questions.several(self.draft.answers, key)

    def moment(self, key: str) -> datetime | None:
        """A moment on the clock of the hospital."""
        local = questions.as_moment(self.text(key))
        return local.replace(tzinfo=self.zone) if local else None
