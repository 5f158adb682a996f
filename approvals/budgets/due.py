"""What a request holds of budgets for where it stands now, by spend group. PURE: it reads what is loaded, no query.

Waiting for a decision it is reserved, agreed it is committed, with an order it is ordered, ended without goods it is
nothing. What the store gives is ordered when the request is fulfilled; then everything counts for what arrived.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from approvals.budgets.grouping import REPAIR, group_of
from portal.money import in_base
from requests_app.models.item import line_amount
from requests_app.states import LineState, RequestState

if TYPE_CHECKING:
    from requests_app.models import RequestItem

NOTHING = Decimal("0.00")
AGREED = (
    RequestState.APPROVED,
    RequestState.IN_FULFILMENT,
    RequestState.ON_HOLD,
    RequestState.FULFILLED,
    RequestState.CLOSED,
)
DONE = (RequestState.FULFILLED, RequestState.CLOSED)
GONE = (LineState.REJECTED, LineState.CANCELLED, LineState.SUPPLIER_CANCELLED)


@dataclass(frozen=True)
class Sums:
    """Money that waits for a decision, that was agreed to, and that has an order."""

    reserved: Decimal = NOTHING
    committed: Decimal = NOTHING
    ordered: Decimal = NOTHING

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(a + b for a, b in zip(self.parts, other.parts, strict=True)))

    def __sub__(self, other: "Sums") -> "Sums":
        return Sums(*(a - b for a, b in zip(self.parts, other.parts, strict=True)))

    @property
    def parts(self) -> tuple[Decimal, Decimal, Decimal]:
        return self.reserved, self.committed, self.ordered

    @property
    def promised(self) -> Decimal:
        """What counts against a budget that stops."""
        return self.committed + self.ordered

    @property
    def total(self) -> Decimal:
        return sum(self.parts, NOTHING)

    @property
    def unpromised(self) -> "Sums":
        """The same money, as long as nothing is promised."""
        return Sums(reserved=self.total)


def asked(lines: Sequence["RequestItem"], carriage: Decimal) -> dict[str, Decimal]:
    """By spend group what these lines take when they are sent. Carriage goes with the first line that is bought."""
    found: dict[str, Decimal] = {}
    payer = _payer(lines)
    for line in lines:
        amount = line.amount + (carriage if line is payer else NOTHING)
        if amount:
            spend = _spend(line)
            found[spend] = found.get(spend, NOTHING) + amount
    return found


def of_supplies(
    state: str, lines: Sequence["RequestItem"], carriage: Decimal, prices: Mapping[str, Decimal]
) -> dict[str, Sums]:
    """By spend group; `prices` by code of a line: the last price of an order that somebody agreed to."""
    kept = [line for line in lines if line.state not in GONE]
    if state == RequestState.SUBMITTED:
        return {spend: Sums(reserved=amount) for spend, amount in asked(kept, carriage).items()}
    if state not in AGREED:
        return {}
    found: dict[str, Sums] = {}
    payer = _payer(kept)
    for line in kept:
        amount = _agreed(line, prices, done=state in DONE) + (carriage if line is payer else NOTHING)
        bought = state in DONE or bool(line.order_name)
        sums = Sums(ordered=amount) if bought else Sums(committed=amount)
        found[_spend(line)] = found.get(_spend(line), Sums()) + sums
    return {spend: sums for spend, sums in found.items() if sums.total}


def of_cost(state: str, amount: Decimal) -> dict[str, Sums]:
    """The outside cost of work: a request of its own, spent as soon as somebody agreed to it."""
    if state == RequestState.SUBMITTED:
        return {REPAIR: Sums(reserved=amount)}
    if state in DONE:
        return {REPAIR: Sums(ordered=amount)}
    return {REPAIR: Sums(committed=amount)} if state in AGREED else {}


def times(sums: Sums, rate: Decimal) -> Sums:
    """The same in the base currency."""
    return Sums(*(in_base(part, rate) for part in sums.parts))


def _spend(line: "RequestItem") -> str:
    return group_of(line.item.group, line.flags, line.source)


def _agreed(line: "RequestItem", prices: Mapping[str, Decimal], *, done: bool) -> Decimal:
    agreed = line.quantity if line.approved_quantity is None else line.approved_quantity
    quantity = line.received_quantity if done else agreed
    return line_amount(quantity, prices.get(line.code, line.unit_price))


def _payer(lines: Iterable["RequestItem"]) -> "RequestItem | None":
    return next((line for line in lines if line.is_bought), None)
