"""The periods of budgets: month, quarter or year as the hospital's calendar has them, made when they are first needed."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import F, FilteredRelation, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from approvals.models import Budget, BudgetPeriod
from portal.clock import now

if TYPE_CHECKING:
    from requests_app.models import ServiceRequest

Period = Budget.Period


def start_of(period: str, day: date) -> date:
    """The first day of the period that `day` is in."""
    if period == Period.YEAR:
        return day.replace(month=1, day=1)
    if period == Period.QUARTER:
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(day=1)


def in_words(period: BudgetPeriod) -> str:
    """ "November", "October to December", "2026"."""
    kind, starts = period.budget.period, period.starts
    if kind == Period.YEAR:
        return str(starts.year)
    if kind == Period.MONTH:
        return date_format(starts, "F")
    last = date_format(starts.replace(month=starts.month + 2), "F")
    return _("%(first)s to %(last)s") % {"first": date_format(starts, "F"), "last": last}


def for_groups(request: "ServiceRequest", groups: Collection[str]) -> list[BudgetPeriod]:
    """The periods that pay for these spend groups now: of the own cost centre, else of the whole group; [] without a budget.

    One query; one or two more for each period that is begun.
    """
    today = now().astimezone(ZoneInfo(request.hospital.time_zone)).date()
    starts = {kind: start_of(kind, today) for kind in Period.values}
    current = Q()
    for kind, day in starts.items():
        current |= Q(period=kind, periods__starts=day)
    own = request.department.cost_centre
    budgets = list(
        Budget.objects.filter(active=True, spend_group__in=groups, cost_centre__in={own, ""})
        .annotate(current=FilteredRelation("periods", condition=current))
        .annotate(**{f"current_{name}": F(f"current__{name}") for name in _COLUMNS})
        .order_by("pk")
    )
    theirs = {one.spend_group for one in budgets if one.cost_centre}
    paying = [one for one in budgets if one.cost_centre or one.spend_group not in theirs]
    return [_of(one) or _begin(one, starts[one.period]) for one in paying]


_COLUMNS = ("id", "starts", "amount", "stops", "reserved", "committed", "ordered")


def _of(budget: Budget) -> BudgetPeriod | None:
    """The period that was read with it."""
    values = {name: getattr(budget, f"current_{name}") for name in _COLUMNS}
    return BudgetPeriod(budget=budget, **values) if values["id"] else None


def _begin(budget: Budget, starts: date) -> BudgetPeriod:
    """Whoever comes first begins it; who comes at the same moment gets the same row."""
    new = {"amount": budget.amount, "stops": budget.check_kind == Budget.Check.STOP}
    period, _new = BudgetPeriod.objects.get_or_create(budget=budget, starts=starts, defaults=new)
    period.budget = budget
    return period
