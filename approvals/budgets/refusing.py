"""The refusal of a budget that stops, in words."""

from decimal import Decimal

from django.utils.translation import gettext as _

from approvals.models import BudgetPeriod
from portal.errors import WrongState
from portal.money import in_words


def over_budget(period: BudgetPeriod, needed: Decimal) -> WrongState:
    """Not agreed to: what is left, and what it takes. The sentence says what to do."""
    budget = period.budget
    left = period.amount - period.committed - period.ordered
    said = _(
        "The budget “%(budget)s” has %(left)s left, and this takes %(needed)s. It can be agreed once there is money: "
        "ask who owns the budget, or take something down."
    ) % {
        "budget": budget,
        "left": in_words(left, budget.currency),
        "needed": in_words(needed, budget.currency),
    }
    return WrongState(
        said, code="over_budget", left=f"{left:.2f}", needed=f"{needed:.2f}", currency=budget.currency
    )
