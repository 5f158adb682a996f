"""A clock stands still while the work waits: it keeps the open time that was left, whatever lies between."""

import os
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from requests_app import lifecycle, waiting, work
from requests_app.models import Repair, ServiceRequest
from requests_app.standing import Standing
from requests_app.standing import of as standing_of
from sla import clocks, escalation, pausing, words
from sla.business_time import Calendar
from sla.models import Clock, ClockEvent
from sla.replay import reached, stood_still
from tests import repairs

from .oracle import MINUTE, ZONES, Plan, changes, local_minutes, open_minutes

H, D = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2030, 5, 13, 9, tzinfo=UTC)  # 10:00 in London
DEEP = "TEST_DEEP" in os.environ
CASES = settings(max_examples=5000 if DEEP else 120, deadline=None, suppress_health_check=list(HealthCheck))
DAYS = 4


# --- pure: against minutes that are counted one by one ---------------------------------------------------------------
@st.composite
def plans(draw) -> Plan:
    starts = st.integers(0, 1380)
    weekly = {
        day: [(start, start + draw(st.integers(30, 700))) for start in draw(st.lists(starts, max_size=2))]
        for day in range(7)
    }
    return Plan(draw(st.sampled_from(ZONES)), weekly)


@CASES
@given(st.data())
def test_a_pause_over_nights_weekends_and_changes_of_the_clock_takes_what_is_left_and_no_more(data):
    plan = data.draw(plans())
    begin = data.draw(st.sampled_from(changes(plan.zone, 2026, 2030) or [MONDAY])) - 2 * D
    truth = open_minutes(plan, begin, local_minutes(plan.zone, begin, DAYS * 1440))
    edges = sorted(data.draw(st.lists(st.integers(0, 1440 * (DAYS - 1)), max_size=6)))
    pairs = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    counted = [is_open and not any(a <= at < b for a, b in pairs) for at, is_open in enumerate(truth.open)]
    if not any(counted):
        return
    minutes = data.draw(st.integers(1, sum(counted)))
    passed, at = 0, -1
    while passed < minutes:
        at += 1
        passed += counted[at]
    calendar = Calendar(weekly=plan.weekly, zone=plan.zone)
    stretches = [(truth.at(a), truth.at(b)) for a, b in pairs]
    assert reached(calendar, begin, minutes * 60, stretches) == truth.at(at + 1)
    assert stood_still(stretches, begin) == sum(b - a for a, b in pairs) * 60


def test_what_stands_still_now_is_due_only_where_its_time_was_used_before():
    always = Calendar(weekly={day: [(0, 1440)] for day in range(7)}, zone="UTC")
    assert reached(always, MONDAY, 3600, [(MONDAY + 30 * MINUTE, None)]) is None
    assert reached(always, MONDAY, 3600, [(MONDAY + H, None)]) == MONDAY + H
    assert reached(always, MONDAY, 3600, [(MONDAY + 2 * H, None)]) == MONDAY + H


# --- a repair that waits -----------------------------------------------------------------------------------------------
@pytest.fixture
def case(world: SimpleNamespace) -> SimpleNamespace:
    """A repair of a bed, urgent: due three days of wall clock after Monday 10:00; somebody has it."""
    repairs.equip(world)
    return world


def sent(world: SimpleNamespace, **more) -> ServiceRequest:
    with clock.at(MONDAY):
        return repairs.sent(world, **more)


def taken(world: SimpleNamespace, by: str = "biomed", **more) -> ServiceRequest:
    found = sent(world, **more)
    world.fixer = world.engineer if found.team.code == "biomed" else of_team(world, found.team)
    with clock.at(MONDAY + H):
        return work.take(request=found, by=world.fixer)


def of_team(world, team):
    from tests import personas

    return personas.person("gwen.rees", role="fulfiller", place=team)


def fulfilment(request) -> Clock:
    return Clock.objects.select_related("calendar").get(request=request, kind="fulfilment")


