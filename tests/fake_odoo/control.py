"""/fake/...: the switches for faults, clock and buyer, as a test in another process or a person uses them."""

from datetime import datetime
from typing import TYPE_CHECKING

from tests.fake_odoo import auto
from tests.fake_odoo.errors import OdooException
from tests.fake_odoo.faults import KINDS

if TYPE_CHECKING:
    from tests.fake_odoo.instance import FakeOdoo


def handle(odoo: "FakeOdoo", path: str, given: dict) -> dict:
    """Answers the state after the change. Raises ValueError or TypeError for what it does not understand."""
    if path == "/fake/faults":
        return faults(odoo, **given)
    if path == "/fake/clock":
        return clock(odoo, **given)
    if path == "/fake/auto":
        return auto.switch(odoo, **given)
    if path == "/fake/orders":
        return orders(odoo, **given)
    if path == "/fake/repairs":
        return repairs(odoo, **given)
    raise ValueError(
        f"there is /fake/faults, /fake/clock, /fake/auto, /fake/orders and /fake/repairs, not {path}"
    )


def orders(
    odoo: "FakeOdoo",
    id: int | None = None,
    do: str = "",
    quantities: dict[str, float] | None = None,
    code: str = "",
    price_unit: float | None = None,
    quantity: float | None = None,
) -> dict:
    """All orders, or one of them after a person did something to it.

    `do`: confirm, cancel, delete, receive (`quantities` by product code; none: all that is open), close (nothing more is
    expected), change (`price_unit` or `quantity` of the line with this product `code`).
    """
    if id is None:
        return {"orders": odoo.orders()}
    try:
        _act(odoo, id, do, quantities, code, {"price_unit": price_unit, "product_qty": quantity})
    except OdooException as error:
        raise ValueError(str(error)) from error
    return {"orders": [] if do == "delete" else [odoo.order(id)]}


def repairs(odoo: "FakeOdoo", id: int | None = None, do: str = "", stage: str = "") -> dict:
    """All maintenance requests, after a technician did something to one: stage (the name of one), cancel, delete."""
    acts = {
        "stage": lambda: odoo.move_repair(id or 0, stage),
        "cancel": lambda: odoo.cancel_repair(id or 0),
        "delete": lambda: odoo.delete_repair(id or 0),
    }
    if do:
        if do not in acts:
            raise ValueError(f"a technician can {', '.join(acts)}, not {do}")
        try:
            acts[do]()
        except OdooException as error:
            raise ValueError(str(error)) from error
    return {"repairs": odoo.repairs()}


def _act(
    odoo: "FakeOdoo", id_: int, do: str, quantities: dict[str, float] | None, code: str, values: dict
) -> None:
    if do in ("confirm", "cancel", "delete", "close"):
        getattr(odoo, do)(id_)
    elif do == "receive":
        counted = None if quantities is None else {_line(odoo, id_, key): n for key, n in quantities.items()}
        odoo.receive(id_, counted)
    elif do == "change":
        given = {name: value for name, value in values.items() if value is not None}
        odoo.change("purchase.order.line", _line(odoo, id_, code), **given)
    elif do:
        raise ValueError(f"a buyer can confirm, cancel, delete, receive, close or change, not {do}")


def _line(odoo: "FakeOdoo", id_: int, code: str) -> int:
    """The id of the order's line with this product."""
    for line in odoo.order(id_)["lines"]:
        if line["code"] == code:
            return line["id"]
    raise ValueError(f"order {id_} has no line of {code}")


def faults(
    odoo: "FakeOdoo",
    kind: str | None = None,
    count: int = 1,
    seconds: float | None = None,
    method: str | None = None,
    clear: bool = False,
) -> dict:
    if clear:
        odoo.clear_faults()
    if kind:
        odoo.fault(kind, count=count, seconds=seconds, method=method)
    due = [
        {"kind": fault.kind, "left": fault.left, "seconds": fault.seconds, "method": fault.method}
        for fault in odoo.faults.due()
    ]
    return {"due": due, "kinds": KINDS}


def clock(
    odoo: "FakeOdoo", now: str | None = None, advance: float | None = None, reset: bool = False
) -> dict:
    if reset:
        odoo.clock.reset()
    if now:
        odoo.clock.set(datetime.fromisoformat(now))
    if advance:
        odoo.clock.advance(advance)
    return {"now": odoo.clock.now().isoformat(sep=" ")}
