"""The search for splits over plain values: what is one, what is none, and how many of a year's splits it finds."""

import os
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.watching import splits, suppliers
from approvals.watching.routine import Line
from tests.approvals.watching import generated

NOON = datetime(2030, 5, 13, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LIMITS = [Decimal(1_000), Decimal(5_000)]


def line(request: int, amount: int | str, day: float = 0, **more: object) -> Line:
    said = {
        "requester": 1,
        "ward": 1,
        "cost_centre": "c",
        "hospital": 1,
        "item": request,
        "family": "pumps",
        "supplier": 1,
        "quantity": 1,
        "whole": Decimal(amount),
    }
    return Line(request=request, amount=Decimal(amount), at=NOON + day * DAY, **said | more)


def found(*lines: Line, since: datetime = NOON - 400 * DAY) -> list[tuple[str, int, int, frozenset[int]]]:
    rows = splits.find(lines, limits=LIMITS, since=since)
    return [(one.axis, one.days, int(one.limit), one.requests) for one in rows]


@pytest.mark.parametrize(("day", "days"), [(0, 1), (1, 1), (1.01, 7), (7, 7), (7.01, 30), (30, 30)])
def test_two_halves_within_a_window(day: float, days: int) -> None:
    assert found(line(1, 600), line(2, 400, day)) == [("requester", days, 1000, frozenset({1, 2}))]


def test_what_is_none() -> None:
    assert not found(line(1, 600), line(2, 400, 30.01))  # too long after
    assert not found(line(1, 600), line(2, "399.99", 1))  # together under the limit
    assert not found(line(1, 1000), line(2, 900, 1))  # the first was decided as it should be
    assert not found(line(1, 960), line(2, 49, 1))  # a crumb beside it
    assert not found(line(1, 600), line(2, 500, 1, family="gloves", supplier=2))
    assert not found(line(1, 600), line(2, 500, 1, hospital=2, ward=2, requester=2, cost_centre="d"))
    assert not found(line(1, 600), line(1, 500, item=9))  # one request
    assert not found(line(1, 600), line(2, 500, 1), since=NOON + 2 * DAY)  # looked at before


@pytest.mark.parametrize(
    ("axis", "more"),
    [
        ("requester", {"supplier": 2, "item": 7}),
        ("requester", {"family": "tubes"}),  # one supplier, two families
        ("colleagues", {"requester": 2}),
        ("cost_centre", {"requester": 2, "ward": 2, "supplier": 2}),
        ("vendor", {"requester": 2, "ward": 2, "cost_centre": "d"}),
    ],
)
def test_the_axes(axis: str, more: dict[str, object]) -> None:
    assert found(line(1, 600), line(2, 500, 1, **more)) == [(axis, 1, 1000, frozenset({1, 2}))]


def test_the_highest_limit_is_said_and_nothing_twice() -> None:
    lines = [line(one, 990, one) for one in range(1, 7)]
    assert found(*lines) == [("requester", 7, 5000, frozenset(range(1, 7)))]


def test_top_ups_and_what_comes_again_and_again_are_none() -> None:
    assert not found(line(1, 600, topped_up=True), line(2, 500, 1))
    weekly = [line(one, 600, 7 * one, item=5, quantity=4) for one in range(12)]
    assert not found(*weekly, since=NOON + 60 * DAY)
    twice = [*weekly, line(99, 700, 78, item=5, quantity=9), line(98, 700, 79, item=5, quantity=9)]
    assert found(*twice, since=NOON + 60 * DAY) == [("requester", 1, 1000, frozenset({98, 99}))]


def test_the_parts_of_a_split_do_not_excuse_each_other() -> None:
    parts = [line(one, 300, 6 * one, item=5) for one in range(6)]
    assert found(*parts)[0][3] == frozenset(range(6))


def naive(lines: list[Line], limit: Decimal) -> set[int]:
    """Requests of one person and family that reach the limit within 30 days of one of them; by trying every beginning."""
    caught: set[int] = set()
    for first in lines:
        near = [one for one in lines if one.whole < limit and first.at <= one.at <= first.at + 30 * DAY]
        if len({one.request for one in near}) > 1 and sum(one.amount for one in near) >= limit:
            caught |= {one.request for one in near}
    return caught


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(60, 1200), st.integers(0, 80)), min_size=1, max_size=12))
def test_it_says_something_exactly_when_trying_everything_does(parts: list[tuple[int, int]]) -> None:
    lines = [line(number, amount, day) for number, (amount, day) in enumerate(parts)]
    rows = splits.find(lines, limits=LIMITS[:1], since=NOON)
    caught = naive(lines, LIMITS[0])
    assert bool(rows) == bool(caught)
    for one in rows:
        assert one.requests <= caught
        assert one.total >= 1000
        assert all(part.amount < 1000 for part in one.parts)


