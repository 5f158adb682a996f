"""The shipped matrix, rule by rule. Pure: no database."""

from dataclasses import replace
from decimal import Decimal

import pytest

from approvals.routing import CaseLine, RoutingCase, RuleSet, matches, plan_steps
from approvals.shipped import RULES

PLAIN = CaseLine(code="X", group="wound", quantity=1, amount=Decimal("10"), source="buy", par=None)
ROUTINE = CaseLine(
    code="GLV", group="protection", quantity=4, amount=Decimal("16.80"), source="store", par=12, usual_max=20
)


def case(amount: str, *lines: CaseLine, **more: object) -> RoutingCase:
    return RoutingCase(
        category="supply",
        hospital="SBG",
        department="7B",
        priority="routine",
        amount=Decimal(amount),
        lines=lines or (PLAIN,),
        **more,
    )


def roles(amount: str, *lines: CaseLine) -> list[tuple[int, str]]:
    return [(step.sequence, step.role) for step in plan_steps(RuleSet(RULES), case(amount, *lines)).steps]


BANDS = {
    "S1": [(20, "head")],
    "S2": [(20, "head"), (30, "finance")],
    "S3": [(20, "head"), (30, "finance"), (30, "procurement")],
    "S4": [(20, "head"), (30, "finance"), (30, "procurement"), (40, "director")],
    "S5": [(20, "head"), (30, "finance"), (30, "procurement"), (40, "director"), (50, "executive")],
}


@pytest.mark.parametrize(
    ("amount", "band"),
    [
        ("0.00", "S1"),
        ("999.99", "S1"),
        ("1000.00", "S2"),
        ("1000.01", "S2"),
        ("4999.99", "S2"),
        ("5000.00", "S3"),
        ("5000.01", "S3"),
        ("24999.99", "S3"),
        ("25000.00", "S4"),
        ("25000.01", "S4"),
        ("99999.99", "S4"),
        ("100000.00", "S5"),
        ("100000.01", "S5"),
    ],
)
def test_an_amount_belongs_to_exactly_one_band_and_a_limit_to_the_higher(amount: str, band: str) -> None:
    assert roles(amount) == BANDS[band]


def test_the_top_band_needs_two_executives() -> None:
    executives = plan_steps(RuleSet(RULES), case("100000")).steps[-1]
    assert (executives.role, executives.needed) == ("executive", 2)


@pytest.mark.parametrize(
    ("flag", "group", "added"),
    [
        ("capital", "equipment", [(10, "biomed_manager"), (30, "finance")]),
        ("capital", "IT", [(10, "it_head"), (30, "finance")]),
        ("regulated", "wound", [(10, "compliance")]),
        ("hazardous", "hygiene", [(10, "compliance")]),
        ("off_contract", "wound", [(30, "procurement")]),
        ("new_vendor", "wound", [(30, "finance"), (30, "procurement")]),
        ("safety_critical", "equipment", [(10, "biomed_manager")]),
        ("rationed", "protection", [(10, "product_lead")]),
        ("personal_data", "IT", [(10, "data_protection")]),
        ("hire", "equipment", []),
        ("free_text", "other", [(30, "procurement")]),
    ],
)
def test_a_flag_adds_its_steps_to_the_band(flag: str, group: str, added: list[tuple[int, str]]) -> None:
    line = replace(PLAIN, group=group, flags=(flag,), control_flags=(flag,))
    assert roles("200", line) == sorted([(20, "head"), *added])


def test_a_role_is_asked_once_for_all_reasons() -> None:
    line = replace(PLAIN, flags=("new_vendor", "off_contract"), control_flags=("new_vendor", "off_contract"))
    steps = [
        step for step in plan_steps(RuleSet(RULES), case("6000", line)).steps if step.role == "procurement"
    ]
    assert len(steps) == 1
    assert len(steps[0].why) == 3


def test_a_hazardous_item_that_the_department_knows_needs_no_compliance() -> None:
    line = replace(PLAIN, flags=("hazardous",), control_flags=("hazardous",), first_order=False)
    assert roles("200", line) == [(20, "head")]


def decided(amount: str, *lines: CaseLine, **more: object) -> bool:
    return plan_steps(RuleSet(RULES), case(amount, *lines, **more)).decided_by is not None


def test_routine_lines_under_150_are_a_standing_order() -> None:
    assert decided("149.99", ROUTINE)


def test_within_par_the_amount_does_not_matter() -> None:
    assert decided("150.00", ROUTINE)
    assert decided("1499.99", ROUTINE)


@pytest.mark.parametrize(
    "line",
    [
        replace(ROUTINE, par=None),
        replace(ROUTINE, control_flags=("rationed",), flags=("rationed",)),
        replace(ROUTINE, quantity=21),
        replace(ROUTINE, source="buy", on_contract=False),
        replace(ROUTINE, stopped=True),
    ],
    ids=["not on the agreed list", "control flag", "more than the usual", "off contract", "stopped"],
)
def test_one_line_out_of_the_routine_needs_a_person(line: CaseLine) -> None:
    assert not decided("20", line)
    assert not decided("20", ROUTINE, line)


def test_above_par_and_150_or_more_needs_a_person() -> None:
    above = replace(ROUTINE, quantity=13)
    assert decided("149.99", above)
    assert not decided("150.00", above)


def test_must_not_run_out_does_not_stop_a_standing_order() -> None:
    assert decided("20", replace(ROUTINE, flags=("vital_stock",)))


def test_the_week_of_a_department_is_limited() -> None:
    assert decided("20.00", ROUTINE, weekly_standing_total=Decimal("1479.99"))
    assert not decided("20.00", ROUTINE, weekly_standing_total=Decimal("1480.00"))


def test_an_open_exception_stops_standing_orders() -> None:
    assert not decided("20", ROUTINE, open_exceptions=1)


def test_an_unknown_condition_is_an_error_never_a_yes() -> None:
    with pytest.raises(ValueError, match="amount_form"):
        matches({"amount_form": "5"}, case("1"))


def test_a_case_survives_the_record() -> None:
    whole = case("12.50", ROUTINE, replace(PLAIN, flags=("hire",)), weekly_standing_total=Decimal("3.10"))
    assert RoutingCase.from_json(whole.as_json()) == whole
