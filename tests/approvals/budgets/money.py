"""Budgets for tests, and what stands in the ledger."""

from decimal import Decimal
from types import SimpleNamespace

from approvals.budgets import ledger
from approvals.budgets.due import Sums
from approvals.models import Budget, BudgetPeriod
from requests_app.models import ServiceRequest


def a_budget(
    world: SimpleNamespace,
    amount: str,
    spend_group: str = "consumables",
    *,
    check: str = "advise",
    period: str = "month",
    cost_centre: str | None = None,
) -> Budget:
    """A budget of the ward's cost centre."""
    return Budget.objects.create(
        cost_centre=world.ward.cost_centre if cost_centre is None else cost_centre,
        spend_group=spend_group,
        period=period,
        amount=Decimal(amount),
        currency="GBP",
        check_kind=check,
    )


def held(request: ServiceRequest) -> Sums:
    """What it holds of all budgets together."""
    return sum(ledger.holdings(request).values(), Sums())


def sums(period: BudgetPeriod) -> Sums:
    return Sums(period.reserved, period.committed, period.ordered)


def sums_of(budget: Budget) -> Sums:
    """Of its one period."""
    return sums(BudgetPeriod.objects.get(budget=budget))
