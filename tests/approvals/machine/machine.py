"""The machine: people send, change, decide, lend, leave and come back, time passes; after each move every law is checked."""

import inspect
from datetime import timedelta
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from approvals import break_glass, reresolving, rerouting
from approvals.models import ApprovalStep
from requests_app.models import ServiceRequest
from tests.approvals.machine import laws, oracle
from tests.approvals.machine.deciding import Deciders
from tests.approvals.machine.laws import Broken, hold
from tests.approvals.machine.playing import DATA, JUMPS, MOVES, move
from tests.approvals.machine.standing_in import People


class Deciding(Deciders, People):
    """One example: a town of people and a few requests, in a transaction that is put back at the end."""

    @move("glass", 4, when=lambda self: self.town.duties and self.in_state("submitted"))
    def break_glass(self, data: Any) -> None:
        rows = self.in_state("submitted")
        row = data.draw(st.sampled_from([one for one in rows if one.amount < 5000] or rows))
        who = self.person(data, sorted(self.town.duties.values()))
        waiting = [one for one in self.stored.glass.values() if one.by == who and one.reviewed_by is None]
        overdue = sum(one.review_due_at <= self.town.moment for one in waiting)
        part = laws.subjects(self.stored, row.pk, self.memory)
        may = oracle.may_break_glass(self.town, who, row.amount, part, len(waiting), overdue)
        _glass, refusal = self.act(
            break_glass.use,
            request=ServiceRequest.objects.get(pk=row.pk),
            by=self.users[who],
            reason="patient_safety",
            words="A patient waits for it and nobody is here.",
        )
        self.done("break glass", refusal)
        hold("I25", may or refusal, f"{who} broke the glass and may not")

    @move("glass", 4, when=lambda self: any(one.reviewed_by is None for one in self.stored.glass.values()))
    def review(self, data: Any) -> None:
        waits = [one for one in self.stored.glass.values() if one.reviewed_by is None]
        one = data.draw(st.sampled_from(waits))
        world = self.setting.world
        likely = [one.by, world.finance.pk, world.director.pk, *(pk.pk for pk in world.executives)]
        who = self.person(data, likely)
        _glass, refusal = self.act(break_glass.review, ref=one.ref, by=self.users[who], verdict="justified")
        self.done("review", refusal)

    @move("time", 3, by=st.sampled_from(JUMPS))
    def time_passes(self, by: timedelta) -> None:
        self.pass_time(by - timedelta(seconds=1))
        self.tally["time passes", True] += 1

    @move("time", 2)
    def sweep(self) -> None:
        """What the portal does by itself: it asks others, and decides nothing."""
        decided = len(self.stored.decisions)
        _count, refusal = self.act(reresolving.sweep)
        hold("sweep", refusal is None, f"a sweep was refused: {refusal}")
        _count, refusal = self.act(rerouting.retry_all, by=self.setting.world.system)
        self.memory.swept_at = self.town.moment
        self.done("sweep", refusal)
        hold("I21", len(self.stored.decisions) == decided, "a sweep decided something")

    @move("time", 1, when=lambda self: self.stored.open_steps)
    def nobody_answers_in_time(self, data: Any) -> None:
        from approvals import escalation

        step = self.a_step(data)
        decided = len(self.stored.decisions)
        _step, refusal = self.act(escalation.escalate, step_id=step.pk, by=self.setting.world.system)
        self.done("escalate", refusal)
        hold("I21", len(self.stored.decisions) == decided, "running out of time decided something")
        state = self.stored.steps[step.pk].state
        hold("I21", state == ApprovalStep.State.OPEN, "running out of time ended a step")

    def one_of(self, group: str, data: Any) -> None:
        possible = [one for one in MOVES[group] for _ in range(one.weight) if one.when(self)]
        if self.favoured and data.draw(st.integers(0, 4)):
            every = (one for moves in MOVES.values() for one in moves)
            possible = [one for one in every if one.name in self.favoured and one.when(self)] or possible
        if possible:
            chosen = data.draw(st.sampled_from(possible))
            note(f"    {chosen.name}")
            draws = {name: data.draw(strategy) for name, strategy in chosen.draws.items()}
            if "data" in inspect.signature(getattr(self, chosen.name)).parameters:
                draws["data"] = data
            getattr(self, chosen.name)(**draws)

    @initialize(data=DATA, count=st.integers(1, 2))
    def begin(self, data: Any, count: int) -> None:
        for _ in range(count):
            self.submit(data=data)

    @rule(data=DATA)
    def somebody_decides(self, data: Any) -> None:
        self.one_of("decides" if self.stored.open_steps else "writes", data)

    @rule(data=DATA)
    def somebody_decides_too(self, data: Any) -> None:
        self.one_of("decides" if self.stored.open_steps else "writes", data)

    @rule(data=DATA)
    def somebody_writes(self, data: Any) -> None:
        self.one_of("writes", data)

    @rule(data=DATA)
    def somebody_stands_in(self, data: Any) -> None:
        self.one_of("stands_in", data)

    @rule(data=DATA)
    def people_come_and_go(self, data: Any) -> None:
        self.one_of("come_and_go", data)

    @rule(data=DATA)
    def they_decide_what_was_not_decided(self, data: Any) -> None:
        self.one_of("decides" if self.stored.open_steps else "writes", data)

    @rule(data=DATA)
    def time_goes_on(self, data: Any) -> None:
        self.one_of("glass" if data.draw(st.booleans()) else "time", data)

    @invariant()
    def all_laws_hold(self) -> None:
        """Checked by every move through `done`; this one sees a move that forgot to."""
        if len(self.stored.requests) != len(self.sent):
            raise Broken("machine", "a move did not look")
