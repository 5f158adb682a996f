"""/fake/...: the switches for faults and for the clock, as a test in another process or a person uses them."""

from datetime import datetime
from typing import TYPE_CHECKING

from tests.fake_odoo.faults import KINDS

if TYPE_CHECKING:
    from tests.fake_odoo.instance import FakeOdoo


def handle(odoo: "FakeOdoo", path: str, given: dict) -> dict:
    """Answers the state after the change. Raises ValueError or TypeError for what it does not understand."""
    if path == "/fake/faults":
        return faults(odoo, **given)
    if path == "/fake/clock":
        return clock(odoo, **given)
    if path == "/fake/orders":
        return {"orders": odoo.orders()}
    raise ValueError(f"there is /fake/faults, /fake/clock and /fake/orders, not {path}")


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
