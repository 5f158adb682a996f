"""How not to do it: look whether the order is there, then create it. The contract suite shows that this fails."""

from collections.abc import Callable

from integrations.odoo.connection import OdooConnection
from integrations.odoo.maintenance_requests import MaintenanceRequest
from integrations.odoo.purchase_orders import Order


def naive_create(
    connection: OdooConnection, order: Order, between: Callable[[], object] = lambda: None
) -> int:
    """Searches the origin, then creates. `between` runs in the gap, where a race or a lost response strikes."""
    found = connection.execute("purchase.order", "search", [["origin", "=", order.origin]])
    if found:
        return int(found[0])
    between()
    uom = "product_uom_id" if connection.version >= 19 else "product_uom"
    lines = [
        [
            0,
            0,
            {
                "product_id": line.product_id,
                "product_qty": float(line.quantity),
                uom: line.uom_id,
                "price_unit": float(line.price_unit),
            },
        ]
        for line in order.lines
    ]
    return int(
        connection.execute(
            "purchase.order",
            "create",
            {"partner_id": order.partner_id, "origin": order.origin, "order_line": lines},
        )
    )


def naive_repair(
    connection: OdooConnection, repair: MaintenanceRequest, between: Callable[[], object] = lambda: None
) -> int:
    """The same for a maintenance request: searches its title, then creates."""
    found = connection.execute("maintenance.request", "search", [["name", "=", repair.name]])
    if found:
        return int(found[0])
    between()
    values = {"name": repair.name, "maintenance_team_id": repair.team_id, "priority": repair.priority}
    return int(connection.execute("maintenance.request", "create", values))
