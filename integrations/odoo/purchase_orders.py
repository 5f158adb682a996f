"""Purchase orders in Odoo: made exactly once, read in bulk, linked to."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from integrations.odoo.connection import OdooConnection
from integrations.odoo.errors import OdooError
from integrations.odoo.loading import check_external_id, get_or_create

CHUNK = 500


@dataclass(frozen=True)
class OrderLine:
    external_id: str
    product_id: int
    quantity: Decimal
    uom_id: int
    price_unit: Decimal
    name: str = ""
    date_planned: datetime | None = None


@dataclass(frozen=True)
class Order:
    external_id: str
    partner_id: int
    origin: str
    lines: list[OrderLine]
    company_id: int | None = None


@dataclass(frozen=True)
class PlacedOrder:
    """`lines` is external id -> id of the order line; a line that a buyer deleted is not in it."""

    id: int
    name: str
    state: str
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class LineState:
    id: int
    quantity: Decimal
    received: Decimal
    price_unit: Decimal
    product_id: int | None


@dataclass(frozen=True)
class OrderState:
    """`state`: draft, sent, to approve, purchase, done or cancel. `receipt_status`: '', pending, partial or full."""

    id: int
    name: str
    state: str
    receipt_status: str
    amount_untaxed: Decimal
    lines: dict[int, LineState]


def create(connection: OdooConnection, order: Order) -> PlacedOrder:
    """Makes the order, or finds the one that carries its external id; call it again after any doubt.

    Never changes an order that exists: a buyer's edits stay. Do not call it for an order known as made, because
    one that was deleted in Odoo would be made anew. External ids look like `hsp.po_1` (module.name, no spaces).
    Raises OdooError; kind `busy` means that a parallel call is making it: try again.
    """
    _check(order)
    columns, rows = _table(order, "product_uom_id" if connection.version >= 19 else "product_uom")
    made = get_or_create(connection, "purchase.order", columns, rows)
    found = connection.execute(
        "purchase.order",
        "search_read",
        [["id", "=", made]],
        fields=["name", "state", "order_line"],
    )
    if not found:
        raise OdooError(
            "The order is in Odoo, but this account may not read it.", permanent=True, kind="access"
        )
    names = (
        connection.execute("purchase.order.line", "get_external_id", found[0]["order_line"])
        if found[0]["order_line"]
        else {}
    )
    lines = {name: int(id_) for id_, name in names.items() if name}
    return PlacedOrder(found[0]["id"], found[0]["name"], found[0]["state"], lines)


def _check(order: Order) -> None:
    """Odoo takes and confirms orders without lines and with quantities of zero or less; we send none."""
    if not order.lines:
        raise OdooError("An order needs a line.", permanent=True, kind="data")
    for line in order.lines:
        if not (line.quantity.is_finite() and line.quantity > 0 and line.price_unit.is_finite()):
            raise OdooError(
                f"Quantity or price of {line.external_id} is not a number.", permanent=True, kind="data"
            )
    for name in (order.external_id, *(line.external_id for line in order.lines)):
        check_external_id(name)


def _table(order: Order, uom_field: str) -> tuple[list[str], list[list[str]]]:
    """Columns and rows for load(). An empty cell is a value there: a column goes only if every row fills it."""
    head = {"id": order.external_id, "partner_id/.id": str(order.partner_id), "origin": order.origin}
    if order.company_id is not None:
        head["company_id/.id"] = str(order.company_id)
    cells = [
        {
            "id": line.external_id,
            "product_id/.id": str(line.product_id),
            "product_qty": f"{line.quantity:f}",
            f"{uom_field}/.id": str(line.uom_id),
            "price_unit": f"{line.price_unit:f}",
            "name": line.name.strip(),
            "date_planned": _moment(line.date_planned),
        }
        for line in order.lines
    ]
    used = [name for name in cells[0] if all(row[name] for row in cells)]
    columns = [*head, *(f"order_line/{name}" for name in used)]
    blank = [""] * len(head)
    return columns, [
        [*(blank if number else head.values()), *(row[name] for name in used)]
        for number, row in enumerate(cells)
    ]


def _moment(when: datetime | None) -> str:
    if when is None:
        return ""
    return (when.astimezone(UTC) if when.tzinfo else when).strftime("%Y-%m-%d %H:%M:%S")


def read_orders(connection: OdooConnection, ids: Iterable[int]) -> dict[int, OrderState]:
    """What Odoo says now about these orders. One that is not in the answer was deleted.

    Raises OdooError.
    """
    wanted, states = sorted(set(ids)), {}
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        orders = connection.execute(
            "purchase.order",
            "search_read",
            [["id", "in", chunk]],
            fields=["name", "state", "receipt_status", "amount_untaxed"],
        )
        lines = connection.execute(
            "purchase.order.line",
            "search_read",
            [["order_id", "in", chunk], ["display_type", "=", False]],
            fields=["order_id", "product_id", "product_qty", "qty_received", "price_unit"],
        )
        for row in orders:
            states[row["id"]] = OrderState(
                row["id"],
                row["name"],
                row["state"],
                row["receipt_status"] or "",
                _decimal(row["amount_untaxed"]),
                {},
            )
        for row in lines:
            if (order := states.get(row["order_id"][0])) is not None:
                order.lines[row["id"]] = LineState(
                    row["id"],
                    _decimal(row["product_qty"]),
                    _decimal(row["qty_received"]),
                    _decimal(row["price_unit"]),
                    row["product_id"][0] if row["product_id"] else None,
                )
    return states


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value))


def web_link(base_url: str, version: int, id_: int) -> str:
    """The address of the order's form, for people."""
    base = base_url.rstrip("/")
    return (
        f"{base}/odoo/purchase/{id_}"
        if version >= 18
        else f"{base}/web#id={id_}&model=purchase.order&view_type=form"
    )
