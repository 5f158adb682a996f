"""Requests that each stay under a limit of the policy and together reach it, within 1, 7 or 30 days. PURE.

Looked at along four axes, the narrowest first: one person, the people of one ward, one cost centre, one supplier under
whatever name. What is routine is left out before (`routine`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from approvals.watching.routine import WINDOWS, Line, without_routine

ONE = "requester"
CRUMB = Decimal("0.05")  # of the limit: what is smaller is no part of it


@dataclass(frozen=True)
class Part:
    request: int
    at: datetime
    amount: Decimal


@dataclass(frozen=True)
class Finding:
    axis: str
    days: int  # the shortest window that reaches the limit
    limit: Decimal
    parts: tuple[Part, ...]  # in the order of time

    @property
    def requests(self) -> frozenset[int]:
        return frozenset(part.request for part in self.parts)

    @property
    def total(self) -> Decimal:
        return sum((part.amount for part in self.parts), Decimal(0))


# Axis -> whose, and what of: a family of items by whichever supplier, a supplier whichever items, or both.
AXES: tuple[tuple[str, Callable[[Line], tuple[object, ...]]], ...] = (
    ("requester", lambda line: (line.hospital, line.requester, "family", line.family)),
    ("requester", lambda line: (line.hospital, line.requester, "supplier", line.supplier)),
    ("colleagues", lambda line: (line.ward, "family", line.family)),
    ("colleagues", lambda line: (line.ward, "supplier", line.supplier)),
    ("cost_centre", lambda line: (line.hospital, line.cost_centre, line.family)),
    ("vendor", lambda line: (line.hospital, line.supplier, line.family)),
)


def find(lines: Iterable[Line], *, limits: Sequence[Decimal], since: datetime) -> list[Finding]:
    """Every suspicion with a part sent at or after `since`; `lines` reach `routine.MEMORY` further back.

    One thing is said once: at the highest limit that is reached; of one person, else in the shortest window; along the
    narrowest axis.
    """
    odd, found = without_routine(lines), []
    for place, (axis, key) in enumerate(AXES):
        groups: dict[tuple[object, ...], list[Line]] = defaultdict(list)
        for line in odd:
            if key(line)[-1]:
                groups[key(line)].append(line)
        clusters = (
            one for group in groups.values() for limit in limits for one in _of_group(axis, group, limit)
        )
        found += [
            (-one.limit, axis != ONE, one.days, place, one) for one in clusters if one.parts[-1].at >= since
        ]
    kept: dict[int, list[Finding]] = defaultdict(list)  # by request
    for *_rank, one in sorted(found, key=lambda row: row[:4]):
        if not _said(one, kept):
            for request in one.requests:
                kept[request].append(one)
    return list(dict.fromkeys(one for some in kept.values() for one in some))


def _of_group(axis: str, group: list[Line], limit: Decimal) -> Iterator[Finding]:
    """Clusters of one group that reach `limit`; those of several windows that share a part are one."""
    parts = _parts(group, limit)
    if len(parts) < 2 or sum(part.amount for part in parts) < limit:
        return
    clusters: list[tuple[int, set[Part]]] = []
    for days in WINDOWS:
        for cluster in _windows(parts, limit, timedelta(days=days)):
            beside = next((one for one in clusters if one[1] & cluster), None)
            if beside:
                beside[1].update(cluster)
            else:
                clusters.append((days, cluster))
    for days, cluster in clusters:
        yield Finding(axis, days, limit, tuple(sorted(cluster, key=lambda one: (one.at, one.request))))


def _parts(group: list[Line], limit: Decimal) -> list[Part]:
    """What each request under the limit orders of the group, crumbs left out."""
    amounts: dict[int, Decimal] = defaultdict(Decimal)
    sent: dict[int, datetime] = {}
    for line in group:
        if line.whole < limit:
            amounts[line.request] += line.amount
            sent[line.request] = line.at
    found = [Part(pk, sent[pk], amount) for pk, amount in amounts.items() if amount >= CRUMB * limit]
    return sorted(found, key=lambda part: (part.at, part.request))


def _windows(parts: list[Part], limit: Decimal, length: timedelta) -> Iterator[set[Part]]:
    """Runs of parts within `length` that reach the limit, from the earliest on, none in two of them."""
    start = 0
    while start < len(parts):
        end = start
        while end < len(parts) and parts[end].at - parts[start].at <= length:
            end += 1
        if end - start > 1 and sum(part.amount for part in parts[start:end]) >= limit:
            yield set(parts[start:end])
            start = end
        else:
            start += 1


def _said(found: Finding, kept: dict[int, list[Finding]]) -> bool:
    """Without what stronger findings said, is too little of it left?"""
    told = {pk for request in found.requests for one in kept[request] for pk in one.requests}
    left = sum((part.amount for part in found.parts if part.request not in told), Decimal(0))
    return left < found.limit
