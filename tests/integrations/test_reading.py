"""What Odoo says about an order, read for the lines behind it: no database, no network."""

from decimal import Decimal

import pytest

from integrations.models import ExternalReference, OutboxMessage
from integrations.odoo.purchase_orders import LineState as OdooLine
from integrations.odoo.purchase_orders import OrderState
from integrations.reading import News, read_news, whole_units
from requests_app.models import RequestItem
from requests_app.states import LineState, Source

PAYLOAD = {"lines": [{"external_id": "hsp.pol_a", "name": "Gauze", "quantity": "6", "price_unit": "4.2050"}]}


def read(
    odoo_state: str = "purchase",
    *,
    line: dict | None = None,
    there: dict | None = None,
    receipt: str = "pending",
    name: str = "P00001",
    rate: Decimal = Decimal(1),
) -> News:
    """An order of six at 4.205; `line` overrides the request's line, `there` the order line in Odoo."""
    wanted = RequestItem(
        **{
            "pk": 1,
            "name": "Gauze",
            "quantity": 6,
            "approved_quantity": 6,
            "source": Source.BUY,
            "state": LineState.ORDERED,
            **(line or {}),
        }
    )
    order = ExternalReference(name="P00001", message=OutboxMessage(payload=PAYLOAD))
    part = ExternalReference(line=wanted, record_id=7, external_id="hsp.pol_a")
    found = {
        "id": 7,
        "quantity": Decimal(6),
        "received": Decimal(0),
        "price_unit": Decimal("4.21"),
        "product_id": 3,
        **(there or {}),
    }
    lines = {found["id"]: OdooLine(**found)}
    return read_news(
        order,
        [part],
        OrderState(1, name, odoo_state, receipt, Decimal("25.23"), lines),
        currency="GBP",
        rate=rate,
    )


def test_nothing_new_says_nothing() -> None:
    assert read() == News()


@pytest.mark.parametrize("state", ["purchase", "done"])
def test_the_buyer_confirmed(state: str) -> None:
    assert read(state, line={"state": LineState.WITH_BUYER}) == News(placed=[1])


@pytest.mark.parametrize("state", ["draft", "sent", "to approve"])
def test_the_buyer_has_it_still(state: str) -> None:
    assert read(state, line={"state": LineState.WITH_BUYER}) == News()


def test_goods_came_in_parts() -> None:
    some = {"received": Decimal("4.0")}
    assert read(there=some, receipt="partial") == News(goods_in={1: 4})
    at_goods_in = {"state": LineState.AT_GOODS_IN, "goods_in_quantity": 4}
    assert read(line=at_goods_in, there=some, receipt="partial") == News()
    assert read(line=at_goods_in, there={"received": Decimal(6)}, receipt="full") == News(goods_in={1: 6})


@pytest.mark.parametrize(
    ("there", "told"),
    [
        ({"quantity": Decimal(8)}, "8 ordered, 6 agreed"),
        ({"price_unit": Decimal("4.22")}, "price 4.22 GBP, agreed 4.205 GBP"),
        ({"id": 9}, "taken off the order"),
    ],
)
def test_what_nobody_agreed_to(there: dict, told: str) -> None:
    assert told in read(there=there).drift


def test_a_price_rounded_to_the_cent_is_no_change() -> None:
    assert read(there={"price_unit": Decimal("4.20")}).drift == ""


def test_short_and_no_more_to_come() -> None:
    short = read(there={"received": Decimal(4)}, receipt="full")
    assert short.goods_in == {1: 4}
    assert "4 came and no more is expected" in short.drift


def test_goods_sent_back() -> None:
    back = read(line={"state": LineState.AT_GOODS_IN, "goods_in_quantity": 6}, there={"received": Decimal(5)})
    assert "sent back" in back.drift
    assert back.goods_in == {}


def test_cancelled_before_anything_came() -> None:
    assert read("cancel") == News(cancelled=[1], closes=True)


def test_cancelled_after_a_part_came() -> None:
    news = read(
        "cancel",
        line={"state": LineState.AT_GOODS_IN, "goods_in_quantity": 4},
        there={"received": Decimal(4)},
    )
    assert (news.cancelled, news.closes) == ([1], True)
    assert "the rest was cancelled after 4 came" in news.drift


@pytest.mark.parametrize("state", [LineState.RECEIVED, LineState.CANCELLED])
def test_a_line_that_ended_ends_the_asking(state: LineState) -> None:
    assert read(line={"state": state}, there={"quantity": Decimal(9)}) == News(closes=True)


def test_another_order_behind_the_same_number() -> None:
    news = read("cancel", there={"id": 9}, name="P00009")
    assert (news.foreign, news.closes, news.cancelled) == (True, True, [])


@pytest.mark.parametrize(
    ("received", "units"), [("2.9999999", 3), ("2.5", 2), ("0.2", 0), ("0", 0), ("-1", 0)]
)
def test_whole_units(received: str, units: int) -> None:
    assert whole_units(Decimal(received)) == units