def wait(world, request, at, *, reason="parts", until=2 * D) -> None:
    with clock.at(at):
        waiting.wait(request=request, reason=reason, by=world.fixer, again_at=at + until)


def resume(world, request, at) -> None:
    with clock.at(at):
        waiting.resume(request=request, by=world.fixer)


def now_of(request) -> ServiceRequest:
    return ServiceRequest.objects.select_related("hospital", "category").get(pk=request.pk)


BED = {"equipment": repairs.BED, "symptoms": ["brake"], "needed": "can_wait"}  # routine: ten working days


def test_waiting_stops_the_clock_and_going_on_gives_back_the_open_time(case):
    found = taken(case, **BED)
    before = fulfilment(found)
    wait(case, found, MONDAY + 2 * H)  # Monday 12:00 to Thursday 12:00
    still = fulfilment(found)
    assert (still.paused_at, still.next_check_at, still.promised_at) == (MONDAY + 2 * H, None, None)
    shown = now_of(found)
    assert (shown.due_at, standing_of(shown, MONDAY + 90 * D)) == (None, Standing.WAITING)
    assert escalation.sweep(now=MONDAY + 90 * D)["due"] == 0  # neither warned of nor late
    resume(case, found, MONDAY + 3 * D + 2 * H)
    after = fulfilment(found)
    assert after.due_at == before.due_at + 3 * D  # three working days more
    assert now_of(found).due_at == after.due_at
    assert after.paused_seconds == 3 * 24 * 3600
    assert list(after.events.values_list("kind", "about")) == [
        ("started", ""),
        ("paused", "parts"),
        ("resumed", ""),
    ]


def test_a_weekend_of_waiting_costs_nothing(case):
    found = taken(case, **BED)
    before = fulfilment(found)
    friday = datetime(2030, 5, 17, 16, tzinfo=UTC)  # 17:00, when they go home
    wait(case, found, friday, until=3 * D)
    resume(case, found, datetime(2030, 5, 20, 7, tzinfo=UTC))
    assert fulfilment(found).due_at == before.due_at


def test_what_a_page_says_while_it_waits_and_after(case):
    found = taken(case, **BED)
    wait(case, found, MONDAY + 2 * H)
    shown = now_of(found)
    chip = words.request_chip(shown, MONDAY + 3 * H)
    assert (chip.tone, chip.words) == ("hold", "Waiting for parts")
    row = words.rows(shown, clocks.shown(shown), MONDAY + 3 * H)[-1]
    assert (row.chip.words, row.note) == (
        "Waiting for parts",
        "The time stands still since Mon 13 May, 12:00",
    )
    resume(case, found, MONDAY + 5 * H)
    row = words.rows(now_of(found), clocks.shown(found), MONDAY + 6 * H)[-1]
    assert row.note == "The time stood still for 3 h"


def test_a_reason_that_is_the_teams_own_does_not_stop_the_clock(case):
    found = taken(case, **BED)
    before = fulfilment(found)
    wait(case, found, MONDAY + 2 * H, reason="contractor")
    assert fulfilment(found).paused_at is None
    assert now_of(found).due_at == before.due_at


def test_what_was_late_before_stays_late_and_climbs_no_further_while_it_waits(case):
    found = taken(case, **BED)
    late = fulfilment(found).due_at + H
    wait(case, found, late, until=9 * D)
    shown = now_of(found)
    assert shown.due_at == late - H
    assert standing_of(shown, late + D) == Standing.LATE
    assert escalation.sweep(now=late + 8 * D)["due"] == 0


def test_done_while_it_waits_is_in_time_if_time_was_left(case):
    found = taken(case, **BED)
    wait(case, found, MONDAY + 2 * H, until=60 * D)
    with clock.at(MONDAY + 50 * D):
        work.finish(request=found, by=case.fixer, outcome="fixed_on_ward")
    ended = fulfilment(found)
    assert (ended.outcome, ended.paused_at, ended.state) == ("met", None, "stopped")
    assert [event.kind for event in ended.events.all()] == ["started", "paused", "resumed", "stopped"]


