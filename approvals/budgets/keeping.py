"""Budgets entered or imported: one way to make and to change one, on record, with the periods that still count."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from approvals.budgets.periods import start_of
from approvals.models import Budget, BudgetPeriod
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid
from portal.facts import verb

if TYPE_CHECKING:
    from portal.accounts.models import User

KEPT = ("amount", "currency", "check_kind", "owner_id", "active")


@dataclass(frozen=True)
class Kept:
    budget: Budget
    new: bool
    changed: bool


@verb
def keep(
    *,
    cost_centre: str,
    spend_group: str,
    period: str,
    amount: Decimal,
    check: str,
    by: "User",
    currency: str = "GBP",
    owner: "User | None" = None,
    active: bool = True,
) -> Kept:
    """There is such a budget from now on; the current period and those to come follow. The same again changes nothing.

    Raises Invalid (amount: below nothing, or below what is promised of a budget that stops; spend_group, period, check;
    currency: another than the one that is counted in).
    """
    _check(spend_group, period, check, amount)
    found = Budget.objects.select_for_update().filter(
        cost_centre=cost_centre, spend_group=spend_group, period=period
    )
    budget = found.first() or Budget(cost_centre=cost_centre, spend_group=spend_group, period=period)
    new, before = budget.pk is None, _kept(budget)
    budget.amount, budget.currency, budget.check_kind = amount, currency, check
    budget.owner, budget.active = owner, active
    after = _kept(budget)
    if not new and before == after:
        return Kept(budget, new=False, changed=False)
    if not new and budget.currency != before["currency"] and budget.periods.exists():
        raise Invalid({"currency": [_("It is counted in another currency already. Make a new budget.")]})
    budget.save()
    _follow(budget)
    events.record(
        action="budget.kept",
        by=by,
        subject=f"budget:{budget.pk}",
        before=None if new else before,
        after={"cost_centre": cost_centre, "spend_group": spend_group, "period": period, **after},
    )
    return Kept(budget, new=new, changed=True)


def too_little(budget: Budget) -> str:
    """Why `budget`, as it is to be kept, cannot have so small an amount, or ''. One query where it stops."""
    if budget.pk is None or budget.check_kind != Budget.Check.STOP:
        return ""
    if any(one.committed + one.ordered > budget.amount for one in _counting(budget)):
        return _("More than that is promised of it already in this period. Enter a larger amount.")
    return ""


def _counting(budget: Budget) -> QuerySet[BudgetPeriod]:
    """The period that is running and those to come."""
    running = start_of(budget.period, now().date())
    return BudgetPeriod.objects.filter(budget=budget, starts__gte=running)


def _follow(budget: Budget) -> None:
    """Periods that still count have the new amount; locked, so that nothing more is promised of them meanwhile."""
    periods = _counting(budget).order_by("pk").select_for_update()
    keys = [one.pk for one in periods]
    if why := too_little(budget):
        raise Invalid({"amount": [why]})
    stops = budget.check_kind == Budget.Check.STOP
    BudgetPeriod.objects.filter(pk__in=keys).update(amount=budget.amount, stops=stops)


def _check(spend_group: str, period: str, check: str, amount: Decimal) -> None:
    known = (
        ("spend_group", spend_group, Budget.SpendGroup.values),
        ("period", period, Budget.Period.values),
        ("check", check, Budget.Check.values),
    )
    errors = {
        name: [_("“%(value)s” is none of: %(known)s.") % {"value": value, "known": ", ".join(values)}]
        for name, value, values in known
        if value not in values
    }
    if amount < 0:
        errors["amount"] = [_("Enter an amount, 0 or more.")]
    if errors:
        raise Invalid(errors)


def _kept(budget: Budget) -> dict[str, str]:
    values = {name: getattr(budget, name) for name in KEPT}
    values["amount"] = f"{budget.amount or 0:.2f}"
    return {name: str(value) for name, value in values.items()}
