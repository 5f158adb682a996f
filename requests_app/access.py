"""The only way a door or a verb gets a request: fetched, authorised and, to change it, locked."""

from typing import TYPE_CHECKING

from portal import facts
from portal.errors import NotFound
from requests_app import permissions
from requests_app.models import CaseException, ServiceRequest
from requests_app.states import Kind

if TYPE_CHECKING:
    from portal.accounts.models import User

RELATED = (
    "hospital",
    "department",
    "category",
    "requester",
    "filed_by",
    "deliver_to",
    "team",
    "assignee",
    "form_version",
)
OF_REPAIRS = ("repair__equipment__location", "repair__location", "repair__cleared_by")  # for pages


def get_request(user: "User", public_id: str) -> ServiceRequest:
    """Fetch what `user` may see.

    Raises NotFound, the same for what does not exist and for what is not theirs.
    """
    try:
        found = ServiceRequest.objects.visible_to(user).select_related(*RELATED, *OF_REPAIRS)
        return found.get(public_id=public_id)
    except ServiceRequest.DoesNotExist:
        raise NotFound from None


def get_draft(user: "User", public_id: str) -> ServiceRequest:
    """Fetch a request of `user`'s own writing, whatever its state. Raises NotFound."""
    try:
        return ServiceRequest.objects.select_related(*RELATED).get(public_id=public_id, filed_by=user)
    except ServiceRequest.DoesNotExist:
        raise NotFound from None


def get_exception(user: "User", ref: str) -> CaseException:
    """Fetch an open exception that `user` may settle. Raises NotFound for every other."""
    found = CaseException.objects.select_related("request", "hospital").filter(ref=ref).first()
    if found is None or not permissions.can_settle(user, found):
        raise NotFound
    return found


def lock_draft(user: "User", public_id: str) -> ServiceRequest:
    """Fetch and lock a request of `user`'s own writing; only inside a verb. Raises NotFound."""
    return lock_where(public_id=public_id, filed_by=user)


def locked(request: ServiceRequest) -> ServiceRequest:
    """Return `request` as stored now, with its row locked until the verb's transaction ends.

    The first lock of every transaction is the request's. A verb called by another verb finds it locked already.
    """
    unit = facts.current_unit()
    if getattr(request, "_locked_by", None) is unit:
        return request
    return lock_id(request.pk)


def lock_id(pk: int) -> ServiceRequest:
    """Lock the request with this key; only inside a verb. Raises NotFound."""
    return lock_where(pk=pk)


def lock_where(**condition: object) -> ServiceRequest:
    """Lock the one request that this condition finds; only inside a verb. Raises NotFound."""
    try:
        request = (
            ServiceRequest.objects.select_for_update(of=("self",)).select_related(*RELATED).get(**condition)
        )
    except ServiceRequest.DoesNotExist:
        raise NotFound from None
    request._locked_by = facts.current_unit()
    return request


def lock_tasks(request: ServiceRequest) -> None:
    """Lock the tasks of a bundle, before the bundle: who ends a task locks that first and then its bundle. Only in a verb."""
    if request.category.kind == Kind.BUNDLE:
        tasks = ServiceRequest.objects.select_for_update(of=("self",)).filter(parent=request, closed_at=None)
        list(tasks.order_by("pk").values_list("pk", flat=True))
