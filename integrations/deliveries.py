"""How each kind of message is sent, and how its result is recorded. One table; `dispatch` does the rest."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from integrations import maintenance, maintenance_results, orders, results
from integrations.models import OutboxMessage
from integrations.odoo import maintenance_requests, purchase_orders
from integrations.odoo.connection import OdooConnection
from integrations.results import Outcome
from portal.audit import events
from requests_app.states import RequestState

Kind = OutboxMessage.Kind
BREAK_GLASS = "Break-glass"  # what Odoo reads of a request that did not wait for its approval
UNWANTED = (RequestState.CANCELLED, RequestState.REJECTED)


@dataclass(frozen=True)
class Delivery:
    """`send` speaks to Odoo and raises OdooError; `record` is a verb (message, placed, version, by). `wanted`: is it still?

    `agreed`: only what was agreed may leave (`gate`).
    """

    send: Callable[[OdooConnection, OutboxMessage], Any]
    record: Callable[..., Outcome]
    wanted: Callable[[OutboxMessage], bool]
    agreed: bool = True


def _order(connection: OdooConnection, message: OutboxMessage) -> purchase_orders.PlacedOrder:
    order = orders.order_of(message.payload)
    if _broken(message):
        order = replace(order, origin=f"{order.origin}, {BREAK_GLASS}")
    return purchase_orders.create(connection, order)


def _maintenance(connection: OdooConnection, message: OutboxMessage) -> maintenance_requests.MaintenanceState:
    wanted = maintenance.request_of(message.payload)
    if _broken(message):
        wanted = replace(wanted, description=f"{BREAK_GLASS}<br/>{wanted.description}")
    return maintenance_requests.create(connection, wanted)


def _broken(message: OutboxMessage) -> bool:
    """Did it not wait for its approval? Whoever reads the order sees it there. One query."""
    case = message.request.public_id
    return bool(events.cases_with(events.BREAK_GLASS, [case]))


def _stage(
    connection: OdooConnection, message: OutboxMessage
) -> maintenance_requests.MaintenanceState | None:
    return maintenance_requests.bring_to(
        connection, message.payload["record_id"], maintenance.wanted(message.request)
    )


def _not_cancelled(message: OutboxMessage) -> bool:
    return message.request.state not in UNWANTED


def _not_cancelled_or_tried(message: OutboxMessage) -> bool:
    """What was tried before may have made a record: it is found by making it once more, and then cancelled."""
    return _not_cancelled(message) or message.attempts > 1


DELIVERIES: dict[str, Delivery] = {
    Kind.PURCHASE_ORDER: Delivery(_order, results.record_delivered, _not_cancelled),
    Kind.MAINTENANCE_REQUEST: Delivery(
        _maintenance, maintenance_results.record_made, _not_cancelled_or_tried
    ),
    Kind.MAINTENANCE_STAGE: Delivery(
        _stage, maintenance_results.record_stage, lambda message: True, agreed=False
    ),
}
