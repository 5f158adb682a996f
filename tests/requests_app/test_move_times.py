"""When porters get a move: agreed times, the way back that waits until it is ready, and how long they take."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portal import clock
from portal.audit.models import Event
from portal.errors import NotAllowed, WrongState
from portal.facts import verb
from requests_app import lifecycle, releasing, work
from requests_app.kinds.transport import TransportKind, minutes_now
from requests_app.models import Move, ServiceRequest
from requests_app.states import Priority, RequestState
from requests_app.transport import returning
from sla.models import Clock
from tests import moving
from tests.journeys import fresh

pytestmark = pytest.mark.django_db
KIND = TransportKind()
MORNING = datetime(2027, 3, 10, 9, 0, tzinfo=UTC)  # a Wednesday; London is on UTC


@pytest.fixture
def porters(world: SimpleNamespace) -> SimpleNamespace:
    return moving.porters(world)


def problems(world: SimpleNamespace, **more: Any) -> dict[str, list[str]]:
    return KIND.problems(moving.draft(world, **more))


# ---- agreed times ----


def at(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("Europe/London")).strftime("%Y-%m-%dT%H:%M")


def test_porters_get_agreed_work_half_an_hour_before(porters: SimpleNamespace) -> None:
    arrive = MORNING + timedelta(hours=5)
    with clock.at(MORNING):
        request = moving.sent(porters, when="at", agreed_at=at(arrive))
    assert (request.priority, request.state) == (Priority.PLANNED, RequestState.APPROVED)
    assert (request.queue_at, request.released_at) == (arrive - timedelta(minutes=30), None)
    assert not Clock.objects.filter(request=request, kind=Clock.Kind.FULFILMENT).exists()
    with clock.at(arrive - timedelta(minutes=31)):
        assert releasing.sweep() == 0
    with clock.at(arrive - timedelta(minutes=30)):
        assert releasing.sweep() == 1
        assert releasing.sweep() == 0
    request = fresh(request)
    assert request.released_at == arrive - timedelta(minutes=30)
    due = dict(Clock.objects.filter(request=request).values_list("kind", "due_at"))
    assert due == {
        Clock.Kind.RESPONSE: arrive - timedelta(minutes=10),
        Clock.Kind.FULFILMENT: arrive,
    }


def test_nobody_takes_it_before_its_time(porters: SimpleNamespace) -> None:
    with clock.at(MORNING):
        request = moving.sent(porters, when="at", agreed_at=at(MORNING + timedelta(hours=5)))
        with pytest.raises(WrongState):
            work.take(request=request, by=porters.porter)


def test_after_a_day_of_downtime_each_is_released_once(porters: SimpleNamespace) -> None:
    with clock.at(MORNING):
        held = [
            moving.sent(porters, when="at", agreed_at=at(MORNING + timedelta(hours=hours)))
            for hours in (3, 5, 9)
        ]
        later = moving.sent(porters, when="at", agreed_at=at(MORNING + timedelta(days=3)))
    with clock.at(MORNING + timedelta(days=1)):
        assert releasing.sweep() == 3
        assert releasing.sweep() == 0
        assert {fresh(request).released_at for request in held} == {clock.now()}
    assert fresh(later).released_at is None
    events = [list(request_events(request)).count("request.released") for request in held]
    assert events == [1, 1, 1]


def request_events(request: ServiceRequest) -> list[str]:
    return list(Event.objects.filter(case=request.public_id).values_list("action", flat=True))


def test_what_was_cancelled_is_not_released(porters: SimpleNamespace) -> None:
    with clock.at(MORNING):
        request = moving.sent(porters, when="at", agreed_at=at(MORNING + timedelta(hours=5)))
        lifecycle.cancel(request=request, by=porters.nurse, reason="Test cancelled")
    with clock.at(MORNING + timedelta(days=1)):
        assert releasing.sweep() == 0


def test_one_that_fails_does_not_hold_up_the_others(porters: SimpleNamespace, monkeypatch) -> None:
    with clock.at(MORNING):
        first, second = (
            moving.sent(porters, when="at", agreed_at=at(MORNING + timedelta(hours=hours)))
            for hours in (3, 5)
        )
    real = lifecycle.release

    def release(*, request: ServiceRequest, by: Any) -> ServiceRequest:
        if request.pk == first.pk:
            raise RuntimeError("the disk is full")
        return real(request=request, by=by)

    monkeypatch.setattr(releasing.lifecycle, "release", release)
    with clock.at(MORNING + timedelta(days=1)), pytest.raises(ExceptionGroup):
        releasing.sweep()
    assert (fresh(first).released_at, bool(fresh(second).released_at)) == (None, True)


def test_between_two_times_it_is_released_when_it_may_begin(porters: SimpleNamespace) -> None:
    start, end = MORNING + timedelta(hours=4), MORNING + timedelta(hours=6)
    with clock.at(MORNING):
        request = moving.sent(porters, when="between", agreed_from=at(start), agreed_at=at(end))
        short = moving.sent(
            porters, when="between", agreed_from=at(end - timedelta(minutes=10)), agreed_at=at(end)
        )
    assert (request.agreed_from, request.agreed_at, request.queue_at) == (start, end, start)
    assert short.queue_at == end - timedelta(minutes=30)


def test_a_time_within_the_hour_is_no_plan(porters: SimpleNamespace) -> None:
    with clock.at(MORNING):
        request = moving.sent(porters, when="at", agreed_at=at(MORNING + timedelta(minutes=50)))
    assert (request.priority, request.released_at) == (Priority.URGENT, MORNING)
    assert request.priority_reason == "To arrive within the hour"


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (None, -5, "The earliest is 09:05."),
        (None, 0, "The earliest is 09:05."),
        (120, 120, "before the time from which"),
        (180, 120, "before the time from which"),
        (None, 60 * 24 * 91, "within the next 90 days"),
    ],
)
def test_times_that_are_refused(porters: SimpleNamespace, start: int | None, end: int, said: str) -> None:
    more = {"agreed_from": at(MORNING + timedelta(minutes=start))} if start is not None else {}
    with clock.at(MORNING):
        found = problems(
            porters,
            when="between" if more else "at",
            agreed_at=at(MORNING + timedelta(minutes=end)),
            **more,
        )
    assert said in found["agreed_at"][0]


# ---- back again ----


def test_back_again_makes_a_second_move_that_waits(porters: SimpleNamespace) -> None:
    there = moving.sent(porters, back="yes", bed="12", initials="AM", precautions=["contact"], how="bed")
    back = ServiceRequest.objects.get(move__return_of__request=there)
    assert (back.department, back.requester, back.state) == (
        porters.imaging,
        porters.nurse,
        RequestState.APPROVED,
    )
    assert (back.move.origin, back.move.destination, back.move.how) == (porters.ct, porters.station, "bed")
    assert (back.move.bed, back.move.initials, back.precautions) == ("12", "AM", "contact")
    assert back.released_at is None
    assert back.number != there.number
    assert back.title == "Patient to Ward 7B, Acute Medicine"
    with clock.at(clock.now() + timedelta(days=400)):
        assert releasing.sweep() == 0
    assert fresh(back).released_at is None
    assert not Move.objects.filter(return_of__request=back).exists()


def test_ready_to_go_back_is_said_where_they_are(porters: SimpleNamespace) -> None:
    back = ServiceRequest.objects.get(move__return_of__request=moving.sent(porters, back="yes"))
    for person in (porters.porter, porters.other_nurse, porters.stranger):
        with pytest.raises(NotAllowed):
            releasing.release_return(request=back, by=person)
    releasing.release_return(request=back, by=porters.radiographer)
    releasing.release_return(request=back, by=porters.nurse)
    assert fresh(back).released_at
    assert request_events(back).count("request.released") == 1
    assert Clock.objects.filter(request=back, kind=Clock.Kind.FULFILMENT).exists()
    work.take(request=back, by=porters.porter)
    with pytest.raises(WrongState):
        releasing.release_return(request=moving.sent(porters), by=porters.nurse)


def test_without_the_way_there_is_no_way_back(porters: SimpleNamespace) -> None:
    there = moving.sent(porters, back="yes")
    lifecycle.cancel(request=there, by=porters.colleague, reason="Test cancelled")
    back = ServiceRequest.objects.get(move__return_of__request=there)
    assert back.state == RequestState.CANCELLED


def test_sent_anew_there_is_one_way_back_again(porters: SimpleNamespace) -> None:
    there = moving.sent(porters, back="yes")
    first = ServiceRequest.objects.get(move__return_of__request=there)

    @verb
    def again() -> None:
        returning.file_return(request=there, by=porters.nurse)

    again()
    second = ServiceRequest.objects.exclude(pk=first.pk).get(move__return_of__request=there)
    assert (fresh(first).state, second.state) == (RequestState.CANCELLED, RequestState.APPROVED)
    there.answers["back"] = "no"
    again()
    assert fresh(second).state == RequestState.CANCELLED


def test_a_way_back_that_has_begun_stays(porters: SimpleNamespace) -> None:
    there = moving.sent(porters, back="yes")
    back = ServiceRequest.objects.get(move__return_of__request=there)
    releasing.release_return(request=back, by=porters.radiographer)
    lifecycle.cancel(request=there, by=porters.nurse, reason="Filed twice")
    assert fresh(back).state == RequestState.APPROVED


# ---- how long porters take ----


def test_the_wait_is_the_median_of_the_last_moves(porters: SimpleNamespace) -> None:
    draft = moving.draft(porters)
    for number, minutes in enumerate((2, 30, 9)):
        assert minutes_now(draft) is None
        with clock.at(MORNING + timedelta(minutes=number)):
            request = moving.sent(porters)
        with clock.at(MORNING + timedelta(minutes=number + minutes)):
            work.take(request=request, by=porters.porter)
    with clock.at(MORNING + timedelta(hours=1)):
        assert minutes_now(draft) == 9
    with clock.at(MORNING + timedelta(days=2)):
        assert minutes_now(draft) is None
