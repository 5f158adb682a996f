"""Who may do what to a request: pure predicates (user, request) -> bool. The queryset `visible_to` agrees with `can_view`."""

from datetime import timedelta
from typing import TYPE_CHECKING

from portal.accounts import scopes
from portal.audit.events import actors_of
from portal.clock import now
from requests_app.states import EDITABLE_STATES, LineState, RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User
    from requests_app.models import CaseException, RequestItem, ServiceRequest

REOPEN_WITHIN = timedelta(days=14)


def can_edit(user: "User", request: "ServiceRequest") -> bool:
    """A draft is its writer's alone; so is what came back to be changed."""
    return request.state in EDITABLE_STATES and request.filed_by_id == user.pk


def works_on(user: "User", request: "ServiceRequest") -> bool:
    """The request belongs to the place: whoever works there, and whoever asked."""
    return user.pk in (request.filed_by_id, request.requester_id) or (
        not request.private and scopes.has_perm_at(user, "work_here", request.department)
    )


def serves(user: "User", request: "ServiceRequest") -> bool:
    """Does the work: a member of the team that the request is for."""
    return request.team is not None and scopes.has_perm_at(user, "fulfil_here", request.team)


def can_view(user: "User", request: "ServiceRequest") -> bool:
    if request.filed_by_id == user.pk:
        return True
    if request.state == RequestState.DRAFT:
        return False
    return (
        request.requester_id == user.pk
        or (not request.private and scopes.has_perm_at(user, "view_requests", request.department))
        or serves(user, request)
        or request.lines.filter(team__in=scopes.teams_with(user, "fulfil_here")).exists()
    )


def is_cancellable(request: "ServiceRequest") -> bool:
    """Before it was decided; work that makes no order, also until somebody has done it."""
    if request.state in (RequestState.SUBMITTED, RequestState.RETURNED):
        return True
    return not request.is_supply and request.state in (RequestState.APPROVED, RequestState.IN_FULFILMENT)


def can_cancel(user: "User", request: "ServiceRequest") -> bool:
    return is_cancellable(request) and works_on(user, request)


def can_withdraw(user: "User", request: "ServiceRequest") -> bool:
    """Its writer may take it back to change it until somebody has decided."""
    return request.state == RequestState.SUBMITTED and request.filed_by_id == user.pk


def can_take(user: "User", request: "ServiceRequest") -> bool:
    """Is free to be taken, by a member of its team."""
    return (
        request.state == RequestState.APPROVED and request.released_at is not None and serves(user, request)
    )


def can_finish(user: "User", request: "ServiceRequest") -> bool:
    """Work that a member of its team has begun."""
    return request.state == RequestState.IN_FULFILMENT and serves(user, request)


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
    return user.pk in actors_of(request.public_id, "step.approved")


def can_receive(user: "User", request: "ServiceRequest") -> bool:
    """Anybody working on the ward who did not decide it (request, approve and receive are three hands)."""
    return (
        request.state in (RequestState.APPROVED, RequestState.IN_FULFILMENT)
        and works_on(user, request)
        and not decided(user, request)
    )


def can_settle(user: "User", exception: "CaseException") -> bool:
    """Whoever holds the role that owns it, while it is open and of a kind that a person may settle."""
    return (
        exception.closed_at is None
        and exception.kind in exception.BY_HAND
        and scopes.holders_of(exception.owner_role, exception.hospital).filter(pk=user.pk).exists()
    )


def can_supply(user: "User", line: "RequestItem") -> bool:
    """Picks and sends: a member of the team that the line belongs to."""
    return (
        line.team is not None
        and line.state in (LineState.TO_PICK, LineState.PICKED)
        and scopes.has_perm_at(user, "fulfil_here", line.team)
    )
