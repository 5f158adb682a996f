"""Buyer and storekeeper for a demonstration: they confirm and receive by themselves after a while."""

import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.fake_odoo.values import DATETIME

if TYPE_CHECKING:
    from tests.fake_odoo.instance import FakeOdoo

SWITCH = "fake.auto"  # kept in the store, so that a new start goes on as the last one was told


def switch(odoo: "FakeOdoo", on: bool | None = None, since: str | None = None) -> dict:
    """Tell both to work or to rest (`on`), and to leave alone what was ordered before `since` (UTC)."""
    told = {**_told(odoo)}
    if on is not None:
        told["on"] = on
    if since is not None:
        told["since"] = datetime.fromisoformat(since).strftime(DATETIME)
    with odoo.store.transaction():
        odoo.store.insert(SWITCH, told, 1)
    return told


def _told(odoo: "FakeOdoo") -> dict:
    with odoo.store.reading():
        row = odoo.store.rows[SWITCH].get(1, {})
    return {"on": row.get("on", True), "since": row.get("since", "")}


def tick(odoo: "FakeOdoo", *, confirm_after: float, receive_after: float) -> None:
    """Confirms drafts and receives confirmed orders that are old enough, in seconds since they were created."""
    told = _told(odoo)
    if not told["on"]:
        return
    now = odoo.clock.now()
    for order in odoo.orders(since=told["since"]):
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
