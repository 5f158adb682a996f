"""What the world is promised: one message per order, in the transaction of the decision. No network here."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils.translation import gettext as _

from integrations import gate, leaving, maintenance_outbox, orders
from integrations.models import OutboxMessage
from portal.audit import events
from portal.clock import now
from portal.errors import NotFound, WrongState
from portal.facts import verb
from portal.undo import UNDO
from requests_app import access, casework
from requests_app.models import CaseException, RequestItem, ServiceRequest, Vendor
from requests_app.states import Kind, LineState

if TYPE_CHECKING:
    from portal.accounts.models import User

State = OutboxMessage.State
ORDER = OutboxMessage.Kind.PURCHASE_ORDER
NO_PRODUCT = CaseException.Kind.NO_PRODUCT


@verb
def enqueue_purchase_orders(
    *, request: ServiceRequest, by: "User", not_before: datetime | None = None
) -> list[OutboxMessage]:
    """Promise one order per vendor for the approved lines that are bought and that no earlier message covers.

    A line that Odoo does not know never leaves: it becomes an exception of the buyer, and the others go on.
    Returns the new messages. Nothing is sent here, and nothing before `not_before` (None: `leaving` says when).
    """
    not_before = not_before or leaving.not_before(request, by)
    messages = list(OutboxMessage.objects.filter(request=request, kind=ORDER))
    covered = {
        line["line"]
        for message in messages
        if message.state != State.VOID
        for line in message.payload["lines"]
    }
    ready: dict[Vendor, list[RequestItem]] = {}
    for line in request.all_lines:
        if line.state != LineState.WITH_BUYER or line.public_id in covered or orders.quantity_of(line) < 1:
            continue
        if line.vendor and orders.is_linked(line):
            ready.setdefault(line.vendor, []).append(line)
        else:
            _give_to_buyer(request, line, by)
    earlier = [message.payload["vendor"]["code"] for message in messages]
    return OutboxMessage.objects.bulk_create(
        _message(request, vendor, lines, earlier.count(vendor.code) + 1, not_before)
        for vendor, lines in ready.items()
    )


def _message(
    request: ServiceRequest,
    vendor: Vendor,
    lines: list[RequestItem],
    generation: int,
    not_before: datetime,
) -> OutboxMessage:
    return OutboxMessage(
        key=orders.message_key(request, vendor, generation),
        kind=ORDER,
        request=request,
        payload=orders.snapshot(request, vendor, lines, generation),
        not_before=not_before,
        next_attempt_at=not_before,
        created_at=now(),
    )


def _give_to_buyer(request: ServiceRequest, line: RequestItem, by: "User") -> None:
    missing = _("its supplier") if line.item.odoo_product_id and line.item.odoo_uom_id else _("the item")
    casework.open_exception(
        kind=NO_PRODUCT,
        request=request,
        key=line.code,
        owner_role="buyer",
        detail=_("“%(line)s” cannot be ordered yet: the purchasing system does not know %(missing)s.")
        % {"line": line.name, "missing": missing},
        by=by,
    )


@verb
def void_messages(*, request: ServiceRequest, by: "User") -> int:
    """The request was cancelled: no order that still waits is sent. Returns how many messages that were.

    A message that is being sent right now is left to its sender, who flags the order. One that was tried before may
    have made an order all the same, so the buyer is asked to look.
    """
    # A dispatcher may be claiming one at this moment: whoever changes the row first has it.
    found = OutboxMessage.objects.filter(request=request, kind=ORDER)
    count = found.filter(state=State.PENDING).update(state=State.VOID)
    if count:
        events.record(action="outbox.void", by=by, case=request.public_id, after={"messages": count})
    for message in found.filter(state=State.VOID, attempts__gt=0):
        ask_to_look(message, by=by)
    for exception in request.exceptions.filter(kind=NO_PRODUCT, closed_at=None):
        casework.close_exception(exception=exception, by=by, reason=_("The request was cancelled."))
    return count


@verb
def take_back(*, request: ServiceRequest, by: "User") -> None:
    """Who decided took it back: nothing that was promised because of it is sent. Raises WrongState once something may be."""
    # A dispatcher may be claiming one at this moment: whoever changes the row first has it.
    promised = OutboxMessage.objects.filter(request=request).exclude(state=State.VOID)
    count = promised.filter(state=State.PENDING, attempts=0).update(state=State.VOID)
    if promised.exists():
        raise WrongState(_("It is too late to take it back: it is being sent."))
    if count:
        action = "maintenance.void" if request.category.kind == Kind.REPAIR else "outbox.void"
        events.record(action=action, by=by, case=request.public_id, after={"messages": count})
    for exception in request.exceptions.filter(kind=NO_PRODUCT, closed_at=None):
        casework.close_exception(exception=exception, by=by, reason=_("The decision was taken back."))


def ask_to_look(message: OutboxMessage, *, by: "User", order_name: str = "") -> None:
    """Give the buyer an exception: this order is no longer wanted and exists in Odoo, or may exist."""
    vendor = message.payload["vendor"]["name"]
    if order_name:
        detail = _(
            "The request was cancelled while its order to %(vendor)s was being sent. Cancel %(order)s."
        )
    else:
        detail = _(
            "The request was cancelled after its order to %(vendor)s was tried. Check that none was made."
        )
    casework.open_exception(
        kind=CaseException.Kind.DRIFT,
        request=message.request,
        key=message.payload["external_id"],
        owner_role="buyer",
        detail=detail % {"vendor": vendor, "order": order_name},
        by=by,
    )


def retry_unlinked(*, by: "User") -> int:
    """Sweep: send what was held back because Odoo did not know it and knows now.

    Returns how many orders and maintenance requests that makes.
    """
    waiting = RequestItem.objects.filter(
        state=LineState.WITH_BUYER,
        item__odoo_product_id__isnull=False,
        item__odoo_uom_id__isnull=False,
        vendor__odoo_partner_id__isnull=False,
        request__exceptions__kind=NO_PRODUCT,
        request__exceptions__closed_at=None,
        request__exceptions__key=F("code"),
    )
    ids = waiting.order_by("request_id").values_list("request_id", flat=True).distinct()[:100]
    orders_made = sum(_retry(request_id=pk, by=by) for pk in list(ids))
    return orders_made + maintenance_outbox.send_what_waited(by=by)


@verb
def _retry(*, request_id: int, by: "User") -> int:
    request = access.lock_id(request_id)
    soonest = max(now(), (request.released_at or now()) + UNDO)
    messages = enqueue_purchase_orders(request=request, by=by, not_before=soonest)
    linked = {line.code for line in request.lines.select_related("item", "vendor") if orders.is_linked(line)}
    for exception in request.exceptions.filter(kind=NO_PRODUCT, closed_at=None, key__in=linked):
        casework.close_exception(exception=exception, by=by, reason=_("The purchasing system knows it now."))
    return len(messages)


@verb
def send_again(*, key: str, by: "User", reason: str) -> OutboxMessage:
    """After what Odoo refused was put right: promise a dead message once more, under the same external ids.

    Products, units, vendor, team and equipment are those that are linked now. Closes its exception. Raises NotFound,
    WrongState unless the message is dead.
    """
    found = OutboxMessage.objects.filter(key=key).first()
    if found is None:
        raise NotFound
    request = access.lock_id(found.request_id)
    message = OutboxMessage.objects.select_for_update().get(pk=found.pk)
    if message.state != State.DEAD:
        raise WrongState(_("Only a refused message can be sent again."))
    message.payload = _relinked(message, request)
    message.state, message.next_attempt_at = State.PENDING, now()
    message.last_error = message.error_kind = ""
    message.save(update_fields=["payload", "state", "next_attempt_at", "last_error", "error_kind"])
    owned = request.exceptions.filter(
        kind__in=("sync_rejected", *gate.KINDS), key=message.key, closed_at=None
    )
    for exception in owned:
        casework.close_exception(exception=exception, by=by, reason=reason)
    events.record(
        action="outbox.again" if message.kind == ORDER else "maintenance.again",
        by=by,
        case=request.public_id,
        subject=f"message:{message.pk}",
        reason=reason,
    )
    return message


def _relinked(message: OutboxMessage, request: ServiceRequest) -> dict[str, Any]:
    """Its payload with the ids that Odoo goes by today."""
    if message.kind == ORDER:
        return orders.relinked(message.payload, request.lines.select_related("item", "vendor"))
    if message.kind == OutboxMessage.Kind.MAINTENANCE_REQUEST:
        return maintenance_outbox.relinked(message, request)
    return dict(message.payload)
