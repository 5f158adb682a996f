"""Where a request stands with money: what it should hold of budgets now, read from the request and its lines."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from approvals.budgets import due as rules
from approvals.budgets.due import NOTHING, Sums
from approvals.models import Approval, BudgetPeriod
from approvals.models.run import PRICE_RULE
from requests_app.models import CostApproval
from requests_app.states import Kind, RequestState

if TYPE_CHECKING:
    from requests_app.models import ServiceRequest


def may_cost(request: "ServiceRequest") -> bool:
    """Supplies and the outside cost of work; nothing else has an amount. No query."""
    return request.category.kind in (Kind.SUPPLY, Kind.COST)


def due(request: "ServiceRequest") -> dict[str, Sums]:
    """By spend group, in the currency of the request. No query until it is agreed to, two later, one for a cost."""
    if request.category.kind == Kind.COST:
        return rules.of_cost(request.state, cost_of(request))
    if request.state not in rules.AGREED:
        return rules.of_supplies(request.state, request.all_lines, request.carriage, {})
    if request.state == RequestState.APPROVED and "all_lines" in vars(request):
        return rules.of_supplies(request.state, request.all_lines, request.carriage, {})
    lines = list(request.lines.select_related("item"))  # as they are now: they moved on since they were read
    return rules.of_supplies(request.state, lines, request.carriage, prices(request))


def cost_of(request: "ServiceRequest") -> Decimal:
    """What is asked for, without what was agreed for the same work before: that has a request of its own. One query."""
    found = CostApproval.objects.filter(decision=request).values_list("amount", flat=True).first()
    return NOTHING if found is None else found


def prices(request: "ServiceRequest") -> dict[str, Decimal]:
    """By code of a line the price of its order, where somebody agreed to another than was asked for. One query."""
    rounds = agreed_prices([request.pk]).values_list("content", flat=True)
    return {row["line"]: Decimal(row["price"]) for content in rounds for row in content["prices"]}


def agreed_prices(requests: "list[int]") -> "QuerySet[Approval]":
    """The rounds of these requests in which somebody agreed to the price of an order, the last one last. Lazy."""
    agreed = Approval.objects.filter(
        request__in=requests, rules=[PRICE_RULE], status=Approval.Status.APPROVED
    )
    return agreed.order_by("pk")


def in_currency(sums: Sums, request: "ServiceRequest", period: BudgetPeriod) -> Sums:
    """`sums` as the budget counts them: what is asked for in its currency as it is, all else in the base currency."""
    return sums if period.budget.currency == request.currency else rules.times(sums, request.rate)
