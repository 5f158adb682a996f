"""When a clock comes to a moment, replayed from its start past the stretches in which it stood still. PURE."""

from collections.abc import Iterable
from datetime import datetime

from sla.business_time import Calendar

Stretch = tuple[datetime, datetime | None]  # from, until; None: it stands still now


def reached(
    calendar: Calendar, start: datetime, seconds: float, stretches: Iterable[Stretch] = ()
) -> datetime | None:
    """When `seconds` of open time have passed since `start`, outside of `stretches` (in order, not overlapping).

    None while it stands still before that. What had passed before a stretch stays what it was: open time is counted, so a
    stretch over a night or a weekend costs none of it twice. Raises NeverOpen.
    """
    left = seconds
    for begun, ended in stretches:
        passed = calendar.elapsed(start, begun)
        if passed >= left:
            break
        if ended is None:
            return None
        left, start = left - max(passed, 0), ended
    return calendar.add(start, left)


def stood_still(stretches: Iterable[Stretch], until: datetime) -> float:
    """Seconds of all stretches, those of the one that goes on counted to `until`."""
    return sum(((ended or until) - begun).total_seconds() for begun, ended in stretches)
