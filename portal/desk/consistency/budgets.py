"""Money: the sums of a period are what its entries add up to, and every request holds what follows from where it stands."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from django.db.models import Prefetch

from approvals.budgets import due as rules
from approvals.budgets import standing
from approvals.budgets.due import Sums
from approvals.models import BreakGlass, BudgetEntry, BudgetPeriod
from portal.desk.consistency.finding import Finding
from requests_app.models import CostApproval, RequestItem, ServiceRequest, StateChange
from requests_app.models.item import line_amount
from requests_app.states import Kind

SLICE = 500  # requests
Held = dict[BudgetPeriod, Sums]


def check() -> Iterator[Finding]:
    periods = {one.pk: one for one in BudgetPeriod.objects.select_related("budget")}
    if periods:
        yield from _sums(periods)
        with_money = BudgetEntry.objects.order_by("request").values_list("request", flat=True).distinct()
        last = 0
        while keys := list(with_money.filter(request__gt=last)[:SLICE]):
            last = keys[-1]
            yield from _holdings(keys, periods)


def _sums(periods: dict[int, BudgetPeriod]) -> Iterator[Finding]:
    """Replayed in Python: SQLite adds up floats."""
    replayed: dict[int, Sums] = defaultdict(Sums)
    for key, *parts in BudgetEntry.objects.values_list(
        "period", "reserved", "committed", "ordered"
    ).iterator():
        replayed[key] += Sums(*parts)
    for key, period in periods.items():
        stands = Sums(period.reserved, period.committed, period.ordered)
        if stands != replayed[key]:
            said = f"{period}: it says {_money(stands)}, its entries add up to {_money(replayed[key])}."
            yield Finding("budget.sums", f"budget_period:{key}", said)


def _holdings(keys: list[int], periods: dict[int, BudgetPeriod]) -> Iterator[Finding]:
    held: dict[int, Held] = defaultdict(dict)
    rows = BudgetEntry.objects.filter(request__in=keys).order_by("pk")
    for request, key, *parts in rows.values_list("request", "period", "reserved", "committed", "ordered"):
        period = periods[key]
        held[request][period] = held[request].get(period, Sums()) + Sums(*parts)
    broken = set(BreakGlass.objects.filter(request__in=keys).values_list("request", flat=True))
    due = _due(keys)
    for one in ServiceRequest.objects.filter(pk__in=keys).order_by("pk"):
        yield from _holds(one, held[one.pk], due[one.pk], waived=one.pk in broken)


def _due(keys: list[int]) -> dict[int, dict[str, Sums]]:
    """What each of these should hold by spend group, for where its trail says that it stands. Five queries."""
    costs = dict(CostApproval.objects.filter(decision__in=keys).values_list("decision", "amount"))
    trail = StateChange.objects.filter(request__in=keys).order_by("pk").values_list("request", "to_state")
    states = dict(trail)
    prices: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for key, content in standing.agreed_prices(keys).values_list("request", "content"):
        prices[key] |= {row["line"]: Decimal(row["price"]) for row in content["prices"]}
    lines = Prefetch("lines", RequestItem.objects.select_related("item").order_by("position"))
    found = ServiceRequest.objects.filter(pk__in=keys).select_related("category").prefetch_related(lines)
    return {
        one.pk: rules.of_cost(states[one.pk], costs[one.pk])
        if one.category.kind == Kind.COST
        else rules.of_supplies(states[one.pk], _priced(one), one.carriage, prices[one.pk])
        for one in found
    }


def _priced(request: ServiceRequest) -> list[RequestItem]:
    """Its lines for what they cost: another amount on one of them is told as that."""
    lines = list(request.lines.all())
    for line in lines:
        line.amount = line_amount(line.quantity, line.unit_price)
    return lines


def _holds(
    request: ServiceRequest, held: Held, due: Mapping[str, Sums], *, waived: bool
) -> Iterator[Finding]:
    """`waived`: it did not wait, so that a budget that stops may have promised nothing of it."""
    for period, has in held.items():
        wants = standing.in_currency(due.get(period.budget.spend_group, Sums()), request, period)
        elsewhere = not has.total and any(
            other.budget_id == period.budget_id and held[other].total for other in held
        )
        fits = has == wants or elsewhere or (waived and period.stops and has == wants.unpromised)
        if not fits:
            said = f"{request}: it holds {_money(has)} of {period}, and should hold {_money(wants)}."
            yield Finding("budget.holding", f"request:{request.pk}", said)


def _money(sums: Sums) -> str:
    return " + ".join(str(part.quantize(Decimal("0.01"))) for part in sums.parts)
