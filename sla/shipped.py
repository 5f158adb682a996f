"""The hours and target times that are shipped: plain data, and the verb that puts them into a hospital."""

from datetime import date
from typing import TYPE_CHECKING, Any

import holidays as public_holidays
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.accounts.models import Hospital
from portal.clock import now
from portal.facts import verb
from requests_app.states import Priority
from sla import calendars
from sla.models import ApprovalTarget, SlaTarget
from sla.models.target import Anchor, Service, Unit

if TYPE_CHECKING:
    from portal.accounts.models import User

WEEKDAYS, WEEKEND, EVERY_DAY = [0, 1, 2, 3, 4], [5, 6], [0, 1, 2, 3, 4, 5, 6]


def _week(days: list[int], *windows: str) -> dict[str, Any]:
    return {"days": days, "open": [window.split("-") for window in windows]}


# code, name, opening times, holidays (sla/windows.py explains the notation)
CALENDARS: tuple[tuple[str, str, dict[str, Any], Any], ...] = (
    ("always", gettext_noop("Always"), {"week": [_week(EVERY_DAY, "00:00-24:00")]}, "none"),
    ("office", gettext_noop("Office hours"), {"week": [_week(WEEKDAYS, "08:00-18:00")]}, "site"),
    ("finance", gettext_noop("Finance"), {"week": [_week(WEEKDAYS, "09:00-12:30", "13:30-17:00")]}, "site"),
    ("buying", gettext_noop("Buying"), {"week": [_week(WEEKDAYS, "08:30-16:30")]}, "site"),
    (
        "stores",
        gettext_noop("Central store"),
        {"week": [_week(WEEKDAYS, "07:00-19:00"), _week(WEEKEND, "08:00-12:00")]},
        [["08:00", "12:00"]],
    ),
    ("biomed", gettext_noop("Clinical engineering"), {"week": [_week(WEEKDAYS, "08:00-17:00")]}, "site"),
    ("estates", gettext_noop("Estates"), {"week": [_week(WEEKDAYS, "07:30-16:30")]}, "site"),
    ("itdesk", gettext_noop("IT desk"), {"week": [_week(EVERY_DAY, "07:00-19:00")]}, "none"),
    ("domestic", gettext_noop("Cleaning"), {"week": [_week(EVERY_DAY, "06:00-22:00")]}, "none"),
    ("linen", gettext_noop("Linen"), {"week": [_week(EVERY_DAY[:-1], "06:00-14:00")]}, "site"),
    ("night", gettext_noop("Night"), {"week": [_week(EVERY_DAY, "21:30-07:30")]}, "none"),
    (
        "clinic",
        gettext_noop("Outpatients"),
        {
            "week": [_week(WEEKDAYS, "08:00-12:30", "13:30-17:00")],
            "until": {"12-24": "12:30", "12-31": "12:30"},
        },
        "site",
    ),
)

STORE, BOUGHT = Service.SUPPLY_STORE, Service.SUPPLY_BOUGHT
EMERGENCY, URGENT, ROUTINE, PLANNED = Priority.EMERGENCY, Priority.URGENT, Priority.ROUTINE, Priority.PLANNED
MIN, H, WH, WD = Unit.MINUTES, Unit.HOURS, Unit.WORKING_HOURS, Unit.WORKING_DAYS

AT_THE_TIME = {"anchor": Anchor.AGREED, "response_anchor": Anchor.AGREED}

