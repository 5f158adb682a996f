from datetime import UTC, date, datetime, timedelta

import pytest

from sla.business_time import Calendar, NeverOpen

OFFICE = Calendar(
    weekly={day: [(480, 1080)] for day in range(5)}, special={date(2026, 5, 4): []}, zone="Europe/London"
)
FINANCE = Calendar(weekly={day: [(540, 750), (810, 1020)] for day in range(5)}, zone="Europe/London")
NIGHT = Calendar(weekly={day: [(1290, 1890)] for day in range(7)}, zone="Europe/London")
ALWAYS = Calendar(weekly={day: [(0, 1440)] for day in range(7)}, zone="Europe/London")
HOUR = 3600


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_a_working_day_is_the_longest_day_of_the_week():
    assert OFFICE.working_day_seconds == 10 * HOUR
    assert FINANCE.working_day_seconds == 7 * HOUR
    assert NIGHT.working_day_seconds == 10 * HOUR
    assert ALWAYS.working_day_seconds == 24 * HOUR
    assert Calendar(weekly={}, zone="UTC").working_day_seconds == 0


def test_a_holiday_monday_is_skipped():
    assert OFFICE.add(utc(2026, 5, 1, 15), 4 * HOUR) == utc(
        2026, 5, 5, 9
    )  # Friday 16:00 -> Tuesday 10:00, BST
    assert OFFICE.subtract(utc(2026, 5, 5, 9), 4 * HOUR) == utc(2026, 5, 1, 15)


def test_an_answer_at_the_end_of_a_window_stays_there():
    assert OFFICE.add(utc(2026, 5, 5, 9), 8 * HOUR) == utc(2026, 5, 5, 17)
    assert OFFICE.subtract(utc(2026, 5, 5, 9), 2 * HOUR) == utc(2026, 5, 5, 7)


def test_lunch_is_not_counted():
    assert FINANCE.add(utc(2026, 5, 5, 11), HOUR) == utc(2026, 5, 5, 13)


def test_the_night_of_a_clock_change_is_as_long_as_it_was():
    spring, autumn = utc(2026, 3, 28, 12), utc(2026, 10, 24, 12)
    assert NIGHT.elapsed(spring, spring + timedelta(days=1)) == 9 * HOUR
    assert NIGHT.elapsed(autumn, autumn + timedelta(days=1)) == 11 * HOUR
    assert ALWAYS.add(utc(2026, 3, 29, 0, 30), 2 * HOUR) == utc(2026, 3, 29, 2, 30)


def test_a_moment_in_a_local_zone_is_the_same_moment():
    local = utc(2026, 10, 25, 1, 30).astimezone(OFFICE._zone)
    assert ALWAYS.elapsed(utc(2026, 10, 25, 0, 30).astimezone(OFFICE._zone), local) == HOUR


def test_half_days_end_early_and_only_where_the_day_is_open():
    clinic = Calendar(weekly=FINANCE.weekly, zone="Europe/London", yearly_until={(12, 24): 750})
    assert clinic.add(utc(2026, 12, 24, 12), HOUR) == utc(2026, 12, 25, 9, 30)
    assert clinic.elapsed(utc(2027, 12, 24), utc(2027, 12, 25)) == 3.5 * HOUR
    assert clinic.elapsed(utc(2028, 12, 24), utc(2028, 12, 25)) == 0  # a Sunday


def test_next_open():
    assert OFFICE.next_open(utc(2026, 5, 2, 12)) == utc(2026, 5, 5, 7)
    assert OFFICE.next_open(utc(2026, 5, 5, 9)) == utc(2026, 5, 5, 9)


def test_far_answers_are_found_and_impossible_ones_refused():
    christmas = Calendar(weekly={}, special={date(2041, 12, 25): [(0, 60)]}, zone="UTC")
    assert christmas.add(utc(2026, 1, 1), 60) == utc(2041, 12, 25, 0, 1)
    assert christmas.subtract(utc(2060, 1, 1), 60) == utc(2041, 12, 25, 0, 59)
    for ask in (
        lambda: christmas.add(utc(2026, 1, 1), HOUR + 1),
        lambda: christmas.next_open(utc(2042, 1, 1)),
    ):
        with pytest.raises(NeverOpen):
            ask()
    with pytest.raises(NeverOpen):
        Calendar(weekly={}, zone="UTC").subtract(utc(2026, 1, 1), 1)


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="not a window"):
        Calendar(weekly={0: [(600, 540)]}, zone="UTC")
    with pytest.raises(ValueError, match="aware"):
        OFFICE.add(datetime(2026, 5, 5), 1)
    for verb in (OFFICE.add, OFFICE.subtract):
        with pytest.raises(ValueError, match="negative"):
            verb(utc(2026, 5, 5), -1)
        assert verb(utc(2026, 5, 3), 0) == utc(2026, 5, 3)
    assert OFFICE.elapsed(utc(2026, 5, 6), utc(2026, 5, 5)) == -10 * HOUR
