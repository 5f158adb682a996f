"""What people see of the budgets that pay: on the page before sending, and on the card of who decides."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from approvals.budgets import ledger, periods, standing
from approvals.budgets.due import Sums
from approvals.budgets.funds import Funds, left
from approvals.models import BudgetPeriod
from portal.money import in_words

if TYPE_CHECKING:
    from requests_app.models import ServiceRequest

BAR = 320  # its width in the drawing


@dataclass(frozen=True)
class Figure:
    """One budget with this request in it; `left` without it."""

    name: str  # "Ward 7B, Medical consumables, November"
    amount: Decimal
    left: Decimal
    this: Decimal
    currency: str
    stops: bool

    @property
    def over(self) -> bool:
        return self.this > self.left

    @property
    def words(self) -> str:
        """ "Budget of 7B, consumables, November: £412 left of £3,000; after this £112"."""
        said = {"name": self.name, "left": self._money(self.left), "amount": self._money(self.amount)}
        if self.over:
            return _("Budget of %(name)s: %(left)s left of %(amount)s; this is %(beyond)s more") % {
                **said,
                "beyond": self._money(self.this - self.left),
            }
        return _("Budget of %(name)s: %(left)s left of %(amount)s; after this %(after)s") % {
            **said,
            "after": self._money(self.left - self.this),
        }

    @property
    def used(self) -> int:
        """How far the bar is full without this request."""
        return self._width(self.amount - self.left)

    @property
    def taken(self) -> int:
        """How much of the bar this request takes."""
        return self._width(self.amount - self.left + self.this) - self.used

    def _width(self, part: Decimal) -> int:
        return int(min(max(part / self.amount, Decimal(0)), Decimal(1)) * BAR) if self.amount else BAR

    def _money(self, amount: Decimal) -> str:
        return in_words(amount, self.currency, whole=True)


def before_sending(request: "ServiceRequest", funds: Funds) -> tuple[Figure, ...]:
    """Of what is about to be asked. No query."""
    rows = funds.takes.items()
    return tuple(_figure(request, one, funds.holds.get(one, Sums()), takes) for one, takes in rows)


def waiting(request: "ServiceRequest") -> tuple[Figure, ...]:
    """Of what waits for a decision. One query; none for what never costs anything."""
    if not standing.may_cost(request):
        return ()
    held = ledger.holdings(request)
    return tuple(_figure(request, one, has, has.total) for one, has in held.items() if has.total)


def _figure(request: "ServiceRequest", period: BudgetPeriod, own: Sums, takes: Decimal) -> Figure:
    budget = period.budget
    theirs = request.department.name if budget.cost_centre else _("the whole group")
    return Figure(
        name=f"{theirs}, {budget.get_spend_group_display()}, {periods.in_words(period)}",
        amount=period.amount,
        left=left(period, own),
        this=takes,
        currency=budget.currency,
        stops=period.stops,
    )
