"""load() of the stand-in beyond the recordings: what section by section was seen on real servers."""

from pathlib import Path

from tests.fake_odoo.fixtures import running
from tests.fake_odoo.instance import FakeOdoo
from tests.odoo.loading import COLUMNS, QUIET, ROW, link, load


def test_default_mode_overwrites_and_doubles_lines(fake_odoo: FakeOdoo) -> None:
    """Why the portal never uses it."""
    first = load(fake_odoo, [ROW])["ids"]
    assert load(fake_odoo, [["hsp.a", "7", "B", "1", "2"]])["ids"] == first
    (order,) = fake_odoo.orders()
    assert (order["origin"], len(order["lines"])) == ("B", 2)


def test_update_with_noupdate_touches_nothing(fake_odoo: FakeOdoo) -> None:
    first = load(fake_odoo, [ROW], **QUIET)["ids"]
    assert load(fake_odoo, [["hsp.a", "7", "B", "1", "9"]], **QUIET)["ids"] == first
    (order,) = fake_odoo.orders()
    assert (order["origin"], [line["quantity"] for line in order["lines"]]) == ("A", [2.0])


def test_all_or_nothing_and_ids_in_row_order(fake_odoo: FakeOdoo) -> None:
    bad = ["hsp.b", "999999", "B", "1", "2"]
    assert load(fake_odoo, [ROW, bad], **QUIET)["ids"] is False
    assert fake_odoo.orders() == []
    good = ["hsp.b", "7", "B", "1", "2"]
    ids = load(fake_odoo, [good, ["", "", "", "2", "3"], ROW], **QUIET)["ids"]
    assert [fake_odoo.order(id_)["origin"] for id_ in ids] == ["B", "A"]
    assert [len(fake_odoo.order(id_)["lines"]) for id_ in ids] == [2, 1]


def test_empty_cell_is_a_value(fake_odoo: FakeOdoo) -> None:
    columns = [*COLUMNS, "order_line/price_unit"]
    load(fake_odoo, [[*ROW, ""]], columns, **QUIET)
    assert fake_odoo.orders()[0]["lines"][0]["price_unit"] == 0.0
    load(fake_odoo, [["hsp.b", *ROW[1:]]], **QUIET)
    assert fake_odoo.orders()[1]["lines"][0]["price_unit"] == 1.5


def test_dates_are_read_in_the_zone_of_the_context(fake_odoo: FakeOdoo) -> None:
    columns = [*COLUMNS, "order_line/date_planned"]
    load(fake_odoo, [[*ROW, "2030-01-02 08:30:00"]], columns, tz="Europe/Berlin", **QUIET)
    assert fake_odoo.orders()[0]["lines"][0]["date_planned"] == "2030-01-02 07:30:00"


def test_external_id_of_another_model_is_refused(fake_odoo: FakeOdoo) -> None:
    connection = link(fake_odoo)
    connection.execute("maintenance.request", "load", ["id", "name"], [["hsp.a", "Pump"]], context=QUIET)
    answer = load(fake_odoo, [ROW], **QUIET)
    assert answer["ids"] is False
    assert "different model maintenance.request" in answer["messages"][0]["message"]
    assert fake_odoo.orders() == []


def test_deleted_order_frees_its_external_id(fake_odoo: FakeOdoo) -> None:
    first = load(fake_odoo, [ROW], **QUIET)["ids"]
    fake_odoo.delete(first[0])
    second = load(fake_odoo, [ROW], **QUIET)["ids"]
    assert second != first
    assert [order["name"] for order in fake_odoo.orders()] == ["P00002"]


def test_price_keeps_two_decimals_until_18_and_all_from_19_on(tmp_path: Path) -> None:
    for version, vendor, product, price in ((17, "12", "26", 1.23), (19, "7", "1", 1.2345)):
        with running(version=version, store=tmp_path) as odoo:
            load(
                odoo,
                [["hsp.a", vendor, "A", product, "2", "1.2345"]],
                [*COLUMNS, "order_line/price_unit"],
                **QUIET,
            )
            assert odoo.orders()[0]["lines"][0]["price_unit"] == price
