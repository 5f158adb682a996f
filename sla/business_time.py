"""Business time: when is a service open, and how much open time lies between two moments.

Pure: no Django, no clock. All arithmetic is done on UTC instants. A weekly window says which wall-clock minutes of a
zone are open; the open UTC intervals are the moments whose local wall clock falls into a window. So a window over a
spring change is an hour shorter, and over an autumn change an hour longer, than its wall-clock length, as it is for
those on duty.

A calendar keeps a table of open intervals with the open time before each; every question is a bisection in it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
HORIZON_YEARS = 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (local wall-clock days are counted from it)
_MICRO = timedelta(microseconds=1)
_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_DAY = 24 * 60 * _MINUTE

Windows = Sequence[tuple[int, int]]
"""Open windows of one day, as (start, end) in minutes after local midnight; an end past 1440 lies on the next day."""


class NeverOpen(ValueError):
    """The calendar has not enough open time within the horizon to answer."""


@dataclass(frozen=True)
class _Table:
    low: int
    high: int
    starts: list[int]
    ends: list[int]
    before: list[int]
    total: int

    def position(self, instant: int) -> int:
        """Open microseconds of the table before `instant`."""
        i = bisect_right(self.starts, instant) - 1
        if i < 0:
            return 0
        end = self.ends[i]
        return self.before[i] + (instant if instant < end else end) - self.starts[i]


@dataclass(eq=False)
class Calendar:
    """A service calendar.

    weekly: windows of each weekday, Monday = 0; a missing day is closed.
    special: dates whose windows replace the weekly ones; an empty sequence is a closed day (a holiday).
    yearly_until: (month, day) -> minute after midnight at which windows of that date end early (half days).
    zone: IANA name. A window belongs to the date on which it starts, also where it ends on the next one.
    """

    weekly: Mapping[int, Windows]
    zone: str
    special: Mapping[date, Windows] = field(default_factory=dict)
    yearly_until: Mapping[tuple[int, int], int] = field(default_factory=dict)
    _table: _Table | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        for day in (*self.weekly.values(), *self.special.values()):
            for start, end in day:
                if not (0 <= start < end <= start + DAY_MINUTES and start < DAY_MINUTES):
                    raise ValueError(f"not a window: {start}-{end}")
        self._zone = ZoneInfo(self.zone)

    @property
    def working_day_seconds(self) -> int:
        """The open seconds of the longest day of the week: what "1 working day" is worth."""
        return (
            max((sum(end - start for start, end in _merged(day)) for day in self.weekly.values()), default=0)
            * 60
        )

    def add(self, start: datetime, seconds: float) -> datetime:
        """The earliest moment by which `seconds` open seconds have passed since `start`. Raises NeverOpen."""
        origin, amount = _micros(start), round(seconds * _SECOND)
        if amount <= 0:
            if amount == 0:
                return _instant(origin)
            raise ValueError("add() takes no negative time; use subtract()")
        table = self._covering(origin, origin + amount + 14 * _DAY)
        target = table.position(origin) + amount
        while target > table.total:
            table = self._widen(table, ahead=True, limit_from=origin)
            target = table.position(origin) + amount
        i = bisect_left(table.before, target) - 1
        return _instant(table.starts[i] + target - table.before[i])

    def subtract(self, end: datetime, seconds: float) -> datetime:
        """The latest moment from which `seconds` open seconds pass until `end`. Raises NeverOpen."""
        origin, amount = _micros(end), round(seconds * _SECOND)
        if amount <= 0:
            if amount == 0:
                return _instant(origin)
            raise ValueError("subtract() takes no negative time; use add()")
        table = self._covering(origin - amount - 14 * _DAY, origin)
        target = table.position(origin) - amount
        while target < 0:
            table = self._widen(table, ahead=False, limit_from=origin)
            target = table.position(origin) - amount
        i = bisect_right(table.before, target) - 1
        return _instant(table.starts[i] + target - table.before[i])

    def elapsed(self, start: datetime, end: datetime) -> float:
        """Open seconds from `start` to `end`; negative when `end` is the earlier one."""
        first, last = _micros(start), _micros(end)
        table = self._covering(min(first, last), max(first, last))
        return (table.position(last) - table.position(first)) / _SECOND

    def is_open(self, moment: datetime) -> bool:
        """Whether the service is open at `moment`. A window's first instant is open, its last is not."""
        instant = _micros(moment)
        table = self._covering(instant, instant)
        i = bisect_right(table.starts, instant) - 1
        return i >= 0 and instant < table.ends[i]

    def next_open(self, moment: datetime) -> datetime:
        """`moment` itself when open, else the next opening. Raises NeverOpen."""
        instant = _micros(moment)
        table = self._covering(instant, instant + 14 * _DAY)
        while True:
            i = bisect_right(table.ends, instant)
            if i < len(table.starts):
                return _instant(max(instant, table.starts[i]))
            table = self._widen(table, ahead=True, limit_from=instant)

    def _covering(self, low: int, high: int) -> _Table:
        table = self._table
        if table is not None and table.low <= low and high <= table.high:
            return table
        first, last = _instant(low).year - 1, _instant(high).year + 2
        if table is not None:
            first, last = min(first, _instant(table.low).year), max(last, _instant(table.high).year)
        return self._build(first, last)

    def _widen(self, table: _Table, *, ahead: bool, limit_from: int) -> _Table:
        first, last = _instant(table.low).year, _instant(table.high).year
        origin = _instant(limit_from).year
        if (last - origin if ahead else origin - first) > HORIZON_YEARS:
            raise NeverOpen(f"no open time within {HORIZON_YEARS} years")
        return self._build(first if ahead else first - 7, last + 7 if ahead else last)

    def _build(self, first_year: int, last_year: int) -> _Table:
        """A table of the open intervals from 1 January of the first year to 1 January of the last, UTC."""
        low = _micros(datetime(first_year, 1, 1, tzinfo=UTC))
        high = _micros(datetime(last_year, 1, 1, tzinfo=UTC))
        starts: list[int] = []
        ends: list[int] = []
        before: list[int] = []
        total = 0
        for start, end in sorted(self._intervals(low, high)):
            if starts and start <= ends[-1]:
                if end > ends[-1]:
                    total += end - ends[-1]
                    ends[-1] = end
                continue
            starts.append(start)
            ends.append(end)
            before.append(total)
            total += end - start
        table = _Table(low, high, starts, ends, before, total)
        self._table = table
        return table

    def _intervals(self, low: int, high: int) -> Iterable[tuple[int, int]]:
        """Open UTC intervals within [low, high). Within one span of constant offset, local time is UTC + offset."""
        for span_start, span_end, offset in _spans(self._zone, low, high):
            day = _NAIVE_EPOCH + timedelta(days=(span_start + offset) // _DAY - 1)
            last = _NAIVE_EPOCH + timedelta(days=(span_end + offset) // _DAY)
            while day <= last:
                midnight = (day - _NAIVE_EPOCH) // _MICRO - offset
                for start, end in self._windows(day.date()):
                    lower = max(midnight + start * _MINUTE, span_start)
                    upper = min(midnight + end * _MINUTE, span_end)
                    if lower < upper:
                        yield lower, upper
                day += timedelta(days=1)

    def _windows(self, day: date) -> Iterable[tuple[int, int]]:
        windows = self.special.get(day)
        if windows is None:
            windows = self.weekly.get(day.weekday(), ())
        until = self.yearly_until.get((day.month, day.day)) if self.yearly_until else None
        if until is None:
            return windows
        return [(start, min(end, until)) for start, end in windows if start < until]


def _spans(zone: ZoneInfo, low: int, high: int) -> Iterable[tuple[int, int, int]]:
    """Spans (start, end, offset) of constant UTC offset; no zone changes twice within a day."""
    start, offset, at = low, _offset(zone, low), low
    while at < high:
        step = min(at + _DAY, high)
        if (after := _offset(zone, step)) != offset:
            left, right = at, step
            while right - left > _SECOND:
                middle = (left + right) // 2 // _SECOND * _SECOND
                left, right = (middle, right) if _offset(zone, middle) == offset else (left, middle)
            yield start, right, offset
            start, offset = right, after
        at = step
    yield start, high, offset


def _offset(zone: ZoneInfo, instant: int) -> int:
    return (_instant(instant).astimezone(zone).utcoffset() or timedelta()) // _MICRO


def _merged(windows: Windows) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(windows):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _micros(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("business time takes aware moments")
    # UTC first: two aware moments of one zone are subtracted by their wall clocks, which is wrong across a change.
    return (moment.astimezone(UTC) - _EPOCH) // _MICRO


def _instant(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)
