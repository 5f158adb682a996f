"""Is there money for what is being asked? Read before it is sent, and once more when its approval is opened."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from approvals.budgets import due, ledger, periods, standing
from approvals.budgets.due import NOTHING, Sums
from approvals.budgets.grouping import group_of
from approvals.models import BudgetPeriod
from requests_app.states import Kind

if TYPE_CHECKING:
    from requests_app.models import RequestItem, ServiceRequest

NONE, WITHIN, OVER = "none", "within", "over"  # what a policy may ask about


@dataclass(frozen=True)
class Funds:
    """The periods that pay, what of them it takes, and what it holds of them already."""

    takes: dict[BudgetPeriod, Decimal] = field(default_factory=dict)
    holds: dict[BudgetPeriod, Sums] = field(default_factory=dict)
    bought: frozenset[str] = frozenset()  # spend groups of which something is bought for it

    @property
    def periods(self) -> list[BudgetPeriod]:
        return list(self.takes)

    @property
    def beyond(self) -> list[BudgetPeriod]:
        """Those that it goes beyond, with what others wait for."""
        return [one for one, takes in self.takes.items() if takes > left(one, self.holds.get(one, Sums()))]

    @property
    def state(self) -> str:
        """As `RoutingCase.budget`: what the store gives never makes it "over"."""
        if not self.takes:
            return NONE
        return OVER if any(one.budget.spend_group in self.bought for one in self.beyond) else WITHIN

    @property
    def stopping(self) -> list[BudgetPeriod]:
        """Those of which nothing can be agreed to for it today."""
        return [one for one in self.beyond if one.stops]


def of(request: "ServiceRequest", lines: "list[RequestItem]", *, carriage: Decimal, again: bool) -> Funds:
    """What `request` (a draft or being sent) asks of budgets with these lines. One query, two if it was sent before.

    No query for what never costs anything; one more for the outside cost of work.
    """
    if not standing.may_cost(request):
        return Funds()
    if request.category.kind == Kind.COST:
        asked = {due.REPAIR: standing.cost_of(request)}
        bought = frozenset(asked)
    else:
        asked = due.asked(lines, carriage)
        bought = frozenset(
            group_of(line.item.group, line.flags, line.source) for line in lines if line.is_bought
        )
    if not asked:
        return Funds()
    found = periods.for_groups(request, asked)
    takes = {one: _in_currency(asked[one.budget.spend_group], request, one) for one in found}
    return Funds(takes, ledger.holdings(request) if again else {}, bought)


def left(period: BudgetPeriod, own: Sums) -> Decimal:
    """What nobody asked for and nobody was promised, `own` not counted."""
    return period.amount - period.reserved - period.committed - period.ordered + own.total


def _in_currency(amount: Decimal, request: "ServiceRequest", period: BudgetPeriod) -> Decimal:
    return standing.in_currency(Sums(reserved=amount or NOTHING), request, period).reserved
