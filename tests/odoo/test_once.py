"""One order, whatever happens on the way: races, lost answers, repeated calls. Part of the contract suite."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from integrations.odoo import purchase_orders
from integrations.odoo.connection import OdooConnection
from integrations.odoo.errors import OdooError
from integrations.odoo.purchase_orders import Order, PlacedOrder
from tests.odoo.conftest import Target
from tests.odoo.naive import naive_create

PARALLEL = 10


def create_until_done(connection: OdooConnection, order: Order) -> PlacedOrder:
    """As the dispatcher does: what passes is tried again."""
    for _ in range(PARALLEL):
        try:
            return purchase_orders.create(connection, order)
        except OdooError as error:
            if error.permanent:
                raise
    raise AssertionError("still busy")


def test_ten_at_once_make_one_order(target: Target, connection: OdooConnection) -> None:
    order = target.order(connection)
    connections = [target.connect() for _ in range(PARALLEL)]
    if target.fake:
        target.fake.fault("meet", count=PARALLEL, method="load")
    with ThreadPoolExecutor(PARALLEL) as pool:
        placed = list(pool.map(lambda one: create_until_done(one, order), connections))
    assert len({one.id for one in placed}) == 1
    assert target.orders_of(connection, order.origin) == [placed[0].id]
    assert len(purchase_orders.read_orders(connection, [placed[0].id])[placed[0].id].lines) == len(
        order.lines
    )


def test_losers_of_the_race_are_told_to_try_again(target: Target, connection: OdooConnection) -> None:
    fake = target.needs_fake("meet at a given moment")
    order = target.order(connection)
    fake.fault("busy", method="load")
    with pytest.raises(OdooError) as caught:
        purchase_orders.create(connection, order)
    assert (caught.value.kind, caught.value.permanent) == ("busy", False)
    assert fake.orders() == []
    assert target.create(connection, order).name


def test_naive_creation_makes_many(target: Target, connection: OdooConnection) -> None:
    """The negative control: without it nobody knows whether the tests above can see a second order."""
    order = target.order(connection, lines=1)
    connections = [target.connect() for _ in range(PARALLEL)]
    gap = threading.Barrier(PARALLEL, timeout=60)
    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(lambda one: naive_create(one, order, between=gap.wait), connections))
    assert len(target.orders_of(connection, order.origin)) > 1


@pytest.mark.parametrize(("kind", "made"), [("lose_response", 1), ("drop", 0), ("502", 0)])
def test_retry_after_a_failed_call_finds_or_makes_the_one_order(
    target: Target, connection: OdooConnection, kind: str, made: int
) -> None:
    fake = target.needs_fake(kind)
    order = target.order(connection)
    fake.fault(kind, method="load")
    with pytest.raises(OdooError) as caught:
        purchase_orders.create(connection, order)
    assert (caught.value.kind, caught.value.permanent) == ("transport", False)
    assert len(fake.orders()) == made
    placed = target.create(connection, order)
    assert [one["id"] for one in fake.orders()] == [placed.id]
    assert len(fake.order(placed.id)["lines"]) == len(order.lines)


def test_answer_after_the_timeout_is_found_by_the_retry(target: Target, connection: OdooConnection) -> None:
    fake = target.needs_fake("answer too late")
    hasty = target.connect(timeout=0.2)
    order = target.order(connection)
    late = fake.fault("late", method="load")
    with pytest.raises(OdooError, match="in time"):
        purchase_orders.create(hasty, order)
    placed = target.create(connection, order)
    late.release()
    assert [one["id"] for one in fake.orders()] == [placed.id]


def test_call_that_a_proxy_repeats_makes_one_order(target: Target, connection: OdooConnection) -> None:
    fake = target.needs_fake("repeat a call")
    fake.fault("duplicate", method="load")
    placed = target.create(connection, target.order(connection))
    assert [one["id"] for one in fake.orders()] == [placed.id]
