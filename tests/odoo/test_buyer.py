"""What a person does to an order in the stand-in through its switches, and when its own buyer rests."""

import json
from datetime import UTC, datetime

import pytest

from portal.desk.demo.buyer import BrokeOff, StandIn
from tests.fake_odoo.auto import tick
from tests.fake_odoo.fixtures import fake_odoo
from tests.fake_odoo.instance import FakeOdoo
from tests.odoo.loading import QUIET, load
from tests.odoo.test_stand_in import http

__all__ = ["fake_odoo"]


@pytest.fixture
def order(fake_odoo: FakeOdoo) -> int:
    fake_odoo.set_clock(datetime(2026, 5, 4, 9, tzinfo=UTC))
    return load(fake_odoo, [["hsp.a", "7", "A", "1", "4"]], **QUIET)["ids"][0]


def code(odoo: FakeOdoo, order: int) -> str:
    return odoo.order(order)["lines"][0]["code"]


def test_an_order_goes_its_way_in_parts(fake_odoo: FakeOdoo, order: int) -> None:
    stand_in, line = StandIn(fake_odoo.url), code(fake_odoo, order)
    assert stand_in.act(order, "change", code=line, price_unit=7.5)["lines"][0]["price_unit"] == 7.5
    assert stand_in.act(order, "change", code=line, quantity=3)["lines"][0]["quantity"] == 3
    assert stand_in.act(order, "confirm")["state"] == "purchase"
    assert stand_in.act(order, "receive", quantities={line: 1})["receipt_status"] == "partial"
    closed = stand_in.act(order, "close")
    assert (closed["receipt_status"], closed["lines"][0]["received"]) == ("full", 1)
    assert stand_in.orders() == 1


def test_an_order_is_cancelled_or_deleted(fake_odoo: FakeOdoo, order: int) -> None:
    stand_in = StandIn(fake_odoo.url)
    assert stand_in.act(order, "cancel")["state"] == "cancel"
    assert stand_in.act(order, "delete") == {}
    assert stand_in.orders() == 0


@pytest.mark.parametrize(
    "asked", [{"do": "receive"}, {"do": "burn"}, {"do": "change", "code": "NO-SUCH", "price_unit": 1}]
)
def test_what_cannot_be_done_is_said(fake_odoo: FakeOdoo, order: int, asked: dict) -> None:
    assert http(fake_odoo, "POST", "/fake/orders", json.dumps({"id": order, **asked}))[0] == 422
    with pytest.raises(BrokeOff):
        StandIn(fake_odoo.url).act(order, **asked)


def test_its_own_buyer_rests_and_leaves_older_orders_alone(fake_odoo: FakeOdoo, order: int) -> None:
    stand_in, later = StandIn(fake_odoo.url), datetime(2026, 5, 4, 10, tzinfo=UTC)

    def state_after_tick(id_: int) -> str:
        tick(fake_odoo, confirm_after=20, receive_after=60)
        return fake_odoo.order(id_)["state"]

    stand_in.set_clock(later)
    stand_in.rest()
    assert state_after_tick(order) == "draft"
    stand_in.work(since=later)
    assert state_after_tick(order) == "draft"
    newer = load(fake_odoo, [["hsp.b", "7", "B", "1", "2"]], **QUIET)["ids"][0]
    stand_in.set_clock(datetime(2026, 5, 4, 11, tzinfo=UTC))
    assert (state_after_tick(order), state_after_tick(newer)) == ("draft", "purchase")
    stand_in.run_clock()
    assert fake_odoo.clock.now().year >= 2026 and fake_odoo.clock.now() != datetime(2026, 5, 4, 11)
