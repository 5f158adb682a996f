"""Buyer and storekeeper for a demonstration: they confirm and receive by themselves after a while."""

import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.fake_odoo.values import DATETIME

if TYPE_CHECKING:
    from tests.fake_odoo.instance import FakeOdoo


def tick(odoo: "FakeOdoo", *, confirm_after: float, receive_after: float) -> None:
    """Confirms drafts and receives confirmed orders that are old enough, in seconds since they were created."""
    now = odoo.clock.now()
    for order in odoo.orders():
        age = now - datetime.strptime(order["created"], DATETIME)  # noqa: DTZ007
        if order["state"] in ("draft", "sent") and age >= timedelta(seconds=confirm_after):
            odoo.confirm(order["id"])
        elif (
            order["state"] == "purchase"
            and order["receipt_status"] in ("pending", "partial")
            and age >= timedelta(seconds=receive_after)
        ):
            odoo.receive(order["id"])


def keep_ticking(odoo: "FakeOdoo", stop: threading.Event, **after: float) -> None:
    """Runs tick() every second until `stop` is set."""
    while not stop.wait(1):
        tick(odoo, **after)
