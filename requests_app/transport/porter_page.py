"""What a porter sees: the job in hand or the next one, what comes after it, and what cannot be begun yet."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import scopes
from portal.accounts.models import Location, Team
from portal.clock import now
from portal.errors import NotAllowed
from portal.live import marks
from requests_app import outcomes, questions, waiting_reasons, waits
from requests_app.models import Move, ServiceRequest, Wait
from requests_app.states import TAKEN_STATES, Kind, RequestState
from requests_app.transport import carrying, moves, order, reasons
from requests_app.transport.skills import Skills

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from portal.accounts.models import User

MOST = 30  # moves that a page looks at
PEOPLE = {"chair_large": 2, "trolley": 2, "bed": 2, "bed_large": 4, "cot": 2, "stretcher_theatre": 2}
NOTES = {
    "bed_large": gettext_lazy("Check the route first."),
    "cot": gettext_lazy("A midwife or nurse goes along."),
}
# What is asked of things, as the card says it; the rest of the answers has a place of its own there.
OF_THINGS = frozenset(
    "condition tag samples sample_needs units gas cylinder filling heavy meals waste_kind boxes bags".split()
)


@dataclass(frozen=True)
class Job:
    """One move as a card or a row shows it. `case` has everything of `order.moves_of` loaded."""

    case: ServiceRequest
    mine: bool
    wait: Wait | None = None

    @property
    def move(self) -> Move:
        return self.case.move

    @property
    def patient(self) -> bool:
        return self.move.what == moves.PATIENT

    @property
    def thing(self) -> moves.Thing:
        return moves.WHAT[self.move.what]

    @property
    def origin(self) -> Location | None:
        return self.move.origin

    @property
    def taken(self) -> bool:
        return self.mine and self.case.state in TAKEN_STATES

    @property
    def given(self) -> bool:
        """To this person, by porter control; they did not accept it yet."""
        return self.mine and self.case.state == RequestState.APPROVED

    @property
    def not_ready(self) -> bool:
        return carrying.is_not_ready(self.case, self.move)

    @property
    def unescorted(self) -> bool:
        """Somebody goes along who is not ready yet."""
        return self.case.state == RequestState.APPROVED and not self.move.ready_for(self.case, now())

    @property
    def step(self) -> str:
        """What the big button says next: accept, pick-up or deliver; '' where there is nothing to press."""
        if self.taken:
            return "deliver" if self.move.picked_up_at else "pick-up"
        free = self.case.state == RequestState.APPROVED and not self.unescorted
        return "accept" if free and (self.mine or self.case.assignee_id is None) else ""

    @property
    def hand_back_at(self) -> datetime | None:
        """When it may be handed back; None where that is not the question."""
        since = self.move.not_ready_at
        return since + carrying.HAND_BACK_AFTER if self.taken and self.not_ready and since else None

    @property
    def may_hand_back(self) -> bool:
        return bool(self.hand_back_at and self.hand_back_at <= now())

    @property
    def delayed(self) -> str:
        """For what it waits, in words."""
        return waiting_reasons.in_words(self.wait.reason) if self.wait else ""

    @property
    def how(self) -> "str | Promise":
        return moves.HOW.get(self.move.how, "")

    @property
    def people(self) -> int:
        """Porters that it takes."""
        return PEOPLE.get(self.move.how, 1)

    @property
    def route(self) -> str:
        return str(NOTES.get(self.move.how, ""))

    @property
    def escort(self) -> "str | Promise":
        return moves.ESCORTS.get(self.move.escort, "") if self.move.escorted else ""

    @property
    def comes_along(self) -> list[str]:
        along = [
            str(moves.COMES_ALONG[one]) for one in self.move.comes_along.split() if one in moves.COMES_ALONG
        ]
        litres = self.move.oxygen_litres
        return along + ([_("%(n)s litres a minute") % {"n": litres}] if litres else [])

    @property
    def tell(self) -> list[str]:
        return [str(moves.TELL[one]) for one in self.move.tell.split() if one in moves.TELL]

    @property
    def details(self) -> list[tuple[str, str]]:
        """Question and answer of a thing: how many, which gas, the number on its label."""
        if self.patient:
            return []
        asked = questions.asked(moves.asked(), self.case.answers)
        said = (
            (str(one.label), questions.in_words(one, self.case.answers))
            for one in asked
            if one.key in OF_THINGS
        )
        return [(label, words) for label, words in said if words]

    @property
    def takers(self) -> "dict[str, str | Promise]":
        return reasons.handed_to(self.move.what, urgent=self.case.priority in carrying.URGENT)

    @property
    def delays(self) -> "dict[str, str | Promise]":
        return reasons.not_ready(patient=self.patient, picked_up=self.move.picked_up_at is not None)

    @property
    def ends(self) -> "dict[str, str | Promise]":
        """Outcomes with which it may end now, without being handed over."""
        words = outcomes.of(Kind.TRANSPORT)
        found = reasons.failed(patient=self.patient, picked_up=self.move.picked_up_at is not None)
        return {code: words[code] for code in found}

    @property
    def mark(self) -> str:
        """What makes it another one on the page."""
        return f"{self.case.version}-{self.case.assignee_id or 0}-{int(bool(self.move.ready_at))}"


@dataclass(frozen=True)
class PorterPage:
    """`job`: the card; None: nothing to do. `following`: what comes after it; `blocked`: what cannot be begun yet."""

    teams: list[Team]
    job: Job | None = None
    in_hand: list[Job] = field(default_factory=list)
    following: list[Job] = field(default_factory=list)
    blocked: list[Job] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """For `portal.live`: the card, and what is offered."""
        return marks(self.marks)

    @property
    def marks(self) -> dict[str, str]:
        jobs = [self.job] if self.job else []
        return {
            one.case.public_id: one.mark for one in [*jobs, *self.in_hand, *self.following, *self.blocked]
        }


def own_teams(user: "User") -> list[Team]:
    """Teams of porters that this person belongs to. Raises NotAllowed to who belongs to none. One query."""
    teams = scopes.teams_with(user, "fulfil_here").filter(code=Team.PORTERS).select_related("hospital")
    found = list(teams)
    if not found:
        raise NotAllowed(_("This page is for porters."))
    return found


def build(user: "User", *, chosen: str = "") -> PorterPage:
    """What `user` has in hand or is offered; `chosen`: the public id of the job that they want to look at.

    What they have comes first, then what they were given, then what is free, for which they have the skill. Three queries,
    one more where the job waits.
    """
    teams = own_teams(user)
    skills = Skills(teams)
    found = [
        Job(case, mine=case.assignee_id == user.pk)
        for case in order.moves_of(teams)[:MOST]
        if skills.has(user, case.team_id or 0, case.move.what)
    ]
    in_hand = sorted((job for job in found if job.mine), key=_begun)
    free = [job for job in found if job.step == "accept" and not job.mine]
    blocked = [
        job for job in found if not job.mine and (job.unescorted or (job.not_ready and not job.case.assignee))
    ]
    offered = [*in_hand, *free]
    job = next((one for one in [*offered, *blocked] if one.case.public_id == chosen), None)
    job = job or next(iter(offered), None)
    if job and job.case.state == RequestState.ON_HOLD:
        job = Job(job.case, mine=job.mine, wait=waits.running(job.case))
    rest = {job.case.pk} if job else set()
    return PorterPage(
        teams=teams,
        job=job,
        in_hand=[one for one in in_hand if one.case.pk not in rest],
        following=[one for one in free if one.case.pk not in rest],
        blocked=[one for one in blocked if one.case.pk not in rest],
    )


def _begun(job: Job) -> tuple[bool, bool, datetime]:
    """What can go on stands before what waits, and what was begun before what was only given."""
    waits_now = job.case.state == RequestState.ON_HOLD
    return waits_now, job.given, job.case.taken_at or job.case.state_since
