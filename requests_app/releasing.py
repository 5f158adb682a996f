"""Work for an agreed time goes to its team before that time; the way back goes when somebody says *Ready to go back*."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.clock import now
from portal.errors import NotAllowed, WrongState
from portal.facts import verb
from requests_app import access, lifecycle, permissions
from requests_app.models import ServiceRequest
from requests_app.states import UNTIL_SAID, RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User


def sweep(*, limit: int = 200) -> int:
    """Release what is agreed and whose moment has come, the longest waiting first; how many there were.

    Each is its own transaction: a second sweep at the same time releases nothing twice. One that fails does not hold up
    the others: its error is raised at the end, in an ExceptionGroup.
    """
    due = list(
        ServiceRequest.objects.filter(
            queue_at__lte=now(), released_at__isnull=True, closed_at__isnull=True, state=RequestState.APPROVED
        ).order_by("queue_at", "pk")[:limit]
    )
    if not due:
        return 0
    failures: list[Exception] = []
    by = scopes.system_user()
    for request in due:
        try:
            lifecycle.release(request=request, by=by)
        except Exception as failure:  # noqa: BLE001 (raised below, after the others had their turn)
            failures.append(failure)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(due)} requests could not be released", failures)
    return len(due)


def is_held(request: ServiceRequest) -> bool:
    """Agreed, and waiting for somebody to say that it is ready."""
    return (
        request.state == RequestState.APPROVED
        and request.released_at is None
        and request.queue_at == UNTIL_SAID
    )


def may_release(request: ServiceRequest, by: "User") -> bool:
    """Whoever works where the way back begins, and whoever asked for it."""
    return is_held(request) and permissions.works_on(by, request)


@verb
def release_return(*, request: ServiceRequest, by: "User") -> ServiceRequest:
    """*Ready to go back*: the team has it from now on. Said twice it is released once.

    Raises NotAllowed to others than the ward where it begins and its requester, WrongState when it does not wait for this.
    """
    request = access.locked(request)
    if not permissions.works_on(by, request):
        raise NotAllowed(_("Only the ward where they are now, or who asked for it, can say that."))
    if request.queue_at == UNTIL_SAID and request.released_at is not None:
        return request
    if not is_held(request):
        raise WrongState(
            _("It does not wait for this: it is “%(state)s” now.") % {"state": request.get_state_display()}
        )
    return lifecycle.release(request=request, by=by)
