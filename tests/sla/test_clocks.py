"""Clocks start, stop and show the right due time, however the facts arrive."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal import clock
from portal.accounts import scopes
from requests_app import lifecycle
from requests_app.models import CaseException
from requests_app.states import RunOut, Source
from sla import calendars, clocks, shipped
from sla.models import ApprovalTarget, BusinessCalendar, Clock, ClockEvent, SlaTarget

from .conftest import TUESDAY, build_place

HOUR = timedelta(hours=1)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def start(request, by, about="step:1", calendar="office"):
    return clocks.start_approval_clock(request=request, about=about, calendar=calendar, by=by)


def running(request):
    return {(c.kind, c.about): c for c in Clock.objects.filter(request=request, state="running")}


def shown(request):
    fresh = type(request).objects.get(pk=request.pk)
    assert (request.due_at, request.warn_at) == (fresh.due_at, fresh.warn_at)
    return fresh.due_at


def test_a_decision_is_due_after_a_working_day_of_its_step(place):
    request = place.send()
    made = start(request, place.system)
    assert (made.due_at, made.warn_at) == (TUESDAY + 24 * HOUR, TUESDAY + 7.5 * HOUR)  # ten working hours
    assert (made.target_seconds, made.calendar.code, made.calendar_version) == (36_000, "office", 1)
    assert shown(request) == made.due_at
    assert [event.kind for event in made.events.all()] == ["started"]


def test_starting_twice_starts_once(place):
    request = place.send()
    start(request, place.system)
    assert start(request, place.system) is None
    assert Clock.objects.count() == ClockEvent.objects.count() == 1


def test_the_decision_that_is_due_first_is_shown(place):
    request = place.send()
    start(request, place.system, "step:1", "finance")
    start(request, place.system, "step:2", "stores")
    due = {about: c.due_at for (_kind, about), c in running(request).items()}
    assert shown(request) == min(due.values()) == due["step:1"]
    clocks.stop_clock(request=request, kind="approval", about="step:1", by=place.system)
    assert shown(request) == due["step:2"]


def test_approval_ends_the_decision_and_starts_the_work(place):
    request = place.send(place.item("GLV"), run_out=RunOut.BEFORE_DELIVERY)
    start(request, place.system)
    with clock.at(TUESDAY + HOUR):
        request = lifecycle.approve(request=request, by=place.system)
    decided = Clock.objects.get(kind="approval")
    assert (decided.outcome, decided.stopped_at) == ("met", TUESDAY + HOUR)
    now = running(request)
    assert {kind for kind, _about in now} == {"response", "fulfilment"}
    assert now["response", ""].due_at == TUESDAY + 2 * HOUR
    assert shown(request) == now["fulfilment", ""].due_at == TUESDAY + 5 * HOUR


def test_taken_and_received_end_the_work(place):
    request = place.release()
    with clock.at(TUESDAY + HOUR):
        request = lifecycle.start_fulfilment(request=request, by=place.system)
    assert Clock.objects.get(kind="response").outcome == "met"
    with clock.at(TUESDAY + timedelta(days=9)):
        clocks.stop_fulfilment(request=request, by=place.system)
    assert Clock.objects.get(kind="fulfilment").outcome == "late"
    assert shown(request) is None
    assert clocks.start_work_clocks(request=request, by=place.system) == []


def test_what_is_decided_gets_no_decision_clock_however_late_its_step_is_heard_of(place):
    request = place.release()
    assert start(request, place.system) is None
    assert {kind for kind, _about in running(request)} == {"response", "fulfilment"}


@pytest.mark.parametrize("ending", ["reject", "cancel"])
def test_what_ends_has_no_clock_that_runs(place, ending):
    request = place.send()
    start(request, place.system)
    by = place.system if ending == "reject" else place.nurse
    request = getattr(lifecycle, ending)(request=request, by=by, reason="Not needed")
    assert running(request) == {}
    assert Clock.objects.get().outcome == "cancelled"
    assert shown(request) is None


def test_bought_lines_add_the_longest_lead_time(place):
    quick, slow = place.item("A", Source.BUY, lead_days=2), place.item("B", Source.BUY, lead_days=5)
    request = place.release(place.item("GLV"), quick, slow)
    assert running(request)["response", ""].due_at == TUESDAY + 24 * HOUR
    # 1 wd of 8 h from 09:00; order within 2 wd, lead 5 wd, 1 wd to the ward: 8 working days, past a weekend
    assert shown(request) == utc(2026, 5, 22, 8)


def test_an_emergency_runs_on_the_wall_clock_and_its_lead_time_on_buying_days(place):
    with clock.at(utc(2026, 5, 15, 20)):  # Friday evening
        request = place.release(place.item("A", Source.BUY, lead_days=1), run_out=RunOut.NOW)
    now = running(request)
    assert now["response", ""].due_at == utc(2026, 5, 15, 20, 30)
    assert now["fulfilment", ""].due_at == utc(2026, 5, 18, 15, 30)  # Monday at the end of buying
    assert now["response", ""].calendar is None


def test_an_agreed_date_is_noon_where_the_hospital_is(place):
    request = place.release(run_out=RunOut.ON_DATE, needed_by=date(2026, 5, 21))
    now = running(request)
    assert now["fulfilment", ""].due_at == utc(2026, 5, 21, 11)
    assert now["response", ""].due_at == utc(2026, 5, 20, 11)


def test_short_notice_makes_nobody_late_at_once(place):
    request = place.send(run_out=RunOut.ON_DATE, needed_by=date(2026, 5, 13))
    with clock.at(TUESDAY + 24 * HOUR):
        lifecycle.approve(request=request, by=place.system)
    assert running(request)["response", ""].due_at == utc(2026, 5, 13, 11)


def test_a_date_that_the_lead_time_makes_impossible_is_likely_late_at_once(place):
    request = place.release(
        place.item("A", Source.BUY, lead_days=10), run_out=RunOut.ON_DATE, needed_by=date(2026, 5, 20)
    )
    assert running(request)["fulfilment", ""].warn_at == TUESDAY
    assert request.warn_at == TUESDAY


def test_a_hospital_may_promise_otherwise_and_a_gap_uses_the_next_lower_priority(place):
    SlaTarget.objects.create(
        hospital=place.hospital, service="supply_store", priority="routine", calendar="always",
        response_amount=3, response_unit="h", fulfilment_amount=5, fulfilment_unit="h",
    )  # fmt: skip
    SlaTarget.objects.filter(priority="urgent").delete()
    request = place.release(run_out=RunOut.BEFORE_DELIVERY)
    assert shown(request) == TUESDAY + 5 * HOUR


@pytest.mark.parametrize(
    ("remove", "kind"),
    [
        (lambda: BusinessCalendar.objects.all().delete(), "no_calendar"),
        (lambda: BusinessCalendar.objects.update(windows={"week": []}), "no_calendar"),
        (lambda: (ApprovalTarget.objects.all().delete(), SlaTarget.objects.all().delete()), "no_target"),
    ],
)
def test_what_is_missing_is_owned_and_stops_nothing(place, remove, kind):
    remove()
    request = place.send()
    assert start(request, place.system) is None
    request = lifecycle.approve(request=request, by=place.system)
    assert request.state == "approved"
    assert not Clock.objects.exists()
    owned = CaseException.objects.filter(request=request, kind=kind)
    assert {exception.owner_role for exception in owned} == {"service_manager"}
    assert all(exception.detail for exception in owned)
    assert shown(request) is None


def test_two_hospitals_keep_their_own_hours(db, tuesday):
    scopes.sync_roles()
    berlin, nowhere = build_place("SAK", "Europe/Berlin"), build_place("NFC", hours=False)
    made = start(berlin.send(), berlin.system)
    assert made.due_at == TUESDAY + 24 * HOUR  # 10:00 in Berlin, ten hours of 08:00 to 18:00
    assert made.calendar.hospital == berlin.hospital
    with clock.at(utc(2026, 5, 12, 16, 30)):
        assert start(berlin.send(), berlin.system).due_at == utc(2026, 5, 13, 16)
    assert start(nowhere.send(), nowhere.system) is None
    assert CaseException.objects.filter(kind="no_calendar", hospital=nowhere.hospital).exists()


def test_a_new_version_of_the_hours_leaves_running_clocks_alone(place):
    made = start(place.send(), place.system)
    changed = calendars.publish_calendar(
        hospital=place.hospital, code="office", name="Office", by=place.system, holidays="site",
        windows={"week": [{"days": [0, 1, 2, 3, 4], "open": [["08:00", "12:00"]]}]},
    )  # fmt: skip
    assert changed.version == 2
    made.refresh_from_db()
    assert (made.due_at, made.calendar_version) == (TUESDAY + 24 * HOUR, 1)
    assert start(place.send(), place.system).calendar_version == 2


def test_shipped_again_changes_nothing(place):
    before = list(BusinessCalendar.objects.values())
    shipped.install(hospital=place.hospital, by=place.system)
    assert list(BusinessCalendar.objects.values()) == before
    assert len(before) == 12
    assert (SlaTarget.objects.count(), ApprovalTarget.objects.count()) == (49, 4)
