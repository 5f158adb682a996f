"""Which target applies to a request, and what moment it comes to. Reads only."""

import string
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from requests_app.models import ServiceRequest
from requests_app.states import Priority
from sla import calendars
from sla.business_time import Calendar, NeverOpen
from sla.models import ApprovalTarget, BusinessCalendar, SlaTarget
from sla.models.target import Anchor, Service, Unit

AGREED_HOUR = time(12)
WARN_AFTER = 0.75
NEXT_LOWER = (Priority.EMERGENCY, Priority.URGENT, Priority.ROUTINE)
WALL_CLOCK = Calendar(weekly={day: [(0, 24 * 60)] for day in range(7)}, zone="UTC")


class Missing(Exception):
    """No target or no calendar: `kind` is the exception to open for it, the message says what is missing."""

    def __init__(self, kind: str, key: str, detail: str) -> None:
        super().__init__(detail)
        self.kind, self.key, self.detail = kind, key, detail


@dataclass(frozen=True)
class Promise:
    """When something is due. `calendar` is None where the wall clock counts; `seconds` is the open time until due.

    `fixed`: for an agreed time.
    """

    calendar: BusinessCalendar | None
    seconds: int
    started_at: datetime
    warn_at: datetime
    due_at: datetime
    fixed: bool = False


class Hours:
    """The calendars of one hospital that a target names: those that were `read`, else fetched with one query."""

    def __init__(self, request: ServiceRequest, *codes: str, read: BusinessCalendar | None = None) -> None:
        self.zone = request.hospital.time_zone
        self.found = {read.code: read} if read else calendars.find(request.hospital, codes)

    def row(self, code: str, unit: str) -> BusinessCalendar | None:
        if unit in (Unit.MINUTES, Unit.HOURS):
            return None
        if code not in self.found:
            raise Missing("no_calendar", code, _("There is no calendar “%(code)s”.") % {"code": code})
        return self.found[code]

    def time(self, row: BusinessCalendar | None) -> Calendar:
        return calendars.compiled(row, self.zone) if row else WALL_CLOCK


@contextmanager
def _never_open_is_missing(code: str) -> Iterator[None]:
    try:
        yield
    except NeverOpen as never:
        raise Missing(
            "no_calendar", code, _("The calendar “%(code)s” is never open.") % {"code": code}
        ) from never


def approval(request: ServiceRequest, calendar: str, start: datetime, within: str = "") -> Promise:
    """What a step opened at `start` promises; `calendar` is the step's. Raises Missing.

    `within`: the time of its own rule ("2wh", "1wd", "30min", "4h"), on the step's calendar; of an emergency the shipped time
    stays, which no rule may make longer. One query; one more where a calendar is missing.
    """
    read = None
    if within and request.priority != Priority.EMERGENCY:
        amount, unit, code = _said(within), within.lstrip("0123456789"), calendar
    elif read := _with_target(request, calendar):
        amount, unit, code = read.amount, read.unit, read.code
    else:
        target = ApprovalTarget.objects.filter(priority=request.priority).first()
        if target is None:
            raise Missing("no_target", "approval", _("No time is set within which this is decided."))
        amount, unit, code = target.amount, target.unit, target.calendar or calendar
    hours = Hours(request, *([code] if unit in (Unit.WORKING_HOURS, Unit.WORKING_DAYS) else []), read=read)
    row = hours.row(code, unit)
    with _never_open_is_missing(code):
        return _promise(row, hours.time(row), start, _after(hours.time(row), start, amount, unit))


def _with_target(request: ServiceRequest, calendar: str) -> Any:
    """The calendar on which a decision of this priority is timed, `calendar` where its target names none, with `amount` and
    `unit` of that target. None where one of the two is missing. One query.
    """
    target = ApprovalTarget.objects.filter(priority=request.priority).order_by()
    code = Coalesce(NullIf(Subquery(target.values("calendar")), Value("")), Value(calendar))
    there = BusinessCalendar.objects.filter(hospital=request.hospital_id, code=code).order_by()
    found = there.annotate(amount=Subquery(target.values("amount")), unit=Subquery(target.values("unit")))
    return next((row for row in found if row.unit), None)


def _said(within: str) -> int:
    """The number of a time like "2wh". Raises Missing where it is none."""
    number, unit = within.rstrip(string.ascii_lowercase), within.lstrip(string.digits)
    if not number.isdecimal() or unit not in Unit.values:
        raise Missing("no_target", within, _("“%(time)s” is not a time.") % {"time": within})
    return int(number)


