"""Who may do what to a request: pure predicates (user, request) -> bool. The queryset `visible_to` agrees with `can_view`."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from portal.accounts import duties, scopes
from portal.accounts.models import Team
from portal.audit.events import DECIDED, actors_of
from portal.clock import now
from requests_app.states import EDITABLE_STATES, TAKEN_STATES, TEAM_STATES, RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User
    from portal.accounts.place import Standing
    from requests_app.models import RequestItem, ServiceRequest

REOPEN_WITHIN = timedelta(days=14)


def can_edit(user: "User", request: "ServiceRequest") -> bool:
    """A draft is its writer's alone; so is what came back to be changed."""
    return request.state in EDITABLE_STATES and request.filed_by_id == user.pk


def works_on(user: "User", request: "ServiceRequest") -> bool:
    """The request belongs to the place: whoever works there, and whoever asked."""
    return user.pk in (request.filed_by_id, request.requester_id) or (
        not request.private and scopes.has_perm_at(user, "work_here", request.department)
    )


def works_there(user: "User", request: "ServiceRequest", where: "Standing") -> bool:
    """As `works_on`, from what a page has read about the person: what it offers, without a query. The verbs ask `works_on`."""
    own = user.pk in (request.filed_by_id, request.requester_id)
    return own or (not request.private and where.may("work_here", request.department))


def serves(user: "User", request: "ServiceRequest") -> bool:
    """Does the work: a member of the team that the request is for."""
    return request.team is not None and scopes.has_perm_at(user, "fulfil_here", request.team)


def of_team(user: "User", request: "ServiceRequest") -> bool:
    """Does the work, or that of a line: reads the notes of the team. One query."""
    teams = scopes.teams_with(user, "fulfil_here")
    of_lines = request.lines.filter(team__isnull=False).order_by().values("team")
    return teams.filter(Q(pk=request.team_id) | Q(pk__in=of_lines)).exists()


def leads(user: "User", request: "ServiceRequest") -> bool:
    """Gives out the work: the lead of its team, porter control for the porters, the service manager for all of them."""
    team = request.team
    if team is None:
        return False
    on_duty = team.code == Team.PORTERS and duties.has(user, "porter_control", request.hospital_id)
    return (
        on_duty
        or scopes.has_perm_at(user, "lead_here", team)
        or scopes.holders_of("service_manager", request.hospital).filter(pk=user.pk).exists()
    )


def can_view(user: "User", request: "ServiceRequest") -> bool:
    if request.filed_by_id == user.pk:
        return True
    if request.state == RequestState.DRAFT:
        return False
    return (
        request.requester_id == user.pk
        or request.shares.filter(user=user).exists()
        or (not request.private and scopes.has_perm_at(user, "view_requests", request.department))
        or serves(user, request)
        or request.lines.filter(team__in=scopes.teams_with(user, "fulfil_here")).exists()
    )


def is_cancellable(request: "ServiceRequest") -> bool:
    """Before it was decided; work that makes no order, also until somebody has done it."""
    if request.state in (RequestState.SUBMITTED, RequestState.RETURNED):
        return True
    return not request.is_supply and request.state in TEAM_STATES


def can_cancel(user: "User", request: "ServiceRequest") -> bool:
    return is_cancellable(request) and works_on(user, request)


def can_withdraw(user: "User", request: "ServiceRequest") -> bool:
    """Its writer may take it back to change it until somebody has decided."""
    return request.state == RequestState.SUBMITTED and request.filed_by_id == user.pk


def can_take(user: "User", request: "ServiceRequest") -> bool:
    """Is free to be taken, by a member of its team; what was given to somebody, by them or by who gives it out."""
    return (
        request.state == RequestState.APPROVED
        and request.released_at is not None
        and serves(user, request)
        and (request.assignee_id in (None, user.pk) or leads(user, request))
    )


def can_finish(user: "User", request: "ServiceRequest") -> bool:
    """Work that a member of its team has begun."""
    return request.state in TAKEN_STATES and serves(user, request)


def can_assign(user: "User", request: "ServiceRequest") -> bool:
    """Gives it to a member of its team: who leads the team, and who has it."""
    return (
        request.state in TEAM_STATES
        and request.released_at is not None
        and (leads(user, request) or (request.assignee_id == user.pk and serves(user, request)))
    )


def can_pass(user: "User", request: "ServiceRequest") -> bool:
    """Work that is in the queue or in hand may be another team's."""
    return request.state in TEAM_STATES and request.released_at is not None and serves(user, request)


def is_reopenable(request: "ServiceRequest") -> bool:
    """Work of a team that ended lately."""
    return (
        request.state == RequestState.CLOSED
        and request.team_id is not None
        and request.closed_at is not None
        and now() - request.closed_at <= REOPEN_WITHIN
    )


def can_reopen(user: "User", request: "ServiceRequest") -> bool:
    """It was not right: whoever works on the ward may send it back to the team."""
    return is_reopenable(request) and works_on(user, request)


def decided(user: "User", request: "ServiceRequest") -> bool:
    """Did this person, or their authority, decide this request?"""
    return user.pk in actors_of(request.public_id, *DECIDED)


def can_receive(user: "User", request: "ServiceRequest") -> bool:
    """Anybody working on the ward who did not decide it (request, approve and receive are three hands)."""
    return (
        request.state in (RequestState.APPROVED, RequestState.IN_FULFILMENT)
        and works_on(user, request)
        and not decided(user, request)
    )


def is_in_store(line: "RequestItem") -> bool:
    """The store has something to do for it: to pick, or picked and to be sent."""
    return line.in_store > 0 or line.picked_quantity > 0


def can_supply(user: "User", line: "RequestItem") -> bool:
    """Picks and sends: a member of the team that the line belongs to."""
    return line.team is not None and is_in_store(line) and scopes.has_perm_at(user, "fulfil_here", line.team)


def can_strike(user: "User", line: "RequestItem") -> bool:
    """Gives up what is left of a line in the store: who leads its team."""
    return line.team is not None and scopes.has_perm_at(user, "lead_here", line.team)


def only_serves(user: "User", request: "ServiceRequest") -> bool:
    """Serves a line of it and does not work on its ward: filed it for the ward, as the store does after a count."""
    if not request.lines.filter(team__in=scopes.teams_with(user, "fulfil_here")).exists():
        return False
    return not scopes.has_perm_at(user, "work_here", request.department)
