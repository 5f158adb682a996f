"""Damage to the ledger of budgets. Each returns the subject that must be named."""

from decimal import Decimal
from types import SimpleNamespace

from approvals.models import BudgetEntry, BudgetPeriod
from portal.clock import now
from tests.consistency.damage import damage, set_columns


def _period() -> BudgetPeriod:
    return BudgetPeriod.objects.filter(stops=False, committed__gt=0)[0]


@damage("budget.sums")
def a_period_is_made_to_look_unspent(p: SimpleNamespace) -> str:
    period = _period()
    set_columns(period, committed=0)
    return f"budget_period:{period.pk}"


@damage("budget.holding")
def an_entry_is_added_past_the_verbs(p: SimpleNamespace) -> str:
    period = _period()
    request = period.entries.order_by("pk")[0].request
    more = {"request": request, "kind": "commit", "committed": Decimal("0.01")}
    BudgetEntry.objects.create(period=period, at=now(), by=request.requester, **more)
    return f"request:{request.pk}"
