"""Two people of two teams, a lead and the ward do whatever comes to mind with a team's work: nothing illegal is left behind.

A short run is part of `make test`; TEST_DEEP=1 plays long ones.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from portal import clock
from portal.audit.models import Event
from portal.desk.consistency import find
from portal.errors import DomainError
from requests_app import charging, lifecycle, waiting, waiting_reasons, work
from requests_app.models import ServiceRequest, TeamPass, Wait, WardQuestion
from requests_app.states import TAKEN_STATES, RequestState
from sla.models import Clock
from tests import personas, repairs

DEEP = "TEST_DEEP" in os.environ
BEGIN = datetime(2027, 3, 10, 9, 0, tzinfo=UTC)  # a Wednesday
ENDED = (RequestState.CLOSED, RequestState.CANCELLED)
PEOPLE = ("engineer", "second", "lead", "plumber", "nurse", "colleague")
people = st.sampled_from(PEOPLE)

# What each act may do to the state of the work, written down once more: (from) -> (to).
A, F, H, C, X = (
    RequestState.APPROVED,
    RequestState.IN_FULFILMENT,
    RequestState.ON_HOLD,
    RequestState.CLOSED,
    RequestState.CANCELLED,
)
MAY: dict[str, set[tuple[str, str]]] = {
    "take": {(A, F), (F, F), (H, H)},
    "assign": {(A, A), (F, F), (H, H)},
    "wait": {(A, H), (F, H)},
    "ask": {(A, H), (F, H)},
    "resume": {(H, F), (F, F)},
    "answer": {(H, F), (H, H), (F, F), (A, A), (C, C), (X, X)},
    "pass_on": {(A, A), (F, A), (H, A)},
    "finish": {(F, C), (H, C)},
    "reopen": {(C, A)},
    "cancel": {(A, X), (F, X), (H, X)},
}


def world_of_two_teams() -> SimpleNamespace:
    world = repairs.equip(personas.world())
    world.second = personas.person("dan.holt", role="fulfiller", place=world.teams["biomed"])
    world.lead = personas.person("lea.stone", role="team_lead", place=world.teams["biomed"])
    world.plumber = personas.person("gwen.park", role="fulfiller", place=world.teams["estates"])
    return world


class Serving(RuleBasedStateMachine):
    world: SimpleNamespace

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.moment = BEGIN
        self.done = 0

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.point)

    @initialize()
    def submit(self) -> None:
        with clock.at(self.moment):
            self.case = repairs.sent(self.world)
        assert self.case.state == A

    def try_to(self, name: str, act: Callable[[], Any]) -> None:
        """Do it a while later. What is refused changes nothing; what is done is one of MAY."""
        self.moment += timedelta(minutes=7)
        before, events = self.stored(), Event.objects.filter(case=self.case.public_id).count()
        with clock.at(self.moment):
            try:
                act()
            except DomainError:
                assert self.stored() == before, f"{name} was refused and left something"
                assert Event.objects.filter(case=self.case.public_id).count() == events
                return
        after = self.stored()
        assert (before["state"], after["state"]) in MAY[name], (name, before["state"], after["state"])
        if before["state"] != after["state"]:
            self.done += 1
            assert Event.objects.filter(case=self.case.public_id).count() > events

    def stored(self) -> dict[str, Any]:
        names = ("state", "team", "assignee", "outcome", "version", "held_by", "closed_at", "taken_at")
        row = ServiceRequest.objects.filter(pk=self.case.pk).values(*names).get()
        return row | {"waits": list(Wait.objects.filter(request=self.case).values_list("pk", "ended_at"))}

    def person(self, name: str) -> Any:
        return getattr(self.world, name)

    @rule(by=people)
    def take(self, by: str) -> None:
        self.try_to("take", lambda: work.take(request=self.case, by=self.person(by)))

    @rule(by=people, to=people)
    def assign(self, by: str, to: str) -> None:
        self.try_to("assign", lambda: work.assign(request=self.case, to=self.person(to), by=self.person(by)))

    @rule(by=people, reason=st.sampled_from(sorted(waiting_reasons.by_hand())), hours=st.integers(-1, 200))
    def wait(self, by: str, reason: str, hours: int) -> None:
        again = self.moment + timedelta(hours=hours)
        self.try_to(
            "wait",
            lambda: waiting.wait(request=self.case, reason=reason, by=self.person(by), again_at=again),
        )

    @rule(by=people)
    def resume(self, by: str) -> None:
        self.try_to("resume", lambda: waiting.resume(request=self.case, by=self.person(by)))

    @rule(by=people)
    def ask(self, by: str) -> None:
        self.try_to(
            "ask",
            lambda: waiting.ask_ward(
                request=self.case, text="Is it clean?", choices=["Yes"], by=self.person(by)
            ),
        )

    @precondition(lambda self: WardQuestion.objects.filter(request=self.case).exists())
    @rule(by=people, text=st.sampled_from(["Yes", "No"]), last=st.booleans())
    def answer(self, by: str, text: str, last: bool) -> None:
        questions = WardQuestion.objects.filter(request=self.case).order_by("-pk" if last else "pk")
        self.try_to("answer", lambda: waiting.answer(question=questions[0], text=text, by=self.person(by)))

    @rule(by=people, team=st.sampled_from(["biomed", "estates"]))
    def pass_on(self, by: str, team: str) -> None:
        to = self.world.teams[team]
        self.try_to(
            "pass_on", lambda: work.pass_on(request=self.case, team=to, reason="Not ours", by=self.person(by))
        )

    @rule(by=people, minutes=st.integers(0, 90))
    def finish(self, by: str, minutes: int) -> None:
        self.try_to(
            "finish",
            lambda: work.finish(
                request=self.case, by=self.person(by), outcome="fixed_on_ward", minutes=minutes
            ),
        )

    @rule(by=people)
    def reopen(self, by: str) -> None:
        self.try_to(
            "reopen",
            lambda: lifecycle.reopen(request=self.case, by=self.person(by), reason="Same fault again"),
        )

    @precondition(lambda self: self.done > 4)
    @rule(by=people)
    def cancel(self, by: str) -> None:
        self.try_to(
            "cancel", lambda: lifecycle.cancel(request=self.case, by=self.person(by), reason="Filed twice")
        )

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        self.moment += timedelta(hours=hours)

    @invariant()
    def the_trail_is_a_chain(self) -> None:
        was = RequestState.DRAFT
        for change in self.case.changes.order_by("pk"):
            assert change.from_state == was
            was = change.to_state
        assert was == self.stored()["state"]

    @invariant()
    def every_change_is_explained_by_an_event(self) -> None:
        moves = Event.objects.filter(case=self.case.public_id, after__has_key="state").order_by("pk")
        told = [event.after["state"] for event in moves]
        assert told == [change.to_state for change in self.case.changes.order_by("pk")]

    @invariant()
    def waits_never_overlap_and_run_exactly_while_it_waits(self) -> None:
        waits = list(Wait.objects.filter(request=self.case).order_by("pk"))
        for one, following in pairwise(waits):
            assert one.ended_at is not None
            assert one.started_at <= one.ended_at <= following.started_at
        open_now = [one for one in waits if one.ended_at is None]
        assert len(open_now) == (self.stored()["state"] == RequestState.ON_HOLD)

    @invariant()
    def who_has_it_is_of_its_team(self) -> None:
        case = ServiceRequest.objects.select_related("team", "assignee").get(pk=self.case.pk)
        if case.state in TAKEN_STATES:
            assert case.assignee is not None
        if case.assignee and case.state not in ENDED:
            of_estates = case.team.code == "estates"
            assert (case.assignee == self.world.plumber) == of_estates

    @invariant()
    def request_and_clocks_agree(self) -> None:
        case = ServiceRequest.objects.get(pk=self.case.pk)
        clocks = list(Clock.objects.filter(request=case, kind=Clock.Kind.FULFILMENT))
        running = [one for one in clocks if one.state == Clock.State.RUNNING]
        assert len(running) == (case.state not in ENDED)
        wait = Wait.objects.filter(request=case, ended_at=None).first()
        for one in running:
            if wait is None or not wait.stops_clock:
                assert one.paused_at is None

    @invariant()
    def the_minutes_add_up(self) -> None:
        case = ServiceRequest.objects.get(pk=self.case.pk)
        passes = list(TeamPass.objects.filter(request=case).order_by("pk"))
        first = passes[0].from_team_id if passes else case.team_id
        end = max(self.moment, case.released_at)
        found = charging.shares(
            start=case.released_at,
            end=end,
            teams=[(BEGIN, first), *((one.at, one.to_team_id) for one in passes)],
            waits=[
                (one.started_at, one.ended_at, one.charged)
                for one in Wait.objects.filter(request=case).order_by("pk")
            ],
        )
        assert sum(one.seconds for one in found) == int((end - case.released_at).total_seconds())


@pytest.mark.timeout(1800 if DEEP else 240)
@pytest.mark.django_db
def test_whatever_two_people_do() -> None:
    Serving.world = world_of_two_teams()

    class Checked(Serving):
        def teardown(self) -> None:
            with clock.at(self.moment):
                found = find()
            super().teardown()
            assert not found, "\n".join(f"{one.code} {one.subject}: {one.sentence}" for one in found)

    run_state_machine_as_test(
        Checked,
        settings=settings(
            max_examples=200 if DEEP else 10,
            stateful_step_count=40 if DEEP else 15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=not DEEP,
            phases=list(Phase) if DEEP else [Phase.generate],  # making it smaller takes minutes
        ),
    )
