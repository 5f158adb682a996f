"""The ledger: what a request holds of budgets follows from where it stands, and every change of that is an entry.

The sums of a period follow its entries in the database itself (migration 0010), which also refuses what goes beyond a budget
that stops. A period is locked last, after the request and everything else of the transaction.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from approvals.budgets import exceeding, standing
from approvals.budgets.due import Sums
from approvals.budgets.refusing import over_budget
from approvals.models import BreakGlass, BudgetEntry, BudgetPeriod
from portal import facts
from portal.audit import events
from portal.clock import now
from portal.facts import verb

if TYPE_CHECKING:
    from portal.accounts.models import User
    from requests_app.models import ServiceRequest

Kind = BudgetEntry.Kind
STOPS = "budget_period_stops"  # the constraint


@verb
def settle(
    *, request: "ServiceRequest", by: "User", found: list[BudgetPeriod] | None = None, new: bool = False
) -> None:
    """Bring the ledger to where the locked `request` stands at the end of this transaction. Settled twice is settled once.

    `found`: the periods that pay for what is being sent, where they were read already; `new`: it was never sent before, so
    that it holds nothing. Raises WrongState (`over_budget`: left, needed, currency) where somebody agrees to more than a
    budget that stops has. Two queries at the end, none for what never costs anything.
    """
    if not standing.may_cost(request):
        return
    key = ("budget", request.pk)
    before = facts.current_unit().last.get(key)
    if found is None and isinstance(before, Settling):
        found, new = before.found, before.new
    facts.once_before_commit(key, Settling(request, by, found, new))


@dataclass(frozen=True)
class Settling:
    """What `settle` does once, before the commit."""

    request: "ServiceRequest"
    by: "User"
    found: list[BudgetPeriod] | None
    new: bool

    def __call__(self) -> None:
        held = {} if self.new else holdings(self.request, lock=True)
        held = _standing(held) if self.found is None else _sent_again(held, self.found)
        if not held:
            return
        due = standing.due(self.request)
        entries, stopping = [], []
        for period, has in sorted(held.items(), key=lambda row: row[0].pk):
            wants = standing.in_currency(due.get(period.budget.spend_group, Sums()), self.request, period)
            if grows_beyond(period, has, wants):
                if not self._goes_on():
                    raise over_budget(period, wants.promised - has.promised)
                wants = wants.unpromised
            if wants != has:
                entries.append(self._entry(period, wants - has))
                stopping += [period] if period.stops else []
        if entries:
            add(entries)
        if stopping:
            self._look_after(stopping, due)

    def _look_after(self, stopping: list[BudgetPeriod], due: dict[str, Sums]) -> None:
        """What waits and is more than a budget that stops has gets an owner; of all else nobody needs to look any more."""
        waits = {}
        for period in stopping:
            wants = standing.in_currency(due.get(period.budget.spend_group, Sums()), self.request, period)
            waits[period] = wants.reserved > period.amount - period.committed - period.ordered
        for period in (one for one, lacks in waits.items() if lacks):
            exceeding.tell(request=self.request, period=period, by=self.by)
        if not self.new and (fit := [one for one, lacks in waits.items() if not lacks]):
            exceeding.over(request=self.request, periods=fit, by=self.by)

    def _goes_on(self) -> bool:
        """Did it go on without waiting for its approval? Then it stays asked for, on record, and nothing is promised of it."""
        if not BreakGlass.objects.filter(request=self.request).exists():
            return False
        events.record(
            action="budget.exceeded",
            by=self.by,
            case=self.request.public_id,
            subject=f"request:{self.request.pk}",
            after={},
        )
        return True

    def _entry(self, period: BudgetPeriod, change: Sums) -> BudgetEntry:
        return BudgetEntry(
            period=period, request=self.request, kind=kind_of(change), at=now(), by=self.by, **vars(change)
        )


def _standing(held: dict[BudgetPeriod, Sums]) -> dict[BudgetPeriod, Sums]:
    """Of each budget the period that counts: where something is held, else the last one. It may have been sent in several."""
    found: dict[int, BudgetPeriod] = {}
    for period in sorted(held, key=lambda one: (bool(held[one].total), one.starts)):
        found[period.budget_id] = period
    return {period: held[period] for period in found.values()}


def _sent_again(held: dict[BudgetPeriod, Sums], found: list[BudgetPeriod]) -> dict[BudgetPeriod, Sums]:
    """What is held stays where it is; for groups of which nothing is held the periods that were found pay."""
    kept = {period: has for period, has in held.items() if has.total}
    groups = {period.budget.spend_group for period in kept}
    return kept | {period: Sums() for period in found if period.budget.spend_group not in groups}


def holdings(request: "ServiceRequest", *, lock: bool = False) -> dict[BudgetPeriod, Sums]:
    """What `request` holds, by period with its budget. One query; `lock`: locked, in the order of their keys."""
    rows = BudgetEntry.objects.filter(request=request).select_related("period__budget")
    rows = rows.order_by("period", "pk")
    if lock:
        rows = rows.select_for_update(of=("period",))
    found: dict[BudgetPeriod, Sums] = defaultdict(Sums)
    for row in rows:
        found[row.period] += Sums(row.reserved, row.committed, row.ordered)
    return dict(found)


def grows_beyond(period: BudgetPeriod, has: Sums, wants: Sums) -> bool:
    """Would more be promised of a budget that stops than it has?"""
    more = wants.promised - has.promised
    return period.stops and more > 0 and period.committed + period.ordered + more > period.amount


def kind_of(change: Sums) -> Kind:
    """What an entry says that it is: the furthest that anything went; back from an agreement it is asked for again."""
    if change.ordered > 0:
        return Kind.CONVERT
    if change.committed > 0:
        return Kind.COMMIT
    return Kind.RESERVE if change.reserved > 0 else Kind.RELEASE


def add(entries: list[BudgetEntry]) -> None:
    """Write them; the database adds them to the sums. Raises WrongState (`over_budget`): the net below the lock."""
    try:
        with transaction.atomic():
            BudgetEntry.objects.bulk_create(entries)
    except IntegrityError as error:
        if STOPS not in str(error):
            raise
        first = next(entry for entry in entries if entry.period.stops)
        period = BudgetPeriod.objects.select_related("budget").get(pk=first.period_id)
        raise over_budget(period, first.committed + first.ordered) from None
