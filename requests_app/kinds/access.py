"""Access to a system: for whom, to what, with which rights, until when. The person's own head decides, never they themselves."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import people
from portal.clock import now
from requests_app import priorities, questions
from requests_app.kinds import references
from requests_app.kinds.base import Facts, Kind, Read
from requests_app.models.it import ItSystem
from requests_app.priorities import CAN_WAIT, LOW, MEDIUM, TODAY
from requests_app.questions import Ask, Choice, Question, day_in_words
from requests_app.states import Priority

if TYPE_CHECKING:
    from portal.accounts.models import User
    from requests_app.models import ServiceRequest

TEAM = "it"
STANDARD, EXTRA, PRIVILEGED = "standard", "extra", "privileged"
CLINICAL = "clinical"
LONGEST = {STANDARD: 365, EXTRA: 365, PRIVILEGED: 90}  # days
LEVELS = (
    Choice(STANDARD, gettext_lazy("What everybody in this job has")),
    Choice(EXTRA, gettext_lazy("More than that")),
    Choice(PRIVILEGED, gettext_lazy("Administrator: may change settings or other people's access")),
)
NEED = {
    "wait": (gettext_lazy("Yes"), LOW, CAN_WAIT),
    "today": (gettext_lazy("No, they cannot work until they have it"), MEDIUM, TODAY),
}
SHARED = re.compile(
    r"\b(?:shared|generic|common|joint|group|ward|team|desk|same)[ -]?(?:log[ -]?in|account|user|password|sign[ -]?in)s?\b"
    r"|\bone (?:log[ -]?in|account|password) for (?:all|everybody|everyone|the (?:ward|team|shift))\b"
    r"|\b(?:log[ -]?in|account|password) (?:for|of) (?:the (?:whole )?(?:ward|team|shift|desk)|everybody|everyone|all of us)\b"
    r"|\b(?:sammel|gruppen|stations)(?:konto|login|zugang|kennung|anmeldung)\b"
)


class AccessKind(Kind):
    """`beneficiary` is the person; while it is sent the request moves to their own ward, whose head decides."""

    def questions(self, draft: "ServiceRequest") -> list[Question]:
        systems = list(ItSystem.objects.filter(hospital=draft.hospital_id, active=True))
        trained = tuple(system.code for system in systems if system.needs_training)
        return [
            Question(
                "person",
                _("For whom?"),
                Ask.PERSON,
                required=False,
                hint=_("Name, or the name that they sign in with. Empty: for yourself."),
            ),
            Question(
                "system",
                _("To which system?"),
                Ask.ONE,
                tuple(Choice(system.code, system.name) for system in systems),
                missing=_("Choose a system."),
            ),
            Question(
                "level",
                _("What may they do in it?"),
                Ask.ONE,
                LEVELS,
                missing=_("Choose what they may do in it."),
            ),
            Question(
                "until",
                _("Until when?"),
                Ask.DATE,
                hint=_("A year at most, 90 days for administrators."),
                missing=_("Enter the last day."),
            ),
            Question(
                "reason", _("What do they need it for?"), Ask.TEXT, missing=_("Say what they need it for.")
            ),
            Question(
                "trained",
                _("Trained on"),
                Ask.DATE,
                only_if=("system", trained),
                missing=_("Enter the day of the training: this system asks for it."),
            ),
            Question(
                "from",
                _("From when?"),
                Ask.DATE,
                required=False,
                detail=True,
                hint=_("Empty: as soon as it is agreed."),
            ),
            Question(
                "need",
                _("Can they work without it until then?"),
                Ask.ONE,
                tuple(Choice(code, label) for code, (label, _impact, _urgency) in NEED.items()),
                required=False,
                detail=True,
            ),
        ]

    def problems(self, draft: "ServiceRequest") -> dict[str, list[str]]:
        return _shared(Read(draft)) or super().problems(draft)

    def further(self, draft: "ServiceRequest") -> dict[str, list[str]]:
        read = Read(draft)
        today = now().astimezone(read.zone).date()
        begins = max(questions.as_date(read.text("from")) or today, today)
        until = questions.as_date(read.text("until")) or today
        found: dict[str, list[str]] = {}
        trained = questions.as_date(read.text("trained"))
        if trained and trained > today:
            found["trained"] = [_("Enter the day of a training that was done.")]
        if begins > today + timedelta(days=365):
            found["from"] = [_("Enter a day within a year.")]
        wrong = _wrong_end(read, begins, until, person_of(draft))
        return found | ({"until": [wrong]} if wrong else {})

    def facts(self, draft: "ServiceRequest") -> Facts:
        system = system_of(draft)
        priority, reason = _priority(draft.answers)
        return Facts(
            title=_("Access: %(system)s") % {"system": system.name if system else draft.category.name},
            service="it_access",
            priority=priority,
            reason=reason,
            team_code=TEAM,
            beneficiary=person_of(draft),
        )

    def likely_priority(self, draft: "ServiceRequest") -> Priority:
        return _priority(draft.answers)[0]

    def prefill(self, draft: "ServiceRequest", given: Mapping[str, str]) -> dict[str, Any]:
        """For oneself, as everybody in the job has it, for as long as it may be."""
        known = {
            key: given[key] for key in ("person", "system", "level", "until", "reason") if given.get(key)
        }
        known.setdefault("person", draft.filed_by.username)
        leaves = people.leaves_at(draft.filed_by)
        ends = now() + timedelta(days=LONGEST[STANDARD])
        if leaves and leaves.valid_until:
            ends = min(ends, leaves.valid_until)
        known.setdefault("until", ends.astimezone(Read(draft).zone).date().isoformat())
        return {"level": STANDARD} | known

    def keep(self, request: "ServiceRequest", by: "User") -> None:
        person = request.beneficiary
        ward = people.home_ward(person, request.hospital) if person else None
        if ward:
            request.department = ward

    def marks(self, request: "ServiceRequest") -> tuple[str, ...]:
        """For the policy: the level, and whether the system holds records of patients."""
        level = questions.text(request.answers, "level")
        system = system_of(request)
        return (level, CLINICAL) if system and system.clinical else (level,)


def system_of(request: "ServiceRequest") -> ItSystem | None:
    """The system that it asks access to, with its owner, or None. One query."""
    code = questions.text(request.answers, "system")
    found = (
        ItSystem.objects.filter(hospital=request.hospital_id, code=code) if code else ItSystem.objects.none()
    )
    return found.select_related("owner").first()


def person_of(draft: "ServiceRequest") -> "User":
    """For whom it is: the person who was named, else whoever needs it."""
    return references.someone(draft, "person") or draft.requester


def _priority(answers: questions.Answers) -> tuple[Priority, str]:
    label, impact, urgency = NEED.get(questions.text(answers, "need"), NEED["wait"])
    urgent = priorities.of(impact, urgency)
    said = label if urgent != Priority.ROUTINE else _("They can work without it until then")
    return urgent, str(said)


def _shared(read: Read) -> dict[str, list[str]]:
    said = _(
        "A login belongs to one person, because what is done with it is on record under their name. "
        "Ask for each person by themselves."
    )
    return {key: [said] for key in ("person", "reason") if SHARED.search(read.text(key).casefold())}


def _wrong_end(read: Read, begins: date, until: date, person: "User") -> str:
    """What is wrong with the last day, or ''."""
    if until < begins:
        return _("The last day is before the first.")
    most = LONGEST.get(read.text("level"), LONGEST[STANDARD])
    if until > begins + timedelta(days=most):
        latest = begins + timedelta(days=most)
        return _("At most %(days)s days: until %(latest)s.") % {"days": most, "latest": day_in_words(latest)}
    leaves = people.leaves_at(person)
    if leaves and leaves.valid_until:
        last = leaves.valid_until.astimezone(read.zone).date()
        if until > last:
            return _("They work here until %(last)s: choose that day at the latest.") % {
                "last": day_in_words(last)
            }
    return ""
