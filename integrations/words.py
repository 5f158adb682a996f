"""How an order stands, in the words of the ward."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from integrations.models import ExternalReference, OutboxMessage
from integrations.odoo.purchase_orders import web_link
from integrations.reading import CANCELLED, FULL, PLACED
from portal.accounts.roles import ROLES
from portal.clock import now
from requests_app.models import ServiceRequest
from requests_app.states import RequestState

ARRIVED = (RequestState.FULFILLED, RequestState.CLOSED)
OPERATOR = ROLES["integration_operator"].label


@dataclass(frozen=True)
class Row:
    """One order: whom it is for, how it stands; its number, link and time of asking once it has been sent."""

    vendor: str
    words: str
    number: str = ""
    link: str = ""
    checked_at: datetime | None = None
    late: bool = False


def order_row(order: ExternalReference, request: ServiceRequest, odoo: str) -> Row:
    return Row(
        vendor=order.message.payload["vendor"]["name"],
        words=order_words(order, request),
        number=order.name,
        link=web_link(odoo, order.version, order.record_id) if odoo and not order.gone_at else "",
        checked_at=None if order.closed_at else order.polled_at,
        late=bool(order.gone_at or order.state == CANCELLED),
    )


def order_words(order: ExternalReference, request: ServiceRequest) -> str:
    """What the ward reads for what Odoo says."""
    if order.gone_at:
        return _("The order was taken back; the buyer has it")
    if order.state == CANCELLED:
        return _("The order was cancelled. Ask the buyer why, or ask for it again")
    if order.closed_at or request.state in ARRIVED:
        return _("Arrived")
    if order.receipt_status == FULL:
        return _("At goods-in, on its way to you")
    if order.receipt_status == "partial":
        return _("Some has arrived at goods-in")
    if order.state in PLACED:
        day = date.fromisoformat(order.message.payload["planned_on"])
        late = day < now().astimezone(ZoneInfo(request.hospital.time_zone)).date()
        said = _("was expected %(day)s and is not here") if late else _("expected %(day)s")
        return _("Ordered from the supplier, %(when)s") % {"when": said % {"day": date_format(day, "D j M")}}
    if order.state == "to approve":
        return _("With the buyer (second signature)")
    return _("With the buyer")


def message_row(message: OutboxMessage, connected: bool) -> Row:
    """An order that has not been sent yet, or was refused."""
    vendor = message.payload["vendor"]["name"]
    if message.state == OutboxMessage.State.DEAD:
        words = _("The purchasing system refused it; %(owner)s has it") % {"owner": OPERATOR}
        return Row(vendor=vendor, words=words, late=True)
    if not connected:
        words = _("Order for %(vendor)s waits: no purchasing system is connected")
    elif message.last_error:
        words = _(
            "Order for %(vendor)s is waiting to be sent; the purchasing system cannot be reached just now"
        )
    else:
        words = _("Order for %(vendor)s is waiting to be sent")
    return Row(vendor=vendor, words=words % {"vendor": vendor})
