"""The ladder: each rung once for a promise, the highest after an outage, in working hours, and no flood."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from portal import clock
from portal.notify.models import Notice
from requests_app import waiting, work
from requests_app.models import ServiceRequest
from sla import escalation, ladder
from sla.business_time import Calendar
from sla.ladder import RUNGS, Course
from sla.models import Clock, ClockRung
from tests import personas, repairs
from tests.racing import race

H, D = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2030, 5, 13, 9, tzinfo=UTC)  # 10:00 in London
URGENT = {
    "equipment": repairs.DEFIBRILLATOR,
    "symptoms": ["pads"],
    "safe": "no_removed",
}  # 30 min, 24 h, always
BED = {"equipment": repairs.BED, "symptoms": ["brake"], "needed": "can_wait"}  # ten working days
ALWAYS = Calendar(weekly={day: [(0, 1440)] for day in range(7)}, zone="UTC")
KINDS = ("nobody_has_it", "work_due_soon", "work_late", "very_late", "too_late", "many_late")


@pytest.fixture
def place(world: SimpleNamespace) -> SimpleNamespace:
    repairs.equip(world)
    world.lead = personas.person("ursula.kay", role="team_lead", place=world.teams["biomed"])
    return world


def sent(world: SimpleNamespace, at: datetime = MONDAY, **more: object) -> ServiceRequest:
    with clock.at(at):
        return repairs.sent(world, **(more or URGENT))


def fulfilment(request: ServiceRequest) -> Clock:
    return Clock.objects.get(request=request, kind="fulfilment")


def only_fulfilment(request: ServiceRequest) -> None:
    Clock.objects.filter(request=request, kind="response").update(next_check_at=None)


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("user__username", flat=True))


def climbed(request: ServiceRequest) -> list[tuple[str, bool]]:
    return list(ClockRung.objects.filter(clock=fulfilment(request)).values_list("rung", "told"))


def test_every_rung_is_told_once_to_those_it_is_for(place: SimpleNamespace) -> None:
    request = sent(place)
    only_fulfilment(request)
    seen: list[str] = []
    for minute in range(0, 60 * 60, 15):  # the sweep every quarter of an hour for sixty hours
        escalation.sweep(now=MONDAY + timedelta(minutes=minute))
        seen += [rung for rung, _told in climbed(request) if rung not in seen]
    assert seen == [rung.code for rung in RUNGS]
    assert climbed(request) == [(rung.code, True) for rung in RUNGS]
    names = {place.engineer.username, place.lead.username}
    assert told("nobody_has_it") == {place.lead.username}
    assert told("work_due_soon") == names  # nobody has it: its whole team
    assert told("work_late") == names
    assert told("very_late") == {place.service_manager.username}
    assert told("too_late") == {place.biomed.username, place.ward_lead.username, place.head.username}
    assert Notice.objects.filter(kind="late").count() == 1  # and whoever asked for it, once
    assert Notice.objects.filter(kind__in=KINDS).count() == 9
    assert fulfilment(request).next_check_at is None


def test_the_moments_of_a_day_and_of_those_who_are_asleep(place: SimpleNamespace) -> None:
    """24 h from Monday 10:00: half at 22:00, three quarters on Tuesday 04:00, told when the team comes at 08:00."""
    request = sent(place)
    only_fulfilment(request)
    found: dict[str, datetime] = {}
    for minute in range(0, 60 * 60, 5):
        moment = MONDAY + timedelta(minutes=minute)
        escalation.sweep(now=moment)
        for rung, _told in climbed(request):
            found.setdefault(rung, moment)
    assert {rung: at - MONDAY for rung, at in found.items()} == {
        "nobody_has_it": 12 * H,
        "due_soon": 22 * H,  # Tuesday 08:00
        "late": 24 * H,  # Tuesday 10:00; urgent: at once
        "very_late": 46 * H,  # Tuesday 22:00: when the office opens on Wednesday
        "too_late": 48 * H,
    }
    assert fulfilment(request).warned_at == MONDAY + 18 * H  # the mark on the board does not wait for anybody


def test_whoever_has_it_is_told_and_nobody_hears_that_nobody_has_it(place: SimpleNamespace) -> None:
    request = sent(place)
    with clock.at(MONDAY + H):
        work.take(request=request, by=place.engineer)
    escalation.sweep(now=MONDAY + 12 * H)
    assert climbed(request) == [("nobody_has_it", False)]
    escalation.sweep(now=MONDAY + 23 * H)
    assert told("work_due_soon") == {place.engineer.username}
    assert not told("nobody_has_it")


def test_after_an_outage_of_a_day_only_the_highest_rung_is_told(place: SimpleNamespace) -> None:
    request = sent(place)
    only_fulfilment(request)
    back = MONDAY + 47 * H
    escalation.sweep(now=back)
    escalation.sweep(now=back)
    assert climbed(request) == [
        ("nobody_has_it", False), ("due_soon", False), ("late", False), ("very_late", True),
    ]  # fmt: skip
    assert Notice.objects.filter(kind__in=KINDS).count() == 1
    assert Notice.objects.filter(kind="late").count() == 1
    assert fulfilment(request).next_check_at == MONDAY + 48 * H


def test_waiting_holds_the_ladder_and_going_on_carries_on(place: SimpleNamespace) -> None:
    request = sent(place, **BED)
    fixer = personas.person("gwen.rees", role="fulfiller", place=request.team)
    with clock.at(MONDAY + H):
        work.take(request=request, by=fixer)
        waiting.wait(request=request, reason="parts", by=fixer, again_at=MONDAY + 200 * D)
    escalation.sweep(now=MONDAY + 100 * D)
    assert climbed(request) == []
    with clock.at(MONDAY + 100 * D):
        waiting.resume(request=request, by=fixer)
    escalation.sweep(now=MONDAY + 100 * D)
    assert climbed(request) == []
    assert MONDAY + 100 * D < fulfilment(request).next_check_at < fulfilment(request).due_at


def test_more_than_five_in_a_quarter_of_an_hour_become_one(place: SimpleNamespace) -> None:
    cases = [sent(place, MONDAY + timedelta(seconds=n)) for n in range(8)]
    for case in cases:
        only_fulfilment(case)
    escalation.sweep(now=MONDAY + 12 * H + 10 * timedelta(seconds=1))
    mine = Notice.objects.filter(user=place.lead)
    assert mine.filter(kind="nobody_has_it").count() == 5
    assert mine.filter(kind="many_late").count() == 1


def test_what_only_its_team_sees_is_told_to_its_lead_only(place: SimpleNamespace) -> None:
    request = sent(place)
    only_fulfilment(request)
    ServiceRequest.objects.filter(pk=request.pk).update(private=True)
    escalation.sweep(now=MONDAY + 60 * H)
    assert set(Notice.objects.filter(kind__in=KINDS).values_list("user", flat=True)) == {place.lead.pk}


def test_a_short_promise_skips_the_warning_for_people() -> None:
    short, long = Course(ALWAYS, MONDAY, 25 * 60), Course(ALWAYS, MONDAY, 30 * 60)
    soon = next(rung for rung in RUNGS if rung.code == "due_soon")
    assert ladder.skipped(soon, short, owned=True)
    assert not ladder.skipped(soon, long, owned=True)


def test_a_day_late_is_the_last_rung_where_twice_the_time_is_longer() -> None:
    course = Course(ALWAYS, MONDAY, 10 * 24 * 3600)
    at = dict(ladder.moments(course, "routine", {}))
    assert at[RUNGS[-1]] == MONDAY + 11 * D
    assert at[RUNGS[-2]] == MONDAY + 15 * D


def test_what_was_agreed_at_short_notice_is_not_late_for_long_at_once() -> None:
    course = Course(ALWAYS, MONDAY, 0, fixed=True)
    at = {rung.code: moment - MONDAY for rung, moment in ladder.moments(course, "planned", {})}
    assert (at["late"], at["very_late"], at["too_late"]) == (0 * H, H / 4, H / 2)


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_a_sweep_over_work(place: SimpleNamespace, rows: int, django_assert_num_queries) -> None:
    """Two for the batch; a rung that one person hears of costs 11 a clock with its savepoint."""
    for n in range(rows):
        only_fulfilment(sent(place, MONDAY + timedelta(seconds=n)))
    with django_assert_num_queries(2 + 11 * rows):
        escalation.sweep(now=MONDAY + 12 * H + timedelta(minutes=1))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_nothing_twice() -> None:
    world = personas.world()
    repairs.equip(world)
    world.lead = personas.person("ursula.kay", role="team_lead", place=world.teams["biomed"])
    for n in range(4):
        only_fulfilment(sent(world, MONDAY + timedelta(seconds=n)))
    race([lambda: escalation.sweep(now=MONDAY + 12 * H + timedelta(minutes=1))] * 4)
    assert ClockRung.objects.count() == 4
    assert Notice.objects.filter(kind="nobody_has_it").count() == 4
