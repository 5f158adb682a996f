"""The calendars of a hospital: found, compiled and published. Only this module writes them, so versions count."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from portal.accounts.models import Hospital
from portal.errors import Invalid
from portal.facts import verb
from sla import windows as notation
from sla.business_time import Calendar
from sla.models import BusinessCalendar, Holiday
from sla.models.target import Unit

if TYPE_CHECKING:
    from portal.accounts.models import User


def find(hospital: Hospital, codes: Iterable[str]) -> dict[str, BusinessCalendar]:
    """The calendars of `hospital` with these codes, by code; a missing one is left out. One query or none."""
    wanted = {code for code in codes if code}
    if not wanted:
        return {}
    found = BusinessCalendar.objects.filter(hospital=hospital, code__in=wanted).order_by()
    return {one.code: one for one in found}


def names() -> dict[str, str]:
    """Code and name of every calendar of any hospital, each code once. One query."""
    rows = BusinessCalendar.objects.order_by("code", "-hospital__code").values_list("code", "name")
    return dict(rows)


def compiled(calendar: BusinessCalendar, zone: str) -> Calendar:
    """Its business time in the zone of its hospital. No query; the table is kept for the same content."""
    return notation.compiled(calendar.windows, calendar.holidays, calendar.days_off, zone)


def is_open(hospital: Hospital, code: str, moment: datetime) -> bool:
    """Is the calendar `code` of `hospital` open then? One that does not exist is never closed. One query."""
    row = find(hospital, [code]).get(code)
    return row is None or compiled(row, hospital.time_zone).is_open(moment)


def shifted(hospital: Hospital, code: str, start: datetime, *, amount: int, unit: str) -> datetime:
    """`amount` ('min', 'h', 'd', or 'wd' of the calendar `code`) after `start`, before it if negative. One query at most.

    Where there is no such calendar, or it is never open, a working day is a day.
    """
    if unit != Unit.WORKING_DAYS:
        return (
            start
            + amount * {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}[unit]
        )
    row = find(hospital, [code]).get(code)
    calendar = compiled(row, hospital.time_zone) if row else None
    if calendar is None or not calendar.working_day_seconds:
        return start + timedelta(days=amount)
    seconds = abs(amount) * calendar.working_day_seconds
    return calendar.subtract(start, seconds) if amount < 0 else calendar.add(start, seconds)


@verb
def publish_calendar(
    *, hospital: Hospital, code: str, name: str, windows: dict[str, Any], holidays: Any, by: "User"
) -> BusinessCalendar:
    """Create the calendar, or publish its next version when something differs. Running clocks keep their due times.

    `windows` and `holidays` as in sla/windows.py. Raises Invalid (windows). django-auditlog keeps who and what.
    """
    try:
        notation.check(windows, holidays)
    except ValueError as wrong:
        raise Invalid({"windows": [_("These are not opening times: %(why)s") % {"why": wrong}]}) from wrong
    wanted = {
        "name": name,
        "windows": windows,
        "holidays": holidays,
        "days_off": _days_off(hospital, holidays),
    }
    calendar = BusinessCalendar.objects.select_for_update().filter(hospital=hospital, code=code).first()
    if calendar is None:
        return BusinessCalendar.objects.create(hospital=hospital, code=code, **wanted)
    if any(getattr(calendar, field) != value for field, value in wanted.items()):
        for field, value in wanted.items():
            setattr(calendar, field, value)
        calendar.version += 1
        calendar.save()
    return calendar


@verb
def set_holidays(*, hospital: Hospital, days: dict[Any, str], by: "User") -> int:
    """Add holidays (date -> name) not yet known, publish the calendars that follow them. Returns how many were new."""
    known = set(Holiday.objects.filter(hospital=hospital, date__in=days).values_list("date", flat=True))
    new = [Holiday(hospital=hospital, date=day, name=name) for day, name in days.items() if day not in known]
    Holiday.objects.bulk_create(new)
    follow_holidays(hospital=hospital, by=by)
    return len(new)


@verb
def follow_holidays(*, hospital: Hospital, by: "User") -> None:
    """After a change of holidays: publish a new version of each calendar of the hospital that follows them."""
    for calendar in BusinessCalendar.objects.select_for_update().filter(hospital=hospital):
        days_off = _days_off(hospital, calendar.holidays)
        if calendar.days_off != days_off:
            calendar.days_off = days_off
            calendar.version += 1
            calendar.save()


def _days_off(hospital: Hospital, holidays: Any) -> list[str]:
    if holidays == "none":
        return []
    dates = Holiday.objects.filter(hospital=hospital).order_by("date").values_list("date", flat=True)
    return [day.isoformat() for day in dates]
