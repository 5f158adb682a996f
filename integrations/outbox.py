"""What the world is promised: one message per order, in the transaction of the decision. No network here."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils.translation import gettext as _

from integrations import orders
from integrations.models import OutboxMessage
from portal.audit import events
from portal.clock import now
from portal.errors import NotFound, WrongState
from portal.facts import verb
from requests_app import access, casework
from requests_app.models import CaseException, RequestItem, ServiceRequest, Vendor
from requests_app.states import LineState, Priority

if TYPE_CHECKING:
    from portal.accounts.models import User

State = OutboxMessage.State
NO_PRODUCT = CaseException.Kind.NO_PRODUCT
UNDO = timedelta(seconds=10)  # a person may take a decision back so long; an emergency does not wait for that


@verb
def enqueue_purchase_orders(*, request: ServiceRequest, by: "User") -> list[OutboxMessage]:
    """Promise one order per vendor for the approved lines that are bought and that no earlier message covers.

    A line that Odoo does not know never leaves: it becomes an exception of the buyer, and the others go on.
    Returns the new messages. Nothing is sent here.
    """
    messages = list(OutboxMessage.objects.filter(request=request))
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
        _message(request, vendor, lines, earlier.count(vendor.code) + 1, by)
        for vendor, lines in ready.items()
    )


def _message(
    request: ServiceRequest, vendor: Vendor, lines: list[RequestItem], generation: int, by: "User"
) -> OutboxMessage:
    moment = now()
    waits = request.priority != Priority.EMERGENCY and not by.is_system
    not_before = moment + UNDO if waits else moment
    return OutboxMessage(
        key=orders.message_key(request, vendor, generation),
        kind=OutboxMessage.Kind.PURCHASE_ORDER,
        request=request,
        payload=orders.snapshot(request, vendor, lines, generation),
        not_before=not_before,
        next_attempt_at=not_before,
        created_at=moment,
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
    """The request was cancelled: nothing that still waits is sent. Returns how many messages that were.

    A message that is being sent right now is left to its sender, who flags the order. One that was tried before may
    have made an order all the same, so the buyer is asked to look.
    """
    # A dispatcher may be claiming one at this moment: whoever changes the row first has it.
    count = OutboxMessage.objects.filter(request=request, state=State.PENDING).update(state=State.VOID)
    if count:
        events.record(action="outbox.void", by=by, case=request.public_id, after={"messages": count})
    for message in OutboxMessage.objects.filter(request=request, state=State.VOID, attempts__gt=0):
        ask_to_look(message, by=by)
    for exception in request.exceptions.filter(kind=NO_PRODUCT, closed_at=None):
        casework.close_exception(exception=exception, by=by, reason=_("The request was cancelled."))
    return count


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
    """Sweep: send what was held back because Odoo did not know it and knows now. Returns how many orders that makes."""
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
    return sum(_retry(request_id=pk, by=by) for pk in list(ids))


@verb
def _retry(*, request_id: int, by: "User") -> int:
    request = access.lock_id(request_id)
    messages = enqueue_purchase_orders(request=request, by=by)
    linked = {line.code for line in request.lines.select_related("item", "vendor") if orders.is_linked(line)}
    for exception in request.exceptions.filter(kind=NO_PRODUCT, closed_at=None, key__in=linked):
        casework.close_exception(exception=exception, by=by, reason=_("The purchasing system knows it now."))
    return len(messages)


@verb
def send_again(*, key: str, by: "User", reason: str) -> OutboxMessage:
    """After what Odoo refused was put right: promise a dead message once more, under the same external ids.

    Products, units and vendor are those that the catalogue is linked to now. Closes its exception. Raises NotFound,
    WrongState unless the message is dead.
    """
    found = OutboxMessage.objects.filter(key=key).first()
    if found is None:
        raise NotFound
    request = access.lock_id(found.request_id)
    message = OutboxMessage.objects.select_for_update().get(pk=found.pk)
    if message.state != State.DEAD:
        raise WrongState(_("Only a refused message can be sent again."))
    message.payload = orders.relinked(message.payload, request.lines.select_related("item", "vendor"))
    message.state, message.next_attempt_at = State.PENDING, now()
    message.last_error = message.error_kind = ""
    message.save(update_fields=["payload", "state", "next_attempt_at", "last_error", "error_kind"])
    for exception in request.exceptions.filter(kind="sync_rejected", key=message.key, closed_at=None):
        casework.close_exception(exception=exception, by=by, reason=reason)
    events.record(
        action="outbox.again", by=by, case=request.public_id, subject=f"message:{message.pk}", reason=reason
    )
    return message
