"""One cent below, at and above every limit that is shipped: an amount belongs to one side, and a limit to the higher one."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.conf import settings

from approvals import authority, glass_rules, shipped, step_up
from approvals.preview import preview
from approvals.routing import CaseLine, RoutingCase, Rule, RuleSet, plan_steps
from portal.accounts import duties
from portal.accounts.models import Duty
from portal.money import in_base
from requests_app.kinds import cost
from requests_app.models import CatalogueItem, ServiceRequest, Vendor
from tests import journeys

CENT = Decimal("0.01")
LINE = CaseLine(code="X", group="wound", quantity=1, amount=Decimal(10), source="buy", par=None)
ROUTINE = CaseLine(
    code="GLV", group="protection", quantity=4, amount=Decimal(10), source="store", par=3, usual_max=20
)
# As the matrix of the hospital says it (amount, who from there on); not read from the rules.
SUPPLIES = (
    (0, {"head"}),
    (1_000, {"head", "finance"}),
    (5_000, {"head", "finance", "procurement"}),
    (25_000, {"head", "finance", "procurement", "director"}),
    (100_000, {"head", "finance", "procurement", "director", "executive"}),
)
COSTS = ((0, None), (250, {"team_lead"}), (500, {"head"}), *SUPPLIES[1:])


def around(limit: int | Decimal) -> tuple[Decimal, Decimal, Decimal]:
    return Decimal(limit) - CENT, Decimal(limit), Decimal(limit) + CENT


def case(amount: Decimal, *lines: CaseLine, **more: object) -> RoutingCase:
    return RoutingCase(
        category="supply",
        hospital="SBG",
        department="7B",
        priority="routine",
        amount=amount,
        lines=lines or (LINE,),
        **more,
    )


def expected(amount: Decimal, table: tuple[tuple[int, set[str] | None], ...]) -> set[str] | None:
    """The oracle: the last row that begins at or below the amount."""
    return [who for start, who in table if start <= amount][-1]


def limits(rules: tuple[Rule, ...]) -> Iterator[Decimal]:
    """Every amount at which a rule begins or ends."""
    for rule in rules:
        for key in ("amount_from", "amount_to"):
            if key in rule.conditions:
                yield Decimal(rule.conditions[key])


def asked(rules: tuple[Rule, ...], of: RoutingCase) -> set[str] | None:
    plan = plan_steps(RuleSet(rules), of)
    return None if plan.decided_by else {step.role for step in plan.steps}


def test_the_tables_of_this_test_know_every_limit_of_the_rules() -> None:
    assert set(limits(shipped.RULES)) == {Decimal(start) for start, _who in SUPPLIES}
    assert set(limits(shipped.COSTS)) - {0} == {Decimal(start) for start, _who in COSTS if start}
    for rules in shipped.RULES_OF_TYPES.values():
        assert rules is shipped.COSTS or not set(limits(rules)), "another type has bands: give it a table"


@pytest.mark.parametrize("limit", [start for start, _who in SUPPLIES if start])
def test_supplies(limit: int) -> None:
    for amount in around(limit):
        assert asked(shipped.RULES, case(amount)) == expected(amount, SUPPLIES), amount


@pytest.mark.parametrize("limit", [start for start, _who in COSTS if start])
def test_costs(limit: int) -> None:
    for amount in around(limit):
        assert asked(shipped.COSTS, case(amount)) == expected(amount, COSTS), amount


def test_costs_that_the_lead_filed() -> None:
    below, at, above = (asked(shipped.COSTS, case(a, marks=(cost.BY_LEAD,))) for a in around(500))
    assert (below, at, above) == (None, {"head"}, {"head"})


def test_a_standing_order_by_amount_and_by_week() -> None:
    over_par = replace(ROUTINE, quantity=4, par=3)
    found = [asked(shipped.RULES, case(amount, over_par)) for amount in around(150)]
    assert found == [None, {"head"}, {"head"}]
    week = [
        asked(shipped.RULES, case(Decimal(100), over_par, weekly_standing_total=total - 100))
        for total in around(1_500)
    ]
    assert week == [None, {"head"}, {"head"}]


@pytest.mark.parametrize(
    ("amount", "rate", "base"),
    [
        ("1999.99", "0.5", "1000.00"),  # 999.995
        ("2000.01", "0.5", "1000.01"),  # 1000.005: half up, not to the even cent
        ("2000.00", "0.5", "1000.00"),
        ("1999.97", "0.5", "999.99"),  # 999.985
        ("1176.46", "0.85", "999.99"),
        ("1176.47", "0.85", "1000.00"),
    ],
)
def test_another_currency_is_rounded_half_up_before_it_is_compared(amount: str, rate: str, base: str) -> None:
    found = in_base(Decimal(amount), Decimal(rate))
    assert found == Decimal(base)
    assert asked(shipped.RULES, case(found)) == expected(Decimal(base), SUPPLIES)


# --- through real requests -------------------------------------------------------------------------------------------


def priced(world: SimpleNamespace, amount: Decimal, rate: str = "1") -> ServiceRequest:
    """A draft for one item that costs `amount`, carriage and all, in a currency with this rate."""
    item = world.items["TON-BLK"]
    Vendor.objects.filter(pk=item.vendor_id).update(carriage=0)
    CatalogueItem.objects.filter(pk=item.pk).update(price=amount)
    request = journeys.draft(world, TON_BLK=1)
    ServiceRequest.objects.filter(pk=request.pk).update(rate=Decimal(rate))
    return journeys.fresh(request)


def roles(request: ServiceRequest) -> set[str]:
    return {step.role for step in request.approvals.get().steps.all()}


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1_000, 5_000])
def test_the_request_asks_whom_its_amount_asks_and_foretells_it(world: SimpleNamespace, limit: int) -> None:
    for amount in around(limit):
        draft = priced(world, amount)
        foretold = {step.role for step in preview(draft).steps}
        request = journeys.fresh(journeys.send(draft))
        assert (request.amount, request.base_amount) == (amount, amount)
        assert roles(request) == expected(amount, SUPPLIES)
        assert len(foretold) == len(roles(request))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("amount", "base"), [("1999.97", "999.99"), ("1999.99", "1000.00"), ("2000.01", "1000.01")]
)
def test_a_request_in_another_currency_is_measured_in_the_base_currency(
    world: SimpleNamespace, amount: str, base: str
) -> None:
    draft = priced(world, Decimal(amount), rate="0.5")
    foretold = len(preview(draft).steps)
    request = journeys.fresh(journeys.send(draft))
    assert request.base_amount == Decimal(base)
    assert roles(request) == expected(Decimal(base), SUPPLIES)
    assert foretold == len(roles(request)), "what was foretold is rounded in the same way"


@pytest.mark.django_db
@pytest.mark.parametrize("duty", list(authority.DUTY_LIMITS))
def test_who_is_on_duty_decides_below_the_limit_only(world: SimpleNamespace, duty: str) -> None:
    limit = authority.DUTY_LIMITS[duty]
    assert limit == {"site_manager": 1_000, "manager_on_call": 5_000, "exec_on_call": 25_000}[duty]
    person = {
        "site_manager": world.service_manager,
        "manager_on_call": world.director,
        "exec_on_call": world.executives[0],
    }[duty]
    here, _new = Duty.objects.get_or_create(code=duty, hospital=world.hospital, department=None)
    duties.take_duty(duty=here, user=person, by=person)
    request = journeys.draft(world, TON_BLK=1)
    held = []
    for amount in around(limit):
        request.base_amount = amount
        held.append(person in authority.holders(duty, request))
    assert held == [True, False, False]


@pytest.mark.django_db
def test_the_password_is_asked_from_its_limit_on(world: SimpleNamespace) -> None:
    request = journeys.draft(world, TON_BLK=1)
    needed = []
    for amount in around(settings.APPROVE_CONFIRM_FROM):
        request.base_amount = amount
        needed.append(step_up.needed(request))
    assert needed == [False, True, True]


def test_the_glass_has_the_ceilings_of_the_matrix() -> None:
    assert glass_rules.CEILINGS == {"site_manager": 5_000, "manager_on_call": 5_000, "exec_on_call": 25_000}
