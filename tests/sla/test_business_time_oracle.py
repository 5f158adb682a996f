"""Calendar against the minute-stepping oracle. TEST_DEEP=1 runs 20,000 cases."""

import os
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sla.business_time import Calendar

from .oracle import MINUTE, ZONES, Minutes, Plan, changes, local_minutes, open_minutes

DEEP = "TEST_DEEP" in os.environ
SPAN = (3 if DEEP else 2) * 1440
CASES = settings(max_examples=20_000 if DEEP else 250, deadline=None, suppress_health_check=list(HealthCheck))


def calendar_of(plan: Plan) -> Calendar:
    return Calendar(weekly=plan.weekly, special=plan.special, zone=plan.zone)


class WallClock(Calendar):
    """Deliberately wrong: counts wall-clock time between aware local moments, as Python's subtraction does."""

    def elapsed(self, start: datetime, end: datetime) -> float:
        zone = ZoneInfo(self.zone)
        shift = (end.astimezone(zone) - start.astimezone(zone)) - (end - start)
        return super().elapsed(start, end) + shift.total_seconds()


class ForgetsMidnight(Calendar):
    """Deliberately wrong: a window ends at midnight."""

    def _windows(self, day):
        return [(start, min(end, 1440)) for start, end in super()._windows(day)]


class ForgetsHolidays(Calendar):
    """Deliberately wrong: special dates do not count."""

    def _windows(self, day):
        return self.weekly.get(day.weekday(), ())


def differences(calendar: Calendar, truth: Minutes, step: int) -> int:
    """How many stretches of `step` minutes the calendar counts otherwise than the oracle."""
    marks = range(0, len(truth.open) - step + 1, step)
    return sum(
        calendar.elapsed(truth.at(i), truth.at(i + step)) != 60 * truth.elapsed(i, i + step) for i in marks
    )


@cache
def zone_changes(zone: str) -> list[datetime]:
    return changes(zone, 2025, 2035)


@st.composite
def day_windows(draw):
    kind = draw(st.sampled_from(("closed", "day", "split", "night", "all", "any")))
    if kind == "any":
        start = draw(st.integers(0, 1439))
        return [(start, start + draw(st.integers(1, 1440)))]
    return {
        "closed": [],
        "day": [(480, 1080)],
        "split": [(540, 750), (810, 1020)],
        "night": [(1290, 1890)],
        "all": [(0, 1440)],
    }[kind]


@st.composite
def cases(draw):
    zone = draw(st.sampled_from(ZONES))
    near = [*zone_changes(zone), datetime(2011, 12, 30, 10, tzinfo=UTC)]  # Apia had no 30 December 2011
    start = draw(
        st.one_of(
            st.datetimes(datetime(2024, 1, 1), datetime(2036, 1, 1)).map(lambda d: d.replace(tzinfo=UTC)),
            st.builds(lambda c, m: c - m * MINUTE, st.sampled_from(near), st.integers(0, SPAN)),
        )
    ).replace(second=0, microsecond=0)
    weekly = {day: draw(day_windows()) for day in range(7)}
    special = {
        (start + timedelta(days=n)).date(): draw(day_windows())
        for n in draw(st.sets(st.integers(-1, 3), max_size=2))
    }
    return Plan(zone, weekly, special), start


@pytest.mark.timeout(7200 if DEEP else 300)
@CASES
@given(cases(), st.data())
def test_the_calendar_agrees_with_the_oracle_to_the_minute(case, data):
    plan, start = case
    truth = open_minutes(plan, start, local_minutes(plan.zone, start, SPAN))
    calendar = calendar_of(plan)
    a, b, c = sorted(data.draw(st.lists(st.integers(0, SPAN), min_size=3, max_size=3)))
    assert calendar.elapsed(truth.at(a), truth.at(c)) == 60 * truth.elapsed(a, c)
    assert calendar.elapsed(truth.at(a), truth.at(b)) + calendar.elapsed(
        truth.at(b), truth.at(c)
    ) == calendar.elapsed(truth.at(a), truth.at(c))
    if a < SPAN:
        assert calendar.is_open(truth.at(a)) == truth.open[a]
        if True in truth.open[a:]:
            assert calendar.next_open(truth.at(a)) == truth.at(truth.open.index(True, a))
    if ahead := truth.elapsed(a, SPAN):
        minutes = data.draw(st.integers(1, ahead))
        due = calendar.add(truth.at(a), 60 * minutes)
        assert due == truth.add(a, minutes)
        if truth.elapsed(b, SPAN) >= minutes:
            assert due <= calendar.add(truth.at(b), 60 * minutes), "a later start may not be due earlier"
    if behind := truth.elapsed(0, c):
        minutes = data.draw(st.integers(1, behind))
        assert calendar.subtract(truth.at(c), 60 * minutes) == truth.subtract(c, minutes)


PLANS = {
    "office": {day: [(480, 1080)] for day in range(5)},
    "night": {day: [(1290, 1890)] for day in range(7)},
    "always": {day: [(0, 1440)] for day in range(7)},
    "small hours": {day: [(0, 90), (150, 200)] for day in range(7)},
}


@pytest.mark.parametrize("zone", ZONES)
def test_every_clock_change_of_2025_to_2035(zone):
    for change in zone_changes(zone):
        start = change - timedelta(hours=8)
        walk = local_minutes(zone, start, 16 * 60)
        for weekly in PLANS.values():
            plan = Plan(zone, weekly)
            assert differences(calendar_of(plan), open_minutes(plan, start, walk), 10) == 0, (
                zone,
                change,
                weekly,
            )


@pytest.mark.parametrize("wrong", [WallClock, ForgetsMidnight, ForgetsHolidays])
def test_the_comparison_finds_a_wrong_calendar(wrong):
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)
    holiday = {datetime(2026, 3, 29).date(): []}
    plan = Plan("Europe/London", PLANS["night"], holiday if wrong is ForgetsHolidays else {})
    truth = open_minutes(plan, start, local_minutes(plan.zone, start, SPAN))
    assert differences(calendar_of(plan), truth, 10) == 0
    assert differences(wrong(weekly=plan.weekly, special=plan.special, zone=plan.zone), truth, 10) > 0
