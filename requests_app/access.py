"""The only way a door or a verb gets a request: fetched, authorised and, to change it, locked."""

from typing import TYPE_CHECKING, Any

from portal import facts
from portal.errors import NotFound
from requests_app import exception_owners
from requests_app.models import CaseException, ServiceRequest, WardQuestion
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
MAY_CHANGE = ("team", "assignee", "deliver_to", "form_version")
OF_REPAIRS = ("repair__equipment__location", "repair__location", "repair__cleared_by", "move")  # for pages


def get_request(user: "User", public_id: str, **also: Any) -> ServiceRequest:
    """Fetch what `user` may see, annotated with `also`.

    Raises NotFound, the same for what does not exist and for what is not theirs.
    """
    try:
        found = ServiceRequest.objects.visible_to(user).select_related(*RELATED, *OF_REPAIRS)
        return found.annotate(**also).get(public_id=public_id)
    except ServiceRequest.DoesNotExist:
        raise NotFound from None


def get_draft(user: "User", public_id: str) -> ServiceRequest:
    """Fetch a request of `user`'s own writing, whatever its state. Raises NotFound."""
    try:
        return ServiceRequest.objects.select_related(*RELATED).get(public_id=public_id, filed_by=user)
    except ServiceRequest.DoesNotExist:
        raise NotFound from None


def get_exception(user: "User", ref: str) -> CaseException:
    """Fetch an open exception that `user` may read. Raises NotFound for every other."""
    found = exception_owners.seen_by(user).select_related("request", "hospital", "assignee")
    try:
        return found.get(ref=ref)
    except CaseException.DoesNotExist:
        raise NotFound from None


def get_question(user: "User", ref: str) -> WardQuestion:
    """Fetch what a team asked about a request that `user` may see. Raises NotFound for every other."""
    about = ServiceRequest.objects.visible_to(user)
    found = WardQuestion.objects.filter(ref=ref, request__in=about).select_related("by", "wait").first()
    if found is None:
        raise NotFound
    found.request = ServiceRequest.objects.select_related(*RELATED).get(pk=found.request_id)
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


def lock_where(related: tuple[str, ...] = RELATED, /, **condition: object) -> ServiceRequest:
    """Lock the one request that this condition finds, with what is `related`; only inside a verb. Raises NotFound."""
    try:
        request = (
            ServiceRequest.objects.select_for_update(of=("self",)).select_related(*related).get(**condition)
        )
    except ServiceRequest.DoesNotExist:
        raise NotFound from None
    for name in set(MAY_CHANGE).intersection(related):
        # PostgreSQL reads the row anew once it has waited for its lock, but not what was joined to it.
        if getattr(request, f"{name}_id") != getattr(getattr(request, name), "pk", None):
            request._state.fields_cache.pop(name)
    request._locked_by = facts.current_unit()
    return request


def lock_tasks(request: ServiceRequest) -> None:
    """Lock the tasks of a bundle, before the bundle: who ends a task locks that first and then its bundle. Only in a verb.

    So with the undecided cost of a repair or a fault: who decides it locks that first and then the work.
    """
    rows = ServiceRequest.objects.select_for_update(of=("self",)).filter(closed_at=None).order_by("pk")
    if request.category.kind == Kind.BUNDLE:
        list(rows.filter(parent=request).values_list("pk", flat=True))
    elif request.category.kind in (Kind.REPAIR, Kind.IT):
        list(rows.filter(cost_of__request=request).values_list("pk", flat=True))
