"""Receipts: what a confirmed order makes the store expect, and its arrival."""

from tests.fake_odoo import errors
from tests.fake_odoo.models.base import AnyModel
from tests.fake_odoo.orm import KINDS, Env
from tests.fake_odoo.values import DATETIME


class Picking(AnyModel):
    def compute_picking_type_code(self, row: dict) -> str:
        return self.env["stock.picking.type"].row(row["picking_type_id"])["code"]


def expect(env: Env, order: dict, moves: list[list], backorder_of: int | None = None) -> int:
    """A receipt that is ready: `moves` is [[line id, quantity], ...]."""
    pickings = env.as_superuser()["stock.picking"]
    return pickings._create(
        {
            "name": f"WH/IN/{env.store.next('WH/IN'):05d}",
            "state": "assigned",
            "origin": order["name"],
            "partner_id": order["partner_id"],
            "picking_type_id": order["picking_type_id"],
            "scheduled_date": order["date_planned"] or order["date_order"],
            "purchase_id": order["id"],
            "backorder_id": backorder_of or False,
            "moves": moves,
        }
    )


def receive(env: Env, order_id: int, quantities: dict[int, float] | None = None) -> None:
    """The store counts goods in: all that is open, or the given quantity per order line.

    Raises UserError when the order expects nothing, or less than the given quantity.
    """
    env = env.as_superuser()
    order = env["purchase.order"].row(order_id)
    ready = env["stock.picking"].where(purchase_id=order_id, state="assigned")
    if not ready:
        raise errors.UserError(f"Order {order['name']} expects no goods.")
    picking = ready[0]
    due = dict(picking["moves"])
    came = (
        due if quantities is None else {int(key): float(value) for key, value in quantities.items() if value}
    )
    for line_id, quantity in came.items():
        if not 0 < quantity <= due.get(line_id, 0):
            raise errors.UserError(
                f"Order {order['name']} expects {due.get(line_id, 0):g} of line {line_id}, not {quantity:g}."
            )
    if not came:
        raise errors.UserError("Nothing was counted.")
    lines = env["purchase.order.line"]
    for line_id, quantity in came.items():
        env.store.update(lines.name, line_id, {"qty_received": lines.row(line_id)["qty_received"] + quantity})
    env.store.update(
        "stock.picking",
        picking["id"],
        {
            "state": "done",
            "date_done": env.now.strftime(DATETIME),
            "moves": [list(one) for one in came.items()],
        },
    )
    rest = [
        [line_id, quantity - came.get(line_id, 0)]
        for line_id, quantity in due.items()
        if quantity > came.get(line_id, 0)
    ]
    if rest:
        expect(env, order, rest, backorder_of=picking["id"])
    env.store.update("purchase.order", order_id, {"write_date": env.stamp()})


KINDS["stock.picking"] = Picking
