"""Who may do what to a request: pure predicates (user, request) -> bool. The queryset `visible_to` agrees with `can_view`."""

from typing import TYPE_CHECKING

from portal.accounts import scopes
from portal.audit.events import actors_of
from requests_app.states import LineState, RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User
    from requests_app.models import CaseException, RequestItem, ServiceRequest


def can_edit(user: "User", request: "ServiceRequest") -> bool:
    """A draft is its writer's alone."""
    return request.state == RequestState.DRAFT and request.filed_by_id == user.pk


def works_on(user: "User", request: "ServiceRequest") -> bool:
    """The request belongs to the place: whoever works there, and whoever asked."""
    return user.pk in (request.filed_by_id, request.requester_id) or scopes.has_perm_at(
        user, "work_here", request.department
    )


def can_view(user: "User", request: "ServiceRequest") -> bool:
    if request.filed_by_id == user.pk:
        return True
    if request.state == RequestState.DRAFT:
        return False
    return (
        request.requester_id == user.pk
        or scopes.has_perm_at(user, "view_requests", request.department)
        or request.lines.filter(team__in=scopes.teams_with(user, "fulfil_here")).exists()
    )


def can_cancel(user: "User", request: "ServiceRequest") -> bool:
    return request.state == RequestState.SUBMITTED and works_on(user, request)


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
