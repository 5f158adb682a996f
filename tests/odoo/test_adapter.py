"""The adapter by itself: what it sends."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from integrations.odoo import catalogue, purchase_orders
from integrations.odoo.connection import connect
from integrations.odoo.errors import OdooError
from integrations.odoo.purchase_orders import Order, OrderLine
from tests.fake_odoo import rpc
from tests.fake_odoo.instance import FakeOdoo

LINE = OrderLine(
    "hsp.pol_1", 7, Decimal("6"), 3, Decimal("1.2500"), "Gloves", datetime(2030, 1, 2, 3, tzinfo=UTC)
)
ORDER = Order(
    "hsp.po_1", 5, "SR-2030-000001", [LINE, replace(LINE, external_id="hsp.pol_2", quantity=Decimal("1E+2"))]
)


class Recorder:
    """A connection that answers load() as Odoo does, and remembers what it was asked."""

    def __init__(self, version: int, answer: dict):
        self.version, self.answer, self.asked = version, answer, []

    def execute(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        self.asked.append((model, method, args, kwargs))
        return self.answer


def sent(order: Order, version: int = 19) -> tuple[list[str], list[list[str]], dict]:
    recorder = Recorder(version, {"ids": False, "messages": []})
    with pytest.raises(OdooError):
        purchase_orders.create(recorder, order)
    ((_, method, (columns, rows), kwargs),) = recorder.asked
    assert method == "load"
    return columns, rows, kwargs


def test_load_gets_one_row_per_line_and_the_head_once() -> None:
    columns, rows, kwargs = sent(ORDER)
    assert columns == [
        "id",
        "partner_id/.id",
        "origin",
        "order_line/id",
        "order_line/product_id/.id",
        "order_line/product_qty",
        "order_line/product_uom_id/.id",
        "order_line/price_unit",
        "order_line/name",
        "order_line/date_planned",
    ]
    assert rows == [
        [
            "hsp.po_1",
            "5",
            "SR-2030-000001",
            "hsp.pol_1",
            "7",
            "6",
            "3",
            "1.2500",
            "Gloves",
            "2030-01-02 03:00:00",
        ],
        ["", "", "", "hsp.pol_2", "7", "100", "3", "1.2500", "Gloves", "2030-01-02 03:00:00"],
    ]
    assert kwargs == {"context": {"mode": "update", "noupdate": True, "tz": "UTC", "lang": "en_US"}}


def test_unit_field_goes_by_version() -> None:
    assert "order_line/product_uom/.id" in sent(ORDER, 18)[0]


@pytest.mark.parametrize("gap", [{"name": ""}, {"date_planned": None}])
def test_column_that_one_row_leaves_empty_is_not_sent(gap: dict) -> None:
    columns, rows, _ = sent(replace(ORDER, lines=[LINE, replace(LINE, **gap)]))
    assert f"order_line/{next(iter(gap))}" not in columns
    assert {len(row) for row in rows} == {len(columns)}


def test_company_is_named_when_it_is_known() -> None:
    columns, rows, _ = sent(replace(ORDER, company_id=2))
    assert dict(zip(columns, rows[0], strict=True))["company_id/.id"] == "2"


@pytest.mark.parametrize(
    "bad",
    [
        {"lines": []},
        {"lines": [replace(LINE, quantity=Decimal(0))]},
        {"lines": [replace(LINE, quantity=Decimal("-1"))]},
        {"lines": [replace(LINE, price_unit=Decimal("NaN"))]},
        {"external_id": "no module"},
        {"external_id": "po_1"},
    ],
)
def test_what_odoo_would_take_and_should_not_is_never_sent(bad: dict) -> None:
    recorder = Recorder(19, {})
    with pytest.raises(OdooError) as caught:
        purchase_orders.create(recorder, replace(ORDER, **bad))
    assert (caught.value.kind, caught.value.permanent, recorder.asked) == ("data", True, [])


@pytest.mark.parametrize(
    "url",
    [
        "odoo.example",
        "ftp://odoo.example",
        "https://",
        "https://odoo.example/path",
        "https://odoo.example:port",
    ],
)
def test_address_that_cannot_work_is_a_matter_of_configuration(url: str) -> None:
    with pytest.raises(OdooError) as caught:
        connect(url=url, db="d", user="u", password="p", timeout=5)
    assert (caught.value.kind, caught.value.permanent) == ("config", True)


def test_password_never_reaches_the_log(fake_odoo: FakeOdoo, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("odoorpc").setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    connection = connect(url=fake_odoo.url, db=fake_odoo.db, user=fake_odoo.user, password=fake_odoo.password)
    connection.execute("purchase.order", "search", [])
    assert fake_odoo.password not in caplog.text


def test_context_is_said_in_every_call(fake_odoo: FakeOdoo, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    connection = connect(url=fake_odoo.url, db=fake_odoo.db, user=fake_odoo.user, password=fake_odoo.password)
    monkeypatch.setattr(rpc, "call", lambda model, *call: asked.append(model.env.context))
    connection.execute("purchase.order", "search", [])
    connection.execute("purchase.order", "search", [], context={"lang": "de_DE"})
    assert asked == [{"lang": "en_US", "tz": "UTC"}, {"lang": "de_DE"}]


def test_zone_of_the_account_changes_nothing(fake_odoo: FakeOdoo) -> None:
    """A user who set another language or time zone in Odoo changes nothing for us."""
    with fake_odoo.store.transaction():
        user = fake_odoo.accounts.uid(fake_odoo.user, fake_odoo.password)
        fake_odoo.store.update("res.users", user, {"tz": "Europe/Berlin"})
    connection = connect(url=fake_odoo.url, db=fake_odoo.db, user=fake_odoo.user, password=fake_odoo.password)
    placed = purchase_orders.create(
        connection, replace(ORDER, partner_id=7, lines=[replace(LINE, product_id=1, uom_id=1)])
    )
    assert fake_odoo.order(placed.id)["lines"][0]["date_planned"] == "2030-01-02 03:00:00"


@pytest.mark.parametrize(
    ("version", "link"),
    [
        (17, "https://odoo.example/web#id=4&model=purchase.order&view_type=form"),
        (18, "https://odoo.example/odoo/purchase/4"),
        (19, "https://odoo.example/odoo/purchase/4"),
    ],
)
def test_link_goes_by_version(version: int, link: str) -> None:
    assert purchase_orders.web_link("https://odoo.example/", version, 4) == link


def test_connection_comes_from_the_settings(fake_odoo: FakeOdoo, settings: Any) -> None:
    settings.ODOO_URL, settings.ODOO_DB = fake_odoo.url, fake_odoo.db
    settings.ODOO_USER, settings.ODOO_PASSWORD, settings.ODOO_TIMEOUT = fake_odoo.user, fake_odoo.password, 5
    assert connect().version == fake_odoo.version
    settings.ODOO_DB = ""
    with pytest.raises(OdooError, match="ODOO_DB") as caught:
        connect()
    assert caught.value.kind == "config"


def test_code_that_two_products_carry_leads_to_neither(fake_odoo: FakeOdoo) -> None:
    first, second = 1, 2
    fake_odoo.change("product.product", second, default_code="MED-001")
    connection = connect(url=fake_odoo.url, db=fake_odoo.db, user=fake_odoo.user, password=fake_odoo.password)
    assert catalogue.read_products(connection, ["MED-001", "MED-003"]).keys() == {"MED-003"}
    fake_odoo.change("product.product", first, active=False)
    assert catalogue.read_products(connection, ["MED-001"])["MED-001"].id == second
