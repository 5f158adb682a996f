"""How an order stands, or a repair in the list of its team, in the words of the ward."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from integrations import maintenance
from integrations.gate import NOT_AGREED
from integrations.maintenance_outbox import UNLINKED
from integrations.models import ExternalReference, OutboxMessage
from integrations.odoo import maintenance_requests
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
    """One order: whom it is for, how it stands; its number, link and time of asking once it has been sent. A repair: its team."""

    vendor: str
    words: str
    number: str = ""
    called: str = ""
    link: str = ""
    checked_at: datetime | None = None
    late: bool = False


def order_row(order: ExternalReference, request: ServiceRequest, odoo: str) -> Row:
    return Row(
        vendor=order.message.payload["vendor"]["name"],
        words=order_words(order, request),
        number=order.name,
        called=_("order %(number)s") % {"number": order.name},
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


def repair_row(record: ExternalReference, request: ServiceRequest, odoo: str) -> Row:
    link = maintenance_requests.web_link(odoo, record.version, record.record_id)
    return Row(
        vendor=_team(request),
        words=repair_words(record, request),
        number=record.name,
        called=_("job %(number)s") % {"number": record.name},
        link=link if odoo and not record.gone_at else "",
        checked_at=None if record.closed_at else record.polled_at,
        late=bool(record.gone_at or record.state == maintenance_requests.CANCELLED),
    )


def repair_words(record: ExternalReference, request: ServiceRequest) -> str:
    """What the ward reads for where the repair stands in the list of its team; a stage of their own is named."""
    stage = record.stage.strip()
    if record.gone_at:
        return _("It was taken out of the team's list; the service manager has it")
    if record.state == maintenance_requests.CANCELLED:
        return _("The team cancelled it")
    if record.state == maintenance_requests.DONE:
        if maintenance.scrapped(stage):
            return _("Cannot be repaired")
        return _("Repaired") if request.state in ARRIVED else _("Repaired, being checked")
    if record.state == maintenance_requests.LISTED:
        return _("%(team)s has it in the list") % {"team": _team(request)}
    return _("Being repaired (%(stage)s)") % {"stage": stage}


def _team(request: ServiceRequest) -> str:
    return request.team.name if request.team else ""


def message_row(message: OutboxMessage, request: ServiceRequest, connected: bool) -> Row:
    """An order that has not been sent yet, or was refused; the same of a repair."""
    if message.state == OutboxMessage.State.DEAD and message.error_kind == NOT_AGREED:
        words = _("Held back, because it is not what was agreed; somebody looks at it")
        return Row(
            vendor=message.payload.get("vendor", {}).get("name") or _team(request), words=words, late=True
        )
    if message.kind != OutboxMessage.Kind.PURCHASE_ORDER:
        return _repair_message_row(message, request, connected)
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


def _repair_message_row(message: OutboxMessage, request: ServiceRequest, connected: bool) -> Row:
    team = _team(request)
    if message.state == OutboxMessage.State.DEAD:
        words = _("The maintenance system refused it; %(owner)s has it") % {"owner": OPERATOR}
        return Row(vendor=team, words=words, late=True)
    if message.kind == OutboxMessage.Kind.MAINTENANCE_STAGE:
        return Row(vendor=team, words=_("The team's list is brought up to date"))
    if not connected:
        words = _("Not in the maintenance system: none is connected")
    elif message.error_kind == UNLINKED:
        words = _("Waits: the maintenance system does not know the team yet; %(owner)s has it") % {
            "owner": OPERATOR
        }
    elif message.last_error:
        words = _("Waiting to be put in the team's list; the maintenance system cannot be reached just now")
    else:
        words = _("Waiting to be put in the team's list")
    return Row(vendor=team, words=words)


ROWS = {ExternalReference.ORDER: order_row, ExternalReference.MAINTENANCE: repair_row}
