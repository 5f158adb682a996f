"""A second opinion on business time that shares nothing with sla.business_time: it walks UTC minute by minute, converts
each minute to local time and looks whether some window holds it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
ZONES = (
    "Europe/London", "Europe/Berlin", "America/New_York", "Africa/Cairo", "America/Santiago",
    "Asia/Beirut", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Apia",
)  # fmt: skip


@dataclass
class Plan:
    """Windows per weekday in local minutes (an end past 1440 is the next day), and dates with windows of their own."""

    zone: str
    weekly: dict[int, list[tuple[int, int]]]
    special: dict[date, list[tuple[int, int]]] = field(default_factory=dict)

    def windows(self, day: date) -> list[tuple[int, int]]:
        return self.special[day] if day in self.special else self.weekly.get(day.weekday(), [])


@dataclass
class Minutes:
    """Whether each UTC minute from `start` on is open."""

    start: datetime
    open: list[bool]

    def at(self, index: int) -> datetime:
        return self.start + index * MINUTE

    def elapsed(self, first: int, last: int) -> int:
        return sum(self.open[first:last])

    def add(self, first: int, minutes: int) -> datetime:
        for index in range(first, len(self.open)):
            minutes -= self.open[index]
            if minutes == 0:
                return self.at(index + 1)
        raise AssertionError("not enough minutes")

    def subtract(self, last: int, minutes: int) -> datetime:
        for index in range(last - 1, -1, -1):
            minutes -= self.open[index]
            if minutes == 0:
                return self.at(index)
        raise AssertionError("not enough minutes")


def local_minutes(zone: str, start: datetime, count: int) -> list[tuple[date, int]]:
    info = ZoneInfo(zone)
    walk = ((start + index * MINUTE).astimezone(info) for index in range(count))
    return [(moment.date(), moment.hour * 60 + moment.minute) for moment in walk]


def open_minutes(plan: Plan, start: datetime, walk: list[tuple[date, int]]) -> Minutes:
    seen: dict[date, list[tuple[int, int]]] = {}
    flags = []
    for day, minute in walk:
        if day not in seen:
            yesterday = plan.windows(day - timedelta(days=1))
            seen[day] = plan.windows(day) + [(a - 1440, b - 1440) for a, b in yesterday if b > 1440]
        flags.append(any(a <= minute < b for a, b in seen[day]))
    return Minutes(start, flags)


def changes(zone: str, first_year: int, last_year: int) -> list[datetime]:
    """The hours (UTC) in which the zone's offset changes."""
    info, found = ZoneInfo(zone), []
    day = datetime(first_year, 1, 1, tzinfo=UTC)
    while day.year <= last_year:
        next_day = day + timedelta(days=1)
        if day.astimezone(info).utcoffset() != next_day.astimezone(info).utcoffset():
            hours = [(day + timedelta(hours=n)).astimezone(info) for n in range(25)]
            found += [b.astimezone(UTC) for a, b in pairwise(hours) if a.utcoffset() != b.utcoffset()]
        day = next_day
    return found
