"""Whose minutes these were: the time of a piece of work, split between its teams and whoever they waited for. PURE.

The parts add up to the whole, to the second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise


@dataclass(frozen=True)
class Share:
    """`party`: "team:<id>" or a party of `waiting_reasons`."""

    party: str
    seconds: int


def shares(
    *,
    start: datetime,
    end: datetime,
    teams: Sequence[tuple[datetime, int]],
    waits: Sequence[tuple[datetime, datetime | None, str]],
) -> list[Share]:
    """Split `start`..`end`. `teams`: (since, id) in order, the first since `start`; `waits`: (from, until, charged), apart.

    A wait belongs to the party that is charged for it, the rest to the team that had it then. In the order in which they
    first had it.
    """
    whole = int((end - start).total_seconds())
    moments = sorted(
        {start, end}
        | {min(max(since, start), end) for since, _team in teams}
        | {min(max(edge or end, start), end) for wait in waits for edge in wait[:2]}
    )
    found: dict[str, float] = {}
    for begun, ended in pairwise(moments):
        party = _party(begun, teams, waits)
        found[party] = found.get(party, 0) + (ended - begun).total_seconds()
    rounded = [Share(party, int(seconds)) for party, seconds in found.items()]
    if not rounded:
        return []
    left = whole - sum(share.seconds for share in rounded)  # what was lost in rounding goes to the first
    return [Share(rounded[0].party, rounded[0].seconds + left), *rounded[1:]]


def _party(
    moment: datetime,
    teams: Sequence[tuple[datetime, int]],
    waits: Sequence[tuple[datetime, datetime | None, str]],
) -> str:
    for since, until, charged in waits:
        if since <= moment and (until is None or moment < until):
            return charged
    team = next((team for since, team in reversed(teams) if since <= moment), None)
    return f"team:{team}" if team is not None else "nobody"