def work(request: ServiceRequest, start: datetime) -> tuple[Promise, Promise]:
    """What response and fulfilment of a request released at `start` promise. Raises Missing."""
    bought = [line.lead_days for line in request.wanted_lines if line.is_bought]
    supplies = Service.SUPPLY_BOUGHT if bought else Service.SUPPLY_STORE
    target = _target(request, supplies if request.is_supply else request.service)
    hours = Hours(request, target.calendar, target.lead_calendar)
    with _never_open_is_missing(target.calendar):
        return _response(request, target, hours, start), _fulfilment(
            request, target, hours, start, max(bought, default=0)
        )


def _target(request: ServiceRequest, service: str) -> SlaTarget:
    """The hospital's own row, else the one for all; a priority without a row uses the next lower one, else a higher one.

    An agreed time holds also where no row says what is promised for one; of supplies one has to.
    """
    rows = SlaTarget.objects.filter(Q(hospital=request.hospital) | Q(hospital=None), service=service)
    by_key = {(row.priority, row.hospital_id): row for row in rows.order_by()}
    wanted = str(request.priority)
    if wanted == Priority.PLANNED and request.needed_by is None and request.agreed_at is None:
        wanted = Priority.ROUTINE
    for priority in _instead(wanted, request.is_supply):
        found = by_key.get((priority, request.hospital_id)) or by_key.get((priority, None))
        if found:
            if wanted == Priority.PLANNED:
                found.anchor = Anchor.AGREED
            return found
    raise Missing("no_target", service, _("No target time is set for this kind of request."))


def _instead(wanted: str, supplies: bool) -> tuple[str, ...]:
    """Whose row counts for this priority, in order."""
    if wanted == Priority.PLANNED:
        return (wanted,) if supplies else (wanted, *reversed(NEXT_LOWER))
    at = NEXT_LOWER.index(Priority(wanted))
    return (*NEXT_LOWER[at:], *reversed(NEXT_LOWER[:at]))


def _response(request: ServiceRequest, target: SlaTarget, hours: Hours, start: datetime) -> Promise:
    row = hours.row(target.calendar, target.response_unit)
    calendar = hours.time(row)
    if target.response_anchor == Anchor.SENT:
        return _promise(
            row, calendar, start, _after(calendar, start, target.response_amount, target.response_unit)
        )
    agreed = agreed_moment(request)
    due = calendar.subtract(agreed, _seconds(calendar, target.response_amount, target.response_unit))
    # Agreed at shorter notice than that: nobody is late at once for it, it has to be taken by the agreed time.
    return replace(_promise(row, calendar, start, due if due > start else agreed), fixed=True)


def _fulfilment(
    request: ServiceRequest, target: SlaTarget, hours: Hours, start: datetime, lead: int
) -> Promise:
    code = target.lead_calendar or target.calendar
    supplier = (
        hours.time(hours.row(code, Unit.WORKING_DAYS)) if lead and target.plus_lead_time else WALL_CLOCK
    )
    lead_seconds = lead * supplier.working_day_seconds if target.plus_lead_time else 0
    if target.anchor == Anchor.AGREED:
        row = hours.row(target.calendar, Unit.WORKING_HOURS)
        promise = replace(_promise(row, hours.time(row), start, agreed_moment(request)), fixed=True)
        if lead_seconds and supplier.add(start, lead_seconds) > promise.due_at:
            return replace(promise, warn_at=start)  # it cannot be here in time: say so now
        return promise
    row = hours.row(target.calendar, target.fulfilment_unit)
    due = _after(hours.time(row), start, target.fulfilment_amount, target.fulfilment_unit)
    return _promise(row, hours.time(row), start, supplier.add(due, lead_seconds))


def agreed_moment(request: ServiceRequest) -> datetime:
    """The agreed time, else 12:00 on the agreed date, where the hospital is. Raises Missing."""
    if request.agreed_at is not None:
        return request.agreed_at
    if request.needed_by is None:
        raise Missing("no_target", "agreed", _("This needs a date, and none was agreed."))
    return datetime.combine(request.needed_by, AGREED_HOUR, ZoneInfo(request.hospital.time_zone))


def _seconds(calendar: Calendar, amount: int, unit: str) -> int:
    if not calendar.working_day_seconds:
        raise NeverOpen
    per_unit = {
        Unit.MINUTES: 60,
        Unit.HOURS: 3600,
        Unit.WORKING_HOURS: 3600,
        Unit.WORKING_DAYS: calendar.working_day_seconds,
    }
    return amount * per_unit[Unit(unit)]


def _after(calendar: Calendar, start: datetime, amount: int, unit: str) -> datetime:
    return calendar.add(start, _seconds(calendar, amount, unit))


def _promise(row: BusinessCalendar | None, calendar: Calendar, start: datetime, due: datetime) -> Promise:
    seconds = max(calendar.elapsed(start, due), 0)
    return Promise(
        row, round(seconds), start, calendar.add(start, seconds * WARN_AFTER) if seconds else due, due
    )