# service, priority, response, fulfilment (bought: until ordered, and the day after delivery), calendar
TARGETS: tuple[tuple[str, str, tuple[int, str], tuple[int, str], str, dict[str, Any]], ...] = (
    (STORE, EMERGENCY, (10, MIN), (60, MIN), "always", {}),
    (STORE, URGENT, (1, WH), (4, WH), "stores", {}),
    (STORE, ROUTINE, (4, WH), (12, WH), "stores", {}),
    (STORE, PLANNED, (1, WD), (0, WH), "stores", AT_THE_TIME),
    (BOUGHT, EMERGENCY, (30, MIN), (2, H), "always", {"plus_lead_time": True, "lead_calendar": "buying"}),
    (BOUGHT, URGENT, (2, WH), (4, WH), "buying", {"plus_lead_time": True}),
    (BOUGHT, ROUTINE, (1, WD), (3, WD), "buying", {"plus_lead_time": True}),
    (BOUGHT, PLANNED, (1, WD), (0, WH), "buying", {"anchor": Anchor.AGREED, "plus_lead_time": True}),
    (Service.LOAN, EMERGENCY, (5, MIN), (30, MIN), "always", {}),
    (Service.LOAN, URGENT, (15, MIN), (2, H), "always", {}),
    (Service.LOAN, ROUTINE, (1, H), (8, H), "always", {}),
    (Service.REPAIR_A, EMERGENCY, (15, MIN), (24, H), "always", {}),
    (Service.REPAIR_A, URGENT, (30, MIN), (24, H), "always", {}),
    (Service.REPAIR_A, ROUTINE, (4, WH), (3, WD), "biomed", {}),
    (Service.REPAIR_B, EMERGENCY, (30, MIN), (2, WD), "always", {}),
    (Service.REPAIR_B, URGENT, (1, WH), (2, WD), "always", {}),
    (Service.REPAIR_B, ROUTINE, (1, WD), (5, WD), "biomed", {}),
    (Service.REPAIR_C, URGENT, (4, WH), (3, WD), "biomed", {}),
    (Service.REPAIR_C, ROUTINE, (1, WD), (10, WD), "biomed", {}),
    (Service.REPAIR_BUILDING, EMERGENCY, (30, MIN), (24, H), "always", {}),
    (Service.REPAIR_BUILDING, URGENT, (4, WH), (1, WD), "estates", {}),
    (Service.REPAIR_BUILDING, ROUTINE, (2, WD), (10, WD), "estates", {}),
    (Service.REPAIR_BUILDING, PLANNED, (2, WD), (0, WH), "estates", {"anchor": Anchor.AGREED}),
    (Service.IT_FAULT, EMERGENCY, (15, MIN), (4, H), "always", {}),
    (Service.IT_FAULT, URGENT, (1, WH), (8, WH), "itdesk", {}),
    (Service.IT_FAULT, ROUTINE, (8, WH), (3, WD), "itdesk", {}),
    (Service.IT_ACCESS, URGENT, (1, WH), (4, WH), "itdesk", {}),
    (Service.IT_ACCESS, ROUTINE, (4, WH), (2, WD), "itdesk", {}),
    (Service.IT_EQUIPMENT, ROUTINE, (1, WD), (10, WD), "itdesk", {}),
    (Service.MOVE_PATIENT, EMERGENCY, (2, MIN), (15, MIN), "always", {}),
    (Service.MOVE_PATIENT, URGENT, (5, MIN), (30, MIN), "always", {}),
    (Service.MOVE_PATIENT, ROUTINE, (15, MIN), (60, MIN), "always", {}),
    (Service.MOVE_PATIENT, PLANNED, (10, MIN), (0, WH), "always", AT_THE_TIME),
    (Service.MOVE_SAMPLE, URGENT, (5, MIN), (25, MIN), "always", {}),
    (Service.MOVE_SAMPLE, ROUTINE, (60, MIN), (90, MIN), "always", {}),  # taken on the next round
    (Service.MOVE_BLOOD, EMERGENCY, (2, MIN), (10, MIN), "always", {}),
    (Service.MOVE_BLOOD, URGENT, (5, MIN), (25, MIN), "always", {}),
    (Service.MOVE_GOODS, URGENT, (15, MIN), (45, MIN), "always", {}),
    (Service.MOVE_GOODS, ROUTINE, (30, MIN), (2, H), "always", {}),
    (Service.MOVE_AFTER_DEATH, ROUTINE, (30, MIN), (2, H), "always", {}),
    (Service.CLEAN_SPILL, EMERGENCY, (10, MIN), (30, MIN), "always", {}),
    (Service.CLEAN_BED, URGENT, (30, MIN), (75, MIN), "domestic", {}),
    (Service.CLEAN_ISOLATION, URGENT, (45, MIN), (150, MIN), "domestic", {}),
    (Service.CLEAN_OTHER, ROUTINE, (4, H), (8, WH), "domestic", {}),  # until the end of a shift
    (Service.LINEN_WASTE, URGENT, (1, H), (3, H), "linen", {}),
    (Service.LINEN_WASTE, ROUTINE, (1, WD), (1, WD), "linen", {}),  # with the next round
    (Service.TASK, ROUTINE, (1, WD), (5, WD), "office", {}),
    (
        Service.TASK,
        PLANNED,
        (0, MIN),
        (0, WH),
        "always",
        AT_THE_TIME,
    ),  # taken and done by the day of the bundle
    (Service.OTHER, ROUTINE, (1, WD), (5, WD), "office", {}),
)

