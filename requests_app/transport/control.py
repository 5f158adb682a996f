"""Porter control: in which order moves are offered, who is given one, and how much everybody has."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from portal.accounts import duties, scopes
from portal.accounts.models import Team
from portal.audit import events
from portal.errors import Invalid, NotAllowed, WrongState
from portal.facts import verb
from requests_app import access, permissions
from requests_app.models import Move, ServiceRequest
from requests_app.states import TAKEN_STATES, Kind, RequestState
from requests_app.transport import order
from requests_app.transport.porter_page import Job
from requests_app.transport.skills import Skills

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.accounts.models import User

UP, DOWN, FIRST = "up", "down", "first"
MOST = 60  # moves that the page shows, and that have a place


@verb
def reorder(*, request: ServiceRequest, where: str, by: "User") -> ServiceRequest:
    """Move what nobody has begun one place up or down, or to the top. What stands there already stays.

    Raises NotAllowed to others than who leads the porters or has the duty of porter control, WrongState when somebody has
    begun it, Invalid (where).
    """
    request = access.locked(request)
    team = request.team
    if request.category.kind != Kind.TRANSPORT or team is None or not permissions.leads(by, request):
        raise NotAllowed(_("Porter control does that."))
    if where not in (UP, DOWN, FIRST):
        raise Invalid({"where": [_("Choose up, down or first.")]})
    Team.objects.select_for_update().get(pk=team.pk)  # two who re-order at once wait for each other
    places = [one for one in order.moves_of([team])[:MOST] if one.state == RequestState.APPROVED]
    at = next((place for place, one in enumerate(places) if one.pk == request.pk), None)
    if at is None:
        raise WrongState(_("It has no place in the list any more: somebody began it, or it ended."))
    to = 0 if where == FIRST else min(max(at + (1 if where == DOWN else -1), 0), len(places) - 1)
    if to == at:
        return request
    places.insert(to, places.pop(at))
    placed = [place for place, one in enumerate(places, start=1) if one.move.rank and one.pk != request.pk]
    last = max(
        [min(at, to) + 1, *placed]
    )  # no more than needed: new work that is due earlier comes before the others
    for place, one in enumerate(places, start=1):
        rank = place if place <= last else None
        if one.move.rank != rank:
            Move.objects.filter(pk=one.move.pk).update(rank=rank)
    events.record(
        action="move.ranked",
        by=by,
        case=request.public_id,
        subject=f"request:{request.pk}",
        before={"place": at + 1},
        after={"place": to + 1},
    )
    return request


@dataclass(frozen=True)
class Porter:
    """Somebody of the team, and how many moves they have."""

    user: "User"
    team: int
    load: int


@dataclass(frozen=True)
class Control:
    """`free`: what nobody has begun, in its order; `on_the_way`: what somebody has; `held`: what waits for the ward."""

    free: list[Job] = field(default_factory=list)
    on_the_way: list[Job] = field(default_factory=list)
    held: list[Job] = field(default_factory=list)
    porters: list[Porter] = field(default_factory=list)
    skills: Skills | None = None

    @property
    def marks(self) -> dict[str, str]:
        return {job.case.public_id: job.mark for job in [*self.free, *self.on_the_way, *self.held]}

    def may_have(self, job: Job) -> list[Porter]:
        """Who can be given it, the one with the least to do first."""
        team, what = job.case.team_id or 0, job.move.what
        able = [one for one in self.porters if one.team == team and one.user.pk != job.case.assignee_id]
        return [one for one in able if self.skills is None or self.skills.has(one.user, team, what)]

    @property
    def rows(self) -> list[tuple[Job, list[Porter]]]:
        return [(job, self.may_have(job)) for job in self.free]

    @property
    def begun(self) -> list[tuple[Job, list[Porter]]]:
        return [(job, self.may_have(job)) for job in [*self.on_the_way, *self.held]]


def teams_led(user: "User") -> "QuerySet[Team]":
    """Teams of porters whose work `user` gives out: as their lead, or on duty as porter control. Lazy; one query."""
    led = scopes.teams_with(user, "lead_here").values("pk")
    there = duties.held_by(user).filter(duty__code="porter_control").order_by().values("duty__hospital")
    found = Team.objects.filter(Q(pk__in=led) | Q(hospital__in=there), code=Team.PORTERS, active=True)
    return found.select_related("hospital")


def member(request: ServiceRequest, username: str) -> "User":
    """Somebody of its team. Raises Invalid (to)."""
    of_team = scopes.users_with("fulfil_here", request.team) if request.team else None
    found = of_team.filter(username=username).first() if of_team is not None else None
    if found is None:
        raise Invalid({"to": [_("Choose somebody of the team.")]})
    return found


def build(user: "User") -> Control:
    """What `user` gives out. Four queries for one team, one more for each further team. Raises NotAllowed to others."""
    teams = list(teams_led(user))
    if not teams:
        raise NotAllowed(_("This page is for porter control: take the duty, or ask who leads the porters."))
    jobs = [Job(case, mine=case.assignee_id == user.pk) for case in order.moves_of(teams)[:MOST]]
    load: dict[int | None, int] = {}
    for job in jobs:
        load[job.case.assignee_id] = load.get(job.case.assignee_id, 0) + 1
    porters = [
        Porter(one, team.pk, load.get(one.pk, 0))
        for team in teams
        for one in scopes.users_with("fulfil_here", team).order_by("first_name", "last_name", "pk")
    ]
    return Control(
        free=[job for job in jobs if job.case.state == RequestState.APPROVED],
        on_the_way=[job for job in jobs if job.case.state in TAKEN_STATES and job.case.assignee_id],
        held=[job for job in jobs if job.case.state in TAKEN_STATES and not job.case.assignee_id],
        porters=sorted(porters, key=lambda one: one.load),
        skills=Skills(teams),
    )
