"""Exceptions: what is out of the ordinary gets a type, an owner and a due time instead of a traceback."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.accounts.models import Hospital
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.facts import publish, verb
from requests_app import access, exception_kinds, exception_owners, permissions
from requests_app.models import CaseException, ServiceRequest
from requests_app.signals import exception_closed, exception_escalated, exception_opened

if TYPE_CHECKING:
    from portal.accounts.models import User

BY_HAND = "by hand"  # the key of what somebody opened
LONGEST = 500
BATCH = 200


@verb
def open_exception(
    *,
    kind: str,
    request: ServiceRequest | None = None,
    hospital: Hospital | None = None,
    key: str = "",
    owner_role: str = "",
    detail: str,
    by: "User",
    due_at: datetime | None = None,
) -> CaseException:
    """Open an exception of `kind`, or return the open one with the same request (or hospital) and key.

    `owner_role` (a role or a duty) owns it and `due_at` is its time; both by kind unless they are given. Publishes
    `exception_opened` when it is new.
    """
    place = request.hospital if request else hospital
    if place is None:
        raise ValueError("an exception needs a request or a hospital")
    row, moment = exception_kinds.KINDS[kind], now()
    same = {"kind": kind, "request": request, "key": key, "closed_at": None}
    exception, created = CaseException.objects.get_or_create(
        **same if request else same | {"hospital": place},
        defaults={
            "hospital": place,
            "owner_role": owner_role or row.owner,
            "detail": detail,
            "opened_at": moment,
            "due_at": due_at or row.due_at(moment, place.time_zone),
        },
    )
    if created:
        after = {"kind": kind, "owner": exception.owner_role}
        _record("exception.opened", exception, by, reason=detail, after=after)
        publish(exception_opened, exception=exception)
    return exception


@verb
def open_by_hand(*, request: ServiceRequest, kind: str, detail: str, by: "User") -> CaseException:
    """Somebody who oversees puts on record what a request did not go as it should. Publishes `exception_opened`.

    Raises NotFound to who may not see it, NotAllowed where no role of theirs opens this kind, WrongState while one that was
    opened by hand is open, Invalid (detail: 1 to 500 characters).
    """
    request = access.locked(request)
    if not permissions.can_view(by, request):
        raise NotFound
    if kind not in exception_kinds.opened_by(exception_owners.roles_at(by, request.hospital)):
        raise NotAllowed(_("Procurement, finance and the service manager put this on record."))
    detail = detail.strip()
    if not 0 < len(detail) <= LONGEST:
        raise Invalid({"detail": [_("Say what is not as it should be, in at most 500 characters.")]})
    if request.exceptions.filter(kind=kind, key=BY_HAND, closed_at=None).exists():
        raise WrongState(_("This is on record already, and somebody looks at it."))
    return open_exception(kind=kind, request=request, key=BY_HAND, detail=detail, by=by)


@verb
def take_exception(*, exception: CaseException, by: "User") -> CaseException:
    """`by` looks after it from now on. Taking it again changes nothing.

    Raises NotAllowed to whom it does not wait for, WrongState when it was settled or somebody else has it.
    """
    exception = _locked(exception)
    if not exception_owners.may_take(by, exception):
        raise NotAllowed(_("It waits for somebody else: you can read it, not take it."))
    if exception.assignee_id == by.pk:
        return exception
    if exception.assignee:
        raise WrongState(_("%(who)s has it already.") % {"who": exception.assignee.get_full_name()})
    exception.assignee = by
    exception.save(update_fields=["assignee"])
    _record("exception.taken", exception, by)
    return exception


@verb
def give_back_exception(*, exception: CaseException, by: "User") -> CaseException:
    """`by` no longer has it: it waits for its owners again. Raises WrongState where they do not have it."""
    exception = _locked(exception)
    if exception.assignee_id != by.pk:
        raise WrongState(_("You do not have it."))
    exception.assignee = None
    exception.save(update_fields=["assignee"])
    _record("exception.given_back", exception, by)
    return exception


@verb
def close_exception(*, exception: CaseException, by: "User", reason: str) -> None:
    """Close an open exception with the reason in words. Raises WrongState if somebody was first.

    Publishes `exception_closed`.
    """
    closed = CaseException.objects.filter(pk=exception.pk, closed_at=None).update(
        closed_at=now(), closed_by=by, resolution=reason
    )
    if not closed:
        raise WrongState(_("This is closed already."))
    _record("exception.closed", exception, by, reason=reason)
    publish(exception_closed, exception=exception, by=by)


def sweep(*, limit: int = BATCH) -> int:
    """Tell whoever comes next about what nobody settled in time, each once. Returns how many there were."""
    late = CaseException.objects.filter(closed_at=None, escalated_at=None, due_at__lte=now())
    found, by, failures = list(late.order_by("due_at", "pk")[:limit]), scopes.system_user(), []
    for exception in found:
        try:
            _escalate(exception=exception, by=by)
        except Exception as failure:  # noqa: BLE001 (raised below, after the others had their turn)
            failures.append(failure)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(found)} exceptions could not go on", failures)
    return len(found)


@verb
def _escalate(*, exception: CaseException, by: "User") -> None:
    """It goes to whoever the table names next; who has it keeps it. Publishes `exception_escalated`."""
    try:
        exception = _locked(exception)
    except WrongState:
        return
    if exception.escalated_at is not None:
        return
    exception.escalated_at = now()
    exception.save(update_fields=["escalated_at"])
    _record("exception.escalated", exception, by, after={"to": exception_owners.then(exception)})
    publish(exception_escalated, exception=exception)


def _locked(exception: CaseException) -> CaseException:
    """As stored now, after its request. Raises WrongState once it is closed."""
    if exception.request_id:
        access.lock_id(exception.request_id)
    rows = CaseException.objects.select_for_update(of=("self",))
    stored = rows.select_related("request", "hospital", "assignee").get(pk=exception.pk)
    if stored.closed_at is not None:
        raise WrongState(_("This is closed already."))
    return stored


def _record(
    action: str,
    exception: CaseException,
    by: "User",
    *,
    reason: str = "",
    after: dict[str, str] | None = None,
) -> None:
    events.record(
        action=action,
        by=by,
        case=exception.request.public_id if exception.request else "",
        subject=f"exception:{exception.pk}",
        after=after,
        reason=reason,
    )
