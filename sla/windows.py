"""How opening times are written down, and what they mean. Pure.

A calendar's `windows` is {"week": [{"days": [0, 1], "open": [["09:00", "12:30"], ["13:30", "17:00"]]}],
"until": {"12-24": "12:30"}}: Monday is 0, an end at or before its start lies on the next day, "24:00" is midnight, and
`until` (month-day) ends a day early. `holidays` is "site" (closed), "none" (as any day) or a list of windows.
"""

import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from sla.business_time import DAY_MINUTES, Calendar

RULES = ("site", "none")


def site() -> str:
    """Closed on the hospital's holidays: the usual case."""
    return "site"


def compiled(windows: dict[str, Any], holidays: Any, days_off: Iterable[str], zone: str) -> Calendar:
    """The calendar for this content; the same content gives the same one, with its table. Raises ValueError."""
    return _compiled(json.dumps(windows, sort_keys=True), json.dumps(holidays), tuple(days_off), zone)


def check(windows: Any, holidays: Any) -> None:
    """Raise ValueError with the reason when this cannot be a calendar."""
    try:
        compiled(windows, holidays, ["2026-01-01"], "UTC")
    except (KeyError, TypeError, AttributeError) as wrong:
        raise ValueError(f"not opening times: {wrong!r}") from wrong


@lru_cache(maxsize=512)
def _compiled(windows: str, holidays: str, days_off: tuple[str, ...], zone: str) -> Calendar:
    plan, rule = json.loads(windows), json.loads(holidays)
    weekly: dict[int, list[tuple[int, int]]] = {}
    for entry in plan["week"]:
        for day in entry["days"]:
            if day not in range(7):
                raise ValueError(f"not a weekday: {day}")
            weekly.setdefault(day, []).extend(_pairs(entry["open"]))
    if isinstance(rule, str) and rule not in RULES:
        raise ValueError(f"not a rule for holidays: {rule}")
    on_holidays = [] if rule == "site" else None if rule == "none" else _pairs(rule)
    special = {} if on_holidays is None else {date.fromisoformat(day): on_holidays for day in days_off}
    until = {_month_day(day): _minute(end) for day, end in plan.get("until", {}).items()}
    return Calendar(weekly=weekly, special=special, yearly_until=until, zone=zone)


def _pairs(windows: list[list[str]]) -> list[tuple[int, int]]:
    pairs = [(_minute(start), _minute(end)) for start, end in windows]
    return [(start, end if end > start else end + DAY_MINUTES) for start, end in pairs]


def _minute(text: str) -> int:
    hours, minutes = (int(part) for part in text.split(":"))
    if not (0 <= minutes < 60 and 0 <= hours * 60 + minutes <= DAY_MINUTES):
        raise ValueError(f"not a time of day: {text}")
    return hours * 60 + minutes


def _month_day(text: str) -> tuple[int, int]:
    day = date.fromisoformat(f"2024-{text}")  # a leap year, so that 02-29 is a day
    return day.month, day.day
