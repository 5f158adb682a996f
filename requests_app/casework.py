"""Exceptions: what is out of the ordinary gets a type, an owner and a due time instead of a traceback."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from portal.accounts.models import Hospital
from portal.audit import events
from portal.clock import now
from portal.errors import WrongState
from portal.facts import publish, verb
from requests_app.models import CaseException, ServiceRequest
from requests_app.signals import exception_opened

if TYPE_CHECKING:
    from portal.accounts.models import User

DUE_HOURS = {"needs_routing": 2, "sync_rejected": 4, "drift": 24, "no_product": 4, "item_stopped": 4}


@verb
def open_exception(
    *,
    kind: str,
    request: ServiceRequest | None = None,
    hospital: Hospital | None = None,
    key: str = "",
    owner_role: str,
    detail: str,
    by: "User",
    due_at: datetime | None = None,
) -> CaseException:
    """Open an exception of `kind`, or return the open one with the same request and key.

    `owner_role` (a role code) owns it; `due_at` defaults by kind. Publishes `exception_opened` when it is new.
    """
    place = request.hospital if request else hospital
    if place is None:
        raise ValueError("an exception needs a request or a hospital")
    moment = now()
    exception, created = CaseException.objects.get_or_create(
        kind=kind,
        request=request,
        key=key,
        closed_at=None,
        defaults={
            "hospital": place,
            "owner_role": owner_role,
            "detail": detail,
            "opened_at": moment,
            "due_at": due_at or moment + timedelta(hours=DUE_HOURS.get(kind, 24)),
        },
    )
    if created:
        events.record(
            action="exception.opened",
            by=by,
            case=request.public_id if request else "",
            subject=f"exception:{exception.pk}",
            after={"kind": kind, "owner": owner_role},
            reason=detail,
        )
        publish(exception_opened, exception=exception)
    return exception


@verb
def close_exception(*, exception: CaseException, by: "User", reason: str) -> None:
    """Close an open exception with the reason in words. Raises WrongState if somebody was first."""
    closed = CaseException.objects.filter(pk=exception.pk, closed_at=None).update(
        closed_at=now(), closed_by=by, resolution=reason
    )
    if not closed:
        raise WrongState("This is closed already.")
    events.record(
        action="exception.closed",
        by=by,
        case=exception.request.public_id if exception.request else "",
        subject=f"exception:{exception.pk}",
        reason=reason,
    )
