"""The sweep warns once and marks late once: after an outage, twice in a row, twice at once, and past one that fails."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.accounts import scopes
from portal.audit.models import Event
from requests_app import lifecycle
from requests_app.models import ServiceRequest
from sla import clocks, escalation, signals
from sla.models import Clock, ClockEvent
from sla.tasks import sweep_clocks
from tests.racing import race

from .conftest import TUESDAY, build_place

DAY = timedelta(days=1)


@pytest.fixture
def alone(monkeypatch):
    """Nobody else hears of clocks: what is counted is the sweep's own."""
    for fact in (signals.rung_reached, signals.clock_breached):
        monkeypatch.setattr(fact, "receivers", [])


def timed(place, count=1):
    """Requests that wait for a decision, due on Wednesday at 09:00."""
    requests = [place.send() for _each in range(count)]
    for request in requests:
        clocks.start_approval_clock(request=request, about="step:1", calendar="office", by=place.system)
    return requests


def trail():
    return sorted(Event.objects.filter(action__startswith="clock.").values_list("action", "case"))


def test_warned_when_three_quarters_are_used_and_late_when_all_is(place, facts_heard, alone):
    heard = facts_heard(late=signals.clock_breached)
    (request,) = timed(place)
    made = Clock.objects.get()
    for moment, expected in (
        (made.warn_at - timedelta(seconds=1), (0, 0)),
        (made.warn_at, (1, 0)),
        (made.warn_at + timedelta(minutes=1), (0, 0)),
        (made.due_at - timedelta(seconds=1), (0, 0)),
        (made.due_at, (0, 1)),
        (made.due_at + DAY, (0, 0)),
    ):
        swept = escalation.sweep(now=moment)
        assert (swept["warned"], swept["breached"]) == expected, moment
    assert [name for name, _values in heard] == ["late"]
    told = dict(heard[0][1])
    assert (told.pop("request").pk, told) == (
        request.pk,
        {"clock_kind": "approval", "about": "step:1", "due_at": made.due_at, "started_at": TUESDAY},
    )
    assert trail() == [("clock.breached", request.public_id), ("clock.warned", request.public_id)]
    assert Event.objects.filter(action="clock.warned").get().actor == scopes.system_user()


def test_after_a_day_without_a_worker_each_is_marked_once_at_the_time_of_the_sweep(place, alone):
    (request,) = timed(place)
    back = Clock.objects.get().due_at + DAY
    assert escalation.sweep(now=back) == {"due": 1, "warned": 1, "breached": 1}
    assert escalation.sweep(now=back) == {"due": 0, "warned": 0, "breached": 0}
    made = Clock.objects.get()
    assert (made.warned_at, made.breached_at, made.next_check_at) == (back, back, None)
    assert list(made.events.values_list("kind", "at")) == [
        ("started", TUESDAY),
        ("warned", back),
        ("breached", back),
    ]
    assert len(trail()) == 2
    assert ServiceRequest.objects.get(pk=request.pk).due_at == made.due_at


def test_the_task_sweeps_at_the_present_and_a_stopped_clock_is_left_alone(place, alone):
    one, two = timed(place, 2)
    with clock.at(TUESDAY + 3 * DAY):
        clocks.stop_clock(request=one, kind="approval", about="step:1", by=place.system)
        sweep_clocks.run()
    stopped, late = Clock.objects.order_by("pk")
    assert (stopped.outcome, stopped.breached_at) == ("late", None)
    assert late.breached_at == TUESDAY + 3 * DAY
    with clock.at(TUESDAY + 4 * DAY):
        lifecycle.approve(request=two, by=place.system)
    assert Clock.objects.get(pk=late.pk).outcome == "late"


def test_a_stop_between_looking_and_locking_wins(place, alone):
    (request,) = timed(place)
    made = Clock.objects.get()
    with clock.at(made.due_at):
        clocks.stop_all(request=request, by=place.system)
        assert escalation.mark(clock_id=made.pk, request_id=request.pk, by=place.system) == []
    assert trail() == []


def test_one_that_cannot_be_marked_does_not_hold_up_the_others_and_is_not_hidden(place, monkeypatch):
    bad, good = timed(place, 2)

    def refuse(request=None, **_values):
        if request.pk == bad.pk:
            raise ZeroDivisionError

    for fact in (signals.rung_reached, signals.clock_breached):
        monkeypatch.setattr(fact, "receivers", [])
        fact.connect(refuse, weak=False)
    with pytest.raises(ExceptionGroup) as raised:
        escalation.sweep(now=TUESDAY + 3 * DAY)
    assert [type(error) for error in raised.value.exceptions] == [ZeroDivisionError]
    assert Clock.objects.get(request=bad).warned_at is None
    assert Clock.objects.get(request=good).breached_at
    assert {case for _action, case in trail()} == {good.public_id}


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_a_sweep(place, alone, rows):
    """Two for the batch; seven for a warning, since each clock is its own transaction: lock the request, lock the clock,
    mark it, its event, its audit event, the rungs it came to before and now. An empty poll is one."""
    timed(place, rows)
    with CaptureQueriesContext(
        connection,
    ) as empty:
        escalation.sweep(now=TUESDAY)
    with CaptureQueriesContext(connection) as busy:
        assert escalation.sweep(now=Clock.objects.first().warn_at)["warned"] == rows
    own = [query for query in busy.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert (len(empty), len(own) - 1) == (1, 2 + 7 * rows)  # minus the one of this test


def test_the_poll_reads_only_the_index_of_moments_to_come(place):
    """Many clocks stopped, many running, few due: no scan of the table."""
    request = place.send()
    Clock.objects.bulk_create(
        Clock(
            request=request,
            kind="approval",
            about=f"step:{n}",
            target_seconds=60,
            started_at=TUESDAY,
            warn_at=TUESDAY + n * DAY,
            due_at=TUESDAY + n * DAY,
            next_check_at=TUESDAY + n * DAY if n % 2 else None,
            state="running" if n % 2 else "stopped",
            stopped_at=None if n % 2 else TUESDAY,
        )
        for n in range(2000)
    )
    due = Clock.objects.filter(state="running", next_check_at__lte=TUESDAY + DAY).order_by(
        "next_check_at", "pk"
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    plan = due.values_list("pk", "request_id")[:200].explain()
    assert "clock_next_check" in plan
    assert "Seq Scan" not in plan


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_mark_nothing_twice():
    scopes.sync_roles()
    with clock.at(TUESDAY):
        timed(build_place(), 12)
    swept = race([lambda: escalation.sweep(now=TUESDAY + 3 * DAY)] * 4)
    assert sum(each["warned"] for each in swept) == sum(each["breached"] for each in swept) == 12
    assert (
        ClockEvent.objects.filter(kind="breached").count()
        == ClockEvent.objects.filter(kind="warned").count()
        == 12
    )
    assert len(trail()) == 24