# priority, amount, unit, calendar ('' = the calendar of the step)
APPROVAL_TARGETS: tuple[tuple[str, int, str, str], ...] = (
    (EMERGENCY, 30, MIN, "always"),
    (URGENT, 2, WH, "office"),
    (ROUTINE, 1, WD, ""),
    (PLANNED, 2, WD, ""),
)

# Where the hospital itself does not say: time zone -> country and region of the package `holidays`
HOLIDAYS_OF = {"Europe/London": "GB-ENG", "Europe/Berlin": "DE"}
YEARS_BACK, YEARS_AHEAD = 1, 2


@verb
def install(*, hospital: Hospital, by: "User") -> None:
    """Give `hospital` the shipped calendars and its public holidays, and the group the shipped target times.

    Holidays cover last year to the year after next. What is there already, also where it was edited, stays as it is.
    """
    calendars.set_holidays(hospital=hospital, days=_public_holidays(hospital), by=by)
    known = calendars.find(hospital, [code for code, *_rest in CALENDARS])
    for code, name, windows, holidays in CALENDARS:
        if code not in known:
            calendars.publish_calendar(
                hospital=hospital, code=code, name=_(name), windows=windows, holidays=holidays, by=by
            )
    promised = set(SlaTarget.objects.filter(hospital=None).values_list("service", "priority"))
    for service, priority, response, fulfilment, calendar, more in TARGETS:
        if (service, priority) not in promised:
            _promise(service, priority, response, fulfilment, calendar, **more)
    decided = set(ApprovalTarget.objects.values_list("priority", flat=True))
    for priority, amount, unit, calendar in APPROVAL_TARGETS:
        if priority not in decided:
            ApprovalTarget.objects.create(priority=priority, amount=amount, unit=unit, calendar=calendar)


def _promise(
    service: str,
    priority: str,
    response: tuple[int, str],
    fulfilment: tuple[int, str],
    calendar: str,
    **more: Any,
) -> None:
    SlaTarget.objects.create(
        service=service,
        priority=priority,
        response_amount=response[0],
        response_unit=response[1],
        fulfilment_amount=fulfilment[0],
        fulfilment_unit=fulfilment[1],
        calendar=calendar,
        **more,
    )


def _public_holidays(hospital: Hospital) -> dict[date, str]:
    """Dates and names by the hospital's country and region, else by its zone; none where neither is known."""
    country, _dash, region = (hospital.holidays or HOLIDAYS_OF.get(hospital.time_zone, "")).partition("-")
    if not country:
        return {}
    year = now().year
    years = range(year - YEARS_BACK, year + YEARS_AHEAD + 1)
    return dict(public_holidays.country_holidays(country, subdiv=region or None, years=years))
