"""Which change asks whom again, against an oracle that was written from the words of the rule alone. No database."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.materiality import NOBODY, TECHNICAL, Change, Table, adjusted, asked_again, changes

SHIPPED = Table.of({})
MONEY = ("head", "finance", "procurement", "director", "executive", "budget_owner", "group:board")
ROLES = (*MONEY, *TECHNICAL)


def content(*lines: list[Any], amount: str = "", **more: Any) -> dict[str, Any]:
    total = sum((quantity * Decimal(price) for _code, quantity, price, _vendor in lines), Decimal(0))
    return {
        "request": "r",
        "amount": amount or f"{total:.2f}",
        "currency": "GBP",
        "cost_centre": "4100",
        "deliver_to": 1,
        "lines": [list(line) for line in lines],
        **more,
    }


GLOVES, KIT = ["GLV", 6, "4.0000", 1], ["NPW", 2, "246.0000", 2]
BEFORE = content(GLOVES, KIT)
FLAGS = {"NPW": frozenset({"rationed"})}


def again(after: dict[str, Any], table: Table = SHIPPED) -> set[str]:
    return set(asked_again(changes(BEFORE, after), ROLES, table, FLAGS))


def other(**more: Any) -> dict[str, Any]:
    return {**deepcopy(BEFORE), **more}


def test_the_same_is_no_change() -> None:
    assert changes(BEFORE, deepcopy(BEFORE)) == []
    assert again(deepcopy(BEFORE)) == set()


def test_the_words_of_each_change() -> None:
    after = content(["GLV", 8, "4.5000", 3], ["NEW", 1, "10.0000", None], cost_centre="4200", deliver_to=2)
    assert changes(BEFORE, after) == [
        Change("line_struck", "NPW", 2),
        Change("quantity_up", "GLV", 6, 8),
        Change("price_up", "GLV", Decimal("4.0000"), Decimal("4.5000")),
        Change("vendor_changed", "GLV", 1, 3),
        Change("line_added", "NEW", None, 1),
        Change("cost_centre", "", "4100", "4200"),
        Change("destination", "", 1, 2),
        Change("amount_down", "", Decimal("516.00"), Decimal("46.00")),
    ]


def test_more_of_a_line_asks_the_money_and_those_whose_line_it_is() -> None:
    assert again(content(GLOVES, ["NPW", 3, "246.0000", 2])) == {*MONEY, "product_lead"}
    assert again(content(["GLV", 7, "4.0000", 1], KIT)) == set(MONEY)


def test_another_supplier_is_as_another_line() -> None:
    assert again(content(GLOVES, ["NPW", 2, "246.0000", 3])) == {*MONEY, "product_lead"}


def test_a_price_and_who_pays_are_for_the_money() -> None:
    assert again(content(GLOVES, ["NPW", 2, "246.0100", 2])) == set(MONEY)
    assert again(other(cost_centre="4200")) == set(MONEY)
    assert again(other(amount="516.01")) == set(MONEY)


@pytest.mark.parametrize("key", ["answers", "beneficiary", "department", "service", "form"])
def test_what_it_is_for_asks_everybody(key: str) -> None:
    before, after = other(**{key: "a"}), other(**{key: "b"})
    assert set(asked_again(changes(before, after), ROLES, SHIPPED, {})) == set(ROLES)


@pytest.mark.parametrize(
    "after",
    [
        content(GLOVES, ["NPW", 1, "246.0000", 2]),
        content(GLOVES),
        content(GLOVES, ["NPW", 2, "245.0000", 2]),
        other(deliver_to=2),
        other(amount="515.99"),
    ],
)
def test_less_and_another_place_ask_nobody(after: dict[str, Any]) -> None:
    assert changes(BEFORE, after)
    assert again(after) == set()


def test_the_same_amount_at_another_rate_is_more() -> None:
    before, after = other(base_amount="516.00"), other(base_amount="516.01")
    assert [one.kind for one in changes(before, after)] == ["amount_up"]
    assert [one.kind for one in changes(after, before)] == ["amount_down"]


@pytest.mark.parametrize(("left", "asks"), [(90, False), (89, True), (91, False), (0, True)])
def test_a_policy_may_limit_the_fall(left: int, asks: bool) -> None:
    table = Table.of({"fall_within": "10"})
    before, after = content(["X", 100, "1.0000", 1]), content(["X", left, "1.0000", 1]) if left else content()
    assert bool(asked_again(changes(before, after), ["head"], table, {})) is asks


@pytest.mark.parametrize(
    "stored", [{"asks": {"quantity_up": NOBODY}}, {"asks": {"colour": "money"}}, {"asks": {"answers": "cat"}}]
)
def test_a_table_cannot_let_an_increase_pass(stored: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="materiality"):
        Table.of(stored)


def test_an_increase_that_is_nobodys_in_particular_asks_all() -> None:
    assert set(asked_again([Change("price_up", "X", 1, 2)], ["compliance", "it_head"], SHIPPED, {})) == {
        "compliance",
        "it_head",
    }


def test_what_an_approver_took_down_is_what_was_agreed() -> None:
    left = adjusted(BEFORE, [{"line": "NPW", "from": 2, "to": 0}, {"line": "GLV", "from": 6, "to": 4}])
    assert left["lines"] == [["GLV", 4, "4.0000", 1]]
    assert left["amount"] == "16.00"
    raised = changes(left, content(["GLV", 5, "4.0000", 1]))
    assert "quantity_up" in {one.kind for one in raised}


codes = st.sampled_from(["A", "B", "C", "D"])
prices = st.sampled_from(["1.0000", "2.5000", "9.9900", "250.0000"])
line = st.tuples(codes, st.integers(1, 9), prices, st.sampled_from([None, 1, 2]))
contents = st.builds(
    lambda rows, centre, place, carriage: content(
        *rows,
        amount=f"{sum((q * Decimal(p) for _c, q, p, _v in rows), Decimal(0)) + carriage:.2f}",
        cost_centre=centre,
        deliver_to=place,
    ),
    st.lists(line, max_size=4, unique_by=lambda one: one[0]),
    st.sampled_from(["1", "2"]),
    st.sampled_from([1, 2]),
    st.sampled_from([Decimal(0), Decimal(10)]),
)
flags = st.dictionaries(
    codes, st.sets(st.sampled_from(sorted(set().union(*TECHNICAL.values())))).map(frozenset)
)
agreed = st.lists(st.sampled_from(ROLES), min_size=1, max_size=5, unique=True)


def grew(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """The oracle: does anybody get more, from somebody else, dearer, or at another's cost?"""
    had = {row[0]: row for row in before["lines"]}
    for code, quantity, price, vendor in after["lines"]:
        if code not in had:
            return True
        _code, before_quantity, before_price, before_vendor = had[code]
        if quantity > before_quantity or Decimal(price) > Decimal(before_price) or vendor != before_vendor:
            return True
    return (
        Decimal(after["amount"]) > Decimal(before["amount"]) or before["cost_centre"] != after["cost_centre"]
    )


@settings(max_examples=400, deadline=None)
@given(contents, contents, agreed, flags)
def test_an_increase_always_asks_somebody_and_all_the_money(
    before: dict[str, Any], after: dict[str, Any], roles: list[str], known: dict[str, frozenset[str]]
) -> None:
    asked = asked_again(changes(before, after), roles, SHIPPED, known)
    if grew(before, after):
        assert asked
        assert set(roles) & set(MONEY) <= set(asked)
    else:
        assert not asked, "nothing grew: what was agreed stands"


@settings(max_examples=200, deadline=None)
@given(contents, contents, contents, agreed)
def test_two_small_steps_never_let_more_through_than_one(
    first: dict[str, Any], second: dict[str, Any], third: dict[str, Any], roles: list[str]
) -> None:
    """What stands over two changes stands over both at once: nothing grows in between."""
    kept = [not asked_again(changes(a, b), roles, SHIPPED, {}) for a, b in ((first, second), (second, third))]
    if all(kept):
        assert not grew(first, third)
