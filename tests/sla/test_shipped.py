"""The shipped hours and targets say what the table of defaults says."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.errors import Invalid
from sla import calendars, shipped, windows
from sla.models import BusinessCalendar, Holiday, SlaTarget

HOURS_OF_A_DAY = {
    "always": 24, "office": 10, "finance": 7, "buying": 8, "stores": 12, "biomed": 9,
    "estates": 9, "itdesk": 12, "domestic": 16, "linen": 8, "night": 10, "clinic": 8,
}  # fmt: skip


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def hours(place, code, start, days=1):
    row = BusinessCalendar.objects.get(hospital=place.hospital, code=code)
    return calendars.compiled(row, "Europe/London").elapsed(start, start + timedelta(days=days)) / 3600


def test_the_longest_days(place):
    rows = BusinessCalendar.objects.filter(hospital=place.hospital)
    assert {
        r.code: calendars.compiled(r, "Europe/London").working_day_seconds / 3600 for r in rows
    } == HOURS_OF_A_DAY


def test_a_bank_holiday(place):
    may_day = utc(2026, 5, 3, 23)
    open_hours = {code: hours(place, code, may_day) for code in HOURS_OF_A_DAY}
    closed = dict.fromkeys(("office", "finance", "buying", "biomed", "estates", "linen", "clinic"), 0)
    assert open_hours == {"always": 24, "stores": 4, "itdesk": 12, "domestic": 16, "night": 10, **closed}


def test_half_days_and_weekends(place):
    assert hours(place, "clinic", utc(2026, 12, 24)) == 4.5
    assert hours(place, "clinic", utc(2026, 12, 31)) == 4.5
    assert hours(place, "stores", utc(2026, 5, 8, 23)) == 4  # a Saturday


def test_holidays_of_four_years(place):
    years = {
        day.year for day in Holiday.objects.filter(hospital=place.hospital).values_list("date", flat=True)
    }
    assert years == {2025, 2026, 2027, 2028}
    before = BusinessCalendar.objects.get(hospital=place.hospital, code="office").version
    calendars.set_holidays(
        hospital=place.hospital,
        days={datetime(2026, 6, 1, tzinfo=UTC).date(): "Founders' day"},
        by=place.system,
    )
    versions = dict(BusinessCalendar.objects.filter(hospital=place.hospital).values_list("code", "version"))
    assert versions["office"] == versions["stores"] == before + 1
    assert versions["always"] == 1
    assert hours(place, "office", utc(2026, 6, 1)) == 0


def test_what_was_edited_stays(place):
    SlaTarget.objects.filter(service="supply_store", priority="urgent").update(fulfilment_amount=3)
    BusinessCalendar.objects.filter(code="office").update(windows={"week": []})
    shipped.install(hospital=place.hospital, by=place.system)
    assert SlaTarget.objects.get(service="supply_store", priority="urgent").fulfilment_amount == 3
    assert BusinessCalendar.objects.get(code="office").windows == {"week": []}


@pytest.mark.parametrize(
    ("wrong", "holidays"),
    [
        ({"week": [{"days": [7], "open": [["08:00", "09:00"]]}]}, "site"),
        ({"week": [{"days": [0], "open": [["08:00", "25:00"]]}]}, "site"),
        ({"week": [{"days": [0], "open": [["24:00", "09:00"]]}]}, "site"),
        ({"week": [{"days": [0], "open": ["08:00"]}]}, "site"),
        ({"days": []}, "site"),
        ([], "site"),
        ({"week": []}, "sometimes"),
        ({"week": [], "until": {"13-24": "12:00"}}, "site"),
        ({"week": []}, 5),
    ],
)
def test_what_are_not_opening_times_is_refused(place, wrong, holidays):
    with pytest.raises(Invalid) as refused:
        calendars.publish_calendar(
            hospital=place.hospital, code="x", name="X", windows=wrong, holidays=holidays, by=place.system
        )
    assert "windows" in refused.value.errors


def test_the_same_content_is_compiled_once(place):
    row = BusinessCalendar.objects.get(hospital=place.hospital, code="office")
    again = BusinessCalendar.objects.get(hospital=place.hospital, code="office")
    assert calendars.compiled(row, "Europe/London") is calendars.compiled(again, "Europe/London")
    assert windows.compiled(row.windows, "none", [], "Europe/London") is not calendars.compiled(
        row, "Europe/London"
    )