def test_cancelled_while_it_waits_leaves_nothing_that_runs(case):
    found = taken(case, **BED)
    wait(case, found, MONDAY + 2 * H)
    with clock.at(MONDAY + D):
        lifecycle.cancel(request=found, by=case.nurse, reason="Not needed")
    assert {one.state for one in Clock.objects.filter(request=found)} == {"stopped"}
    assert fulfilment(found).outcome == "cancelled"


def test_passed_on_the_clock_goes_on(case):
    found = taken(case, **BED)
    before = fulfilment(found)
    with clock.at(MONDAY + 2 * H):
        work.pass_on(request=found, team=case.teams["triage"], reason="Not ours", by=case.fixer)
    after = fulfilment(found)
    assert (after.state, after.due_at, after.paused_at) == ("running", before.due_at, None)


def test_a_closed_case_never_changes(case):
    found = taken(case, **BED)
    with clock.at(MONDAY + 3 * H):
        work.finish(request=found, by=case.fixer, outcome="fixed_on_ward")
    before = list(Clock.objects.filter(request=found).values())
    with clock.at(MONDAY + 4 * H):
        pausing.resume(request=found, by=case.system)
        pausing.retarget(request=found, by=case.system)
    assert list(Clock.objects.filter(request=found).values()) == before


# --- what patients depend on, and another promise -------------------------------------------------------------------------
URGENT = {"equipment": repairs.DEFIBRILLATOR, "symptoms": ["pads"], "safe": "no_removed"}


def test_parts_for_what_patients_depend_on_stop_the_clock_only_with_a_work_around(case):
    found = taken(case, **URGENT)
    assert (found.service, found.priority) == ("repair_a", "urgent")
    wait(case, found, MONDAY + 2 * H)
    assert fulfilment(found).paused_at is None
    assert now_of(found).due_at == MONDAY + D
    with clock.at(MONDAY + 3 * H):
        made_safe(found, case)
    still = fulfilment(found)
    assert still.paused_at == MONDAY + 3 * H
    resume(case, found, MONDAY + 4 * H)
    assert fulfilment(found).due_at > MONDAY + D


def made_safe(found, world) -> None:
    """What the verb of the repair leaves, and then what clocks do about it."""
    Repair.objects.filter(request=found).update(made_safe_at=clock.now())
    ServiceRequest.objects.filter(pk=found.pk).update(priority="routine")
    pausing.help_arrived(request=ServiceRequest.objects.get(pk=found.pk), by=world.system)


def test_another_priority_is_promised_from_the_start_and_what_stood_still_is_kept(case):
    found = taken(case, **URGENT)
    wait(case, found, MONDAY + 2 * H, reason="not_clean")
    resume(case, found, MONDAY + 4 * H)
    assert fulfilment(found).due_at == MONDAY + D + 2 * H
    escalation.sweep(now=MONDAY + D)
    assert fulfilment(found).warned_at
    with clock.at(MONDAY + D):
        made_safe(found, case)
    again = fulfilment(found)
    # three working days of clinical engineering from Monday 10:00, without the two hours (12:00 to 14:00)
    assert again.due_at == datetime(2030, 5, 16, 11, tzinfo=UTC)
    assert (again.started_at, again.round, again.warned_at, again.paused_seconds) == (MONDAY, 2, None, 7200)
    assert ClockEvent.objects.filter(clock=again, kind="retargeted", about="routine").count() == 1
    escalation.sweep(now=again.warn_at)
    assert fulfilment(found).warned_at == again.warn_at


def test_an_agreed_time_is_never_moved(case, django_user_model):
    found = taken(case, **BED)
    Clock.objects.filter(request=found).update(fixed=True)
    before = fulfilment(found)
    wait(case, found, MONDAY + 2 * H)
    assert fulfilment(found).paused_at is None
    resume(case, found, MONDAY + 5 * H)
    with clock.at(MONDAY + 6 * H):
        pausing.retarget(request=found, by=case.system)
    assert fulfilment(found).due_at == before.due_at
