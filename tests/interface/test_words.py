"""How values look: money, units, times."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from portal import clock
from portal.templatetags import ui
from tests import personas

NBSP = "\N{NO-BREAK SPACE}"
NOW = datetime(2026, 5, 14, 6, 42, tzinfo=UTC)  # 07:42 in London


def line(**values: object) -> SimpleNamespace:
    given = {"quantity": 6, "approved_quantity": None, "unit": "box", "unit_plural": "boxes"}
    return SimpleNamespace(**{**given, "contains_quantity": 100, "contains_unit": "gloves", **values})


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (Decimal("186.4"), "GBP", "£186.40"),
        (Decimal("12345.675"), "EUR", "€12,345.68"),
        (0, "GBP", "£0.00"),
        (Decimal("-2"), "SEK", f"SEK{NBSP}-2.00"),
    ],
)
def test_money(amount: Decimal, currency: str, said: str) -> None:
    assert ui.money(amount, currency) == said
    assert ui.money(amount, SimpleNamespace(hospital=SimpleNamespace(currency=currency))) == said


def test_units_are_spelled_out() -> None:
    assert ui.units(line()) == f"6{NBSP}boxes = 600{NBSP}gloves"
    assert ui.units(line(), 1) == f"1{NBSP}box = 100{NBSP}gloves"
    assert ui.units(line(approved_quantity=2)) == f"2{NBSP}boxes = 200{NBSP}gloves"
    assert ui.units(line(contains_quantity=1)) == f"6{NBSP}boxes"
    assert (
        ui.units(line(unit="each", unit_plural="each", contains_quantity=1, contains_unit="")) == "6 pieces"
    )
    assert ui.units(line(), 20_000) == f"20,000{NBSP}boxes = 2,000,000{NBSP}gloves"
    assert ui.pack(line()) == f"box of 100{NBSP}gloves"


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(), "just now"),
        (timedelta(minutes=12), "12 min ago"),
        (timedelta(hours=2), "05:42"),
        (timedelta(hours=12), "yesterday 19:42"),
        (timedelta(hours=-5), "12:42"),
        (timedelta(hours=-24), "tomorrow 07:42"),
        (timedelta(days=-4), "Mon 18 May, 07:42"),
        (timedelta(days=400), "9 Apr 2025, 07:42"),
    ],
)
def test_when(ago: timedelta, said: str) -> None:
    with clock.at(NOW):
        shown = ui.when(NOW - ago, "Europe/London")
    assert f">{said}</time>" in shown
    assert "+01:00" in shown


def test_initials() -> None:
    def person(name: str) -> SimpleNamespace:
        return SimpleNamespace(get_full_name=lambda: name, get_username=lambda: "x")

    assert ui.initials(person("Asha Menon")) == "AM"
    assert ui.initials(person("Mary Ann de Silva")) == "MS"
    assert ui.initials(person("prince")) == "P"


@pytest.mark.parametrize(
    ("reader", "said"),
    [
        ("Europe/Berlin", ">06:42 (London)<"),
        ("Europe/London", ">06:42<"),
        ("Europe/Lisbon", ">06:42<"),
        (None, ">06:42<"),
    ],
)
def test_a_time_of_another_zone_says_whose_it_is(reader: str | None, said: str) -> None:
    with clock.at(NOW), timezone.override(ZoneInfo(reader) if reader else None):
        assert said in ui.when(NOW - timedelta(hours=1), "Europe/London")
        assert ">12 min ago<" in ui.when(NOW - timedelta(minutes=12), "Europe/London")


def test_the_zone_of_one_reader_is_not_left_to_the_next(world: SimpleNamespace) -> None:
    sak = personas.build_hospital("SAK", wards={"INN"}, items=set(), by=world.system)
    doctor = personas.person("lena.voss", role="service_manager", place=sak)
    personas.signed_in(doctor).get("/")
    assert timezone.get_current_timezone_name() == "UTC"