def test_one_supplier_under_several_names() -> None:
    names = [
        "Kestrel Devices",
        "Kestrel Device Ltd",
        "KESTREL DEVICES (UK) LIMITED",
        "Albion Surgical",
        "Keßler Medizin GmbH & Co. KG",
        "Kessler Medizin",
        "Harrow IT Trade, VAT GB 123 4567 89",
        "H.I.T. Harrow VAT 123456789",
        "Kestrel Foods",
    ]
    same = suppliers.same(suppliers.Named(number, name) for number, name in enumerate(names))
    assert same == {0: 0, 1: 0, 2: 0, 3: 3, 4: 4, 5: 4, 6: 6, 7: 6, 8: 8}
    partners = [suppliers.Named(1, "A"), suppliers.Named(2, "B", 7), suppliers.Named(3, "C", 7)]
    assert suppliers.same(partners) == {1: 1, 2: 2, 3: 2}


def test_a_supplier_that_joins_two_others_joins_all_three() -> None:
    rows = [
        suppliers.Named(1, "Albion", 5),
        suppliers.Named(2, "Brook", 6),
        suppliers.Named(3, "Brook Ltd", 5),
    ]
    assert set(suppliers.same(rows).values()) == {1}


@pytest.mark.parametrize(
    ("requests", "plants"),
    [
        (6_000, 60),
        pytest.param(
            20_000, 200, marks=pytest.mark.skipif(not os.environ.get("TEST_DEEP"), reason="make test-deep")
        ),
    ],
)
def test_a_year_with_splits_planted_in_it(
    requests: int, plants: int, capsys: pytest.CaptureFixture[str]
) -> None:
    past = generated.past(seed=20_291, requests=requests, plants=plants)
    assert (past.requests, len(past.plants)) == (requests, plants)
    since = generated.BEGIN + timedelta(days=generated.FIRST_PLANT)
    begin = time.perf_counter()
    rows = splits.find(past.lines, limits=[Decimal(one) for one in generated.LIMITS], since=since)
    seconds = time.perf_counter() - begin
    planted, seen = Counter(one.kind for one in past.plants), Counter[str]()
    for plant in past.plants:  # found: most of its parts stand together in one suspicion
        half = len(plant.requests) // 2 + 1
        seen[plant.kind] += any(len(plant.requests & row.requests) >= half for row in rows)
    true = sum(any(len(row.requests & plant.requests) >= 2 for plant in past.plants) for row in rows)
    one, several = (
        seen["person"] / planted["person"],
        (seen.total() - seen["person"]) / (plants - planted["person"]),
    )
    said = ", ".join(f"{kind} {seen[kind]} of {planted[kind]}" for kind in generated.KINDS)
    with capsys.disabled():
        print(
            f"\n{requests} requests, {plants} splits: {said}; recall one requester {one:.0%}, several {several:.0%};"
        )
        print(f"{true} of {len(rows)} suspicions true: precision {true / len(rows):.0%}; {seconds:.1f} s")
    assert one >= 0.95
    assert several >= 0.80
    assert true / len(rows) >= 0.50
    assert seconds < 60


def test_without_the_memory_of_what_is_usual_most_suspicions_would_be_false() -> None:
    """The control: the same year, where nothing counts as agreed or as usual."""
    past = generated.past(seed=20_291, requests=6_000, plants=60)
    lines = [replace(one, topped_up=False, item=place) for place, one in enumerate(past.lines)]
    since = generated.BEGIN + timedelta(days=generated.FIRST_PLANT)
    rows = splits.find(lines, limits=[Decimal(one) for one in generated.LIMITS], since=since)
    true = sum(any(len(row.requests & plant.requests) >= 2 for plant in past.plants) for row in rows)
    assert true / len(rows) < 0.3
