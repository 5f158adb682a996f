"""The ledger against an oracle that knows nothing of it: pennies of each request in pots, moved as a person would move coins."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from approvals import adjusting, decisions, undoing
from approvals.models import ApprovalPolicy, ApprovalStep, BudgetEntry, BudgetPeriod
from approvals.publishing import publish
from approvals.routing import Rule, StepRule
from portal.errors import DomainError
from requests_app import lifecycle
from requests_app.models import ServiceRequest
from requests_app.supplies import fulfilment
from tests import journeys
from tests.approvals.budgets.money import a_budget

pytestmark = [pytest.mark.django_db, pytest.mark.thorough, pytest.mark.timeout(180)]
KIT, GLOVES, HAS = 21_000, 420, 150_000  # pence: a dressing kit, a box of gloves, and the budget
POTS = ("reserved", "committed", "ordered")
DEEDS = ("approve", "less", "reject", "give_back", "withdraw", "cancel", "again", "undo", "order", "drop")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.integers(1, 4), st.integers(0, 3)),
        st.tuples(st.sampled_from(DEEDS), st.integers(0, 3), st.just(0)),
    ),
    min_size=4,
    max_size=14,
)


@dataclass
class Coins:
    """One request in the oracle: how many of what, and in which pot they lie; "back" and "" are none of the ledger's."""

    kits: int
    gloves: int
    carriage: int
    pot: str = "reserved"  # of the gloves, and of the kits until they are ordered
    kits_pot: str = "reserved"
    before: "Coins | None" = None

    @property
    def for_kits(self) -> int:
        return self.kits * KIT + (self.carriage if self.kits else 0)

    def put(self, pot: str) -> None:
        self.pot = self.kits_pot = pot

    def in_pot(self, pot: str) -> int:
        return self.for_kits * (self.kits_pot == pot) + self.gloves * GLOVES * (self.pot == pot)

    def copy(self) -> "Coins":
        return Coins(self.kits, self.gloves, self.carriage, self.pot, self.kits_pot)


def step_of(request: ServiceRequest) -> ApprovalStep:
    return request.approvals.order_by("-pk").first().steps.get()


def deeds(world: SimpleNamespace, request: ServiceRequest) -> dict[str, Callable[[], Any]]:
    """Each deed on `request` through its verb."""
    kit = request.lines.get(code="NPW-KIT")
    by = {"step_id": step_of(request).pk, "by": world.head}
    shown = {**by, "seen": journeys.seen(request)}
    order = {"request": request, "line_ids": [kit.pk], "by": world.system, "order_name": f"P{kit.pk}"}
    return {
        "approve": lambda: decisions.approve_step(**shown),
        "less": lambda: adjusting.adjust_and_approve(
            **shown, quantities={kit.public_id: kit.quantity - 1}, reason="enough"
        ),
        "reject": lambda: decisions.reject_step(**shown, reason="Not needed"),
        "give_back": lambda: decisions.return_step(**shown, reason="What for?"),
        "withdraw": lambda: lifecycle.withdraw(request=request, by=world.nurse),
        "cancel": lambda: lifecycle.cancel(request=request, by=world.nurse, reason="Solved it"),
        "again": lambda: journeys.send(request),
        "undo": lambda: undoing.undo(**by),
        "order": lambda: fulfilment.ordered(**order, placed=False),
        "drop": lambda: fulfilment.order_cancelled(**order),
    }


def follow(coins: Coins, deed: str) -> None:
    """What the deed, which was taken, does to the coins."""
    kept = coins.copy()
    if deed in ("approve", "less"):
        coins.kits -= deed == "less"
        coins.put("committed")
    elif deed in ("reject", "cancel"):
        coins.put("")
    elif deed in ("give_back", "withdraw"):
        coins.put("back")
    elif deed == "again":
        coins.put("reserved")
        coins.before = None
    elif deed == "undo":
        assert coins.before
        coins.kits, coins.before = coins.before.kits, None
        coins.put("reserved")
    elif deed == "order":
        coins.kits_pot = "ordered"
    elif deed == "drop":
        coins.kits_pot = ""
    if deed in ("approve", "less", "reject", "give_back"):
        coins.before = kept


def agrees_beyond(all_coins: list[Coins], coins: Coins, deed: str) -> bool:
    promised = sum(one.in_pot("committed") + one.in_pot("ordered") for one in all_coins)
    left = coins.copy()
    left.kits -= deed == "less"
    takes = left.for_kits + left.gloves * GLOVES
    return deed in ("approve", "less") and promised + takes > HAS


# An example takes a second, and the steps that failed are few: nothing is shrunk.
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_sums_entries_and_coins_agree(world: SimpleNamespace, steps: list[Any]) -> None:
    with transaction.atomic():
        journeys.link(world)
        category = ApprovalPolicy.objects.get(code="supply-purchases", status="published").category
        rule = Rule(code="one", why="For the test", steps=(StepRule(10, "head", "office"),))
        publish(category=category, code="one", name="One", rules=(rule,), by=world.system)
        a_budget(world, str(Decimal(HAS) / 100), check="stop")
        sent: list[tuple[int, Coins]] = []
        for what, first, gloves in steps:
            if what == "send":
                lines = {"NPW_KIT": first} | ({"GLV_NIT_M": gloves} if gloves else {})
                request = journeys.sent(world, note="a new bay", **lines)
                sent.append((request.pk, Coins(first, gloves, int(request.carriage * 100))))
            elif sent:
                pk, coins = sent[first % len(sent)]
                _both(world, ServiceRequest.objects.get(pk=pk), coins, what, [one for _pk, one in sent])
            _agree([one for _pk, one in sent])
        transaction.set_rollback(True)


def _both(
    world: SimpleNamespace, request: ServiceRequest, coins: Coins, deed: str, everybody: list[Coins]
) -> None:
    beyond = agrees_beyond(everybody, coins, deed)
    if (deed == "order" and coins.pot != "committed") or (deed == "drop" and coins.kits_pot != "ordered"):
        return  # no buyer has it
    # Sent twice is sent once, decided twice is decided once, and what was taken back is not taken back again.
    same = (
        (deed == "again" and coins.pot != "back")
        or (deed in ("approve", "less") and coins.pot != "reserved")
        or (deed == "undo" and coins.before is None)
    )
    try:
        with transaction.atomic():
            deeds(world, request)[deed]()
    except DomainError as refused:
        if refused.code == "over_budget" and not beyond:
            pytest.fail(f"{deed} was refused, and there was money for it")
        return
    if not same:
        assert not beyond, deed
        follow(coins, deed)


def _agree(everybody: list[Coins]) -> None:
    period = BudgetPeriod.objects.first()
    if period is None:
        return
    entries = BudgetEntry.objects.aggregate(**{pot: Sum(pot) for pot in POTS})
    for pot in POTS:
        coins = sum(one.in_pot(pot) for one in everybody)
        assert int(getattr(period, pot) * 100) == coins, pot
        assert round((entries[pot] or 0) * 100) == coins, pot
    assert period.committed + period.ordered <= period.amount
