"""What a ward orders anyway is no part of a larger order: top-ups of its list, and what it orders again and again. PURE."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median

WINDOWS = (1, 7, 30)  # days
LONGEST = timedelta(days=max(WINDOWS))
MEMORY = timedelta(days=120)  # of this, what lies before the longest window says what is usual
OFTEN = 3  # times
ALIKE = Decimal("1.5")  # times the usual quantity


@dataclass(frozen=True)
class Line:
    """A line of a request that was sent. Amounts are in the base currency."""

    request: int
    requester: int
    ward: int
    cost_centre: str
    hospital: int
    item: int
    family: str
    supplier: int  # as `suppliers.same` joins them; 0: none
    quantity: int
    amount: Decimal
    whole: Decimal  # of its request
    at: datetime
    topped_up: bool = False  # within what the ward agreed to hold


def without_routine(lines: Iterable[Line]) -> list[Line]:
    """`lines` less top-ups and less what the same ward ordered at least three times in like quantity, before the longest window.

    Only what is older than that window says what is usual: the parts of a split do not excuse each other.
    """
    lines = sorted(lines, key=lambda line: line.at)
    ordered: dict[tuple[int, int], list[tuple[datetime, int]]] = defaultdict(list)
    for line in lines:
        ordered[line.ward, line.item].append((line.at, line.quantity))
    return [line for line in lines if not (line.topped_up or _usual(line, ordered[line.ward, line.item]))]


def _usual(line: Line, ordered: list[tuple[datetime, int]]) -> bool:
    before = [quantity for at, quantity in ordered if line.at - MEMORY <= at < line.at - LONGEST]
    return len(before) >= OFTEN and line.quantity <= ALIKE * Decimal(median(before))
