"""Moves of the writer and of those who decide."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from approvals import adjusting, decisions, undoing
from portal.errors import DomainError, StaleState
from requests_app import lifecycle
from requests_app.models import ServiceRequest
from requests_app.supplies import adding, drafting
from tests.approvals.machine.laws import hold
from tests.approvals.machine.playing import REASONS, Playing, move
from tests.approvals.machine.tables import StepRow
from tests.approvals.machine.town import AMOUNTS, HIGH, lines_of
from tests.journeys import send


class Deciders(Playing):
    """They send, change, agree, say no, ask for more, take it back and pass it on."""

    @move("writes", 3, when=lambda self: self.drafts and len(self.sent) < 4)
    def submit(self, data: Any) -> None:
        pk = data.draw(st.sampled_from(self.drafts))
        self.drafts.remove(pk)
        draft = ServiceRequest.objects.get(pk=pk)
        self.sent.append(pk)
        self.memory.ever_editors[pk] = {draft.filed_by_id}
        _sent, refusal = self.act(lambda: send(draft, self.users[draft.filed_by_id]))
        self.done("submit", refusal)
        hold("submit", refusal is None, f"a draft could not be sent: {refusal}")

    @move("writes", 4, when=lambda self: self.in_state("returned"), same=st.booleans())
    def change_and_send_again(self, data: Any, same: bool) -> None:
        row = self.a_request(data, "returned")
        request = ServiceRequest.objects.get(pk=row.pk)
        writer = self.users[row.writer]
        if not same:
            amount = data.draw(st.sampled_from(AMOUNTS + HIGH))
            _draft, refusal = self.act(
                drafting.save_draft,
                by=writer,
                client_key=request.client_key,
                department=self.setting.world.ward,
                quantities=lines_of(amount),
                run_out="fine",
            )
            if refusal is not None:
                self.done("change", refusal)  # a writer who works here no more
                return
        _sent, refusal = self.act(lambda: send(ServiceRequest.objects.get(pk=row.pk), writer))
        self.done("send again", refusal)

    @move("writes", 3, when=lambda self: self.in_state("submitted"), units=st.sampled_from((1, 2, 50)))
    def extend(self, data: Any, units: int) -> None:
        row = self.a_request(data, "submitted")
        world = self.setting.world
        by = data.draw(st.sampled_from([world.nurse.pk, world.colleague.pk]))
        code = data.draw(st.sampled_from(sorted(row.content)))
        request = ServiceRequest.objects.get(pk=row.pk)
        kept = set(self.memory.ever_editors[row.pk])
        self.memory.ever_editors[row.pk] |= {by}
        _request, refusal = self.act(
            adding.add_to, request=request, code=code, quantity=units, by=self.users[by]
        )
        if refusal is not None:
            self.memory.ever_editors[row.pk] = kept
        self.done("extend", refusal)

    @move("writes", 1, when=lambda self: self.in_state("submitted", "returned", "approved"))
    def cancel(self, data: Any) -> None:
        row = self.a_request(data, "submitted", "returned", "approved")
        by = self.users[data.draw(st.sampled_from([row.writer, self.setting.world.colleague.pk]))]
        request = ServiceRequest.objects.get(pk=row.pk)
        _request, refusal = self.act(lifecycle.cancel, request=request, by=by, reason="found some")
        self.done("cancel", refusal)

    @move("writes", 1, when=lambda self: self.in_state("submitted"))
    def withdraw(self, data: Any) -> None:
        row = self.a_request(data, "submitted")
        request = ServiceRequest.objects.get(pk=row.pk)
        _request, refusal = self.act(lifecycle.withdraw, request=request, by=self.users[row.writer])
        self.done("withdraw", refusal)

    def decide(self, step: StepRow, who: int, verb: Callable[..., Any], **values: Any) -> DomainError | None:
        """Let `who` decide; the oracle says whether they may, and both have to agree."""
        request = self.stored.request_of(step)
        may = bool(self.town.rights(who, step.codes, request.amount, self.without(step), late=step.late))
        mine = [one for one in self.stored.present(step) if one.actor == who]
        shown = self.seen[request.pk][-1][0]
        values.setdefault("seen", shown)
        stale = values["seen"] != shown
        _step, refusal = self.act(verb, step_id=step.pk, by=self.users[who], **values)
        taken = len(self.stored.decisions)
        self.done(verb.__name__, refusal)
        taken = len(self.stored.decisions) - taken
        if mine:
            hold("I17", taken == 0, "somebody decided the same step twice")
        elif stale:
            hold("I10", taken == 0, "decided on what was shown before it changed")
            hold("I10", not may or isinstance(refusal, StaleState), "not refused as stale")
        else:
            hold("authority", may == (refusal is None), f"{who} may: {may}; the answer: {refusal!r}")
            hold("I16", taken == int(may), f"{taken} decisions were written")
        return refusal

    @move("decides", 1, when=lambda self: self.stored.open_steps)
    def approve(self, data: Any) -> None:
        step = self.a_step(data)
        self.decide(step, self.person(data, self.entitled(step)), decisions.approve_step, confirmed=True)

    @move("decides", 5, when=lambda self: self.stored.open_steps)
    def approve_as_entitled(self, data: Any) -> None:
        step = self.a_step(data)
        people = self.entitled(step)
        if people:
            self.decide(step, data.draw(st.sampled_from(people)), decisions.approve_step, confirmed=True)

    @move("decides", 1, when=lambda self: self.stored.open_steps)
    def approve_by_who_has_a_part(self, data: Any) -> None:
        """Who wrote it, wrote on it, gets it, or decided before, and their other accounts: never."""
        step = self.a_step(data)
        part = self.without(step)
        people = [pk for pk in sorted(self.town.people) if self.town.touched(pk, part)]
        self.decide(step, data.draw(st.sampled_from(people)), decisions.approve_step, confirmed=True)

    @move("decides", 2, when=lambda self: self.stored.open_steps)
    def approve_by_who_holds_it_for_others(self, data: Any) -> None:
        """Whoever was ever lent a right, in force or not."""
        step = self.a_step(data)
        people = sorted({one.to for one in self.town.lent})
        if people:
            self.decide(step, data.draw(st.sampled_from(people)), decisions.approve_step, confirmed=True)

    @move(
        "decides",
        2,
        when=lambda self: any(
            len(self.seen.get(self.stored.request_of(s).pk, ())) > 1 for s in self.stored.open_steps
        ),
    )
    def approve_what_was_shown_before(self, data: Any) -> None:
        changed = [s for s in self.stored.open_steps if len(self.seen[self.stored.request_of(s).pk]) > 1]
        step = data.draw(st.sampled_from(changed))
        people = self.entitled(step)
        if people:
            shown = data.draw(st.sampled_from(self.seen[self.stored.request_of(step).pk]))[0]
            who = data.draw(st.sampled_from(people))
            self.decide(step, who, decisions.approve_step, seen=shown, confirmed=True)

    @move("decides", 1, when=lambda self: self.stored.open_steps, reason=st.sampled_from(REASONS))
    def reject(self, data: Any, reason: str) -> None:
        step = self.a_step(data)
        self.decide(step, self.person(data, self.entitled(step)), decisions.reject_step, reason=reason)

    @move("decides", 1, when=lambda self: self.stored.open_steps, reason=st.sampled_from(REASONS))
    def return_it(self, data: Any, reason: str) -> None:
        step = self.a_step(data)
        self.decide(step, self.person(data, self.entitled(step)), decisions.return_step, reason=reason)

    @move("decides", 2, when=lambda self: self.stored.open_steps, keep=st.integers(0, 3))
    def adjust(self, data: Any, keep: int) -> None:
        step = self.a_step(data)
        request = ServiceRequest.objects.get(pk=self.stored.request_of(step).pk)
        content = self.stored.request_of(step).content  # without what was struck before
        lines = {line.code: line for line in request.lines.all() if line.code in content}
        people = self.entitled(step)
        if not people or not lines:
            return
        line = lines[data.draw(st.sampled_from(sorted(lines)))]
        to = line.quantity * keep // 4
        if to == 0 and len(content) < 2:
            return
        who = data.draw(st.sampled_from(people))
        values = {"quantities": {line.public_id: to}, "reason": REASONS[0], "confirmed": True}
        self.decide(step, who, adjusting.adjust_and_approve, **values)

    @move("decides", 3, when=lambda self: self.stored.decisions, quick=st.booleans())
    def undo(self, data: Any, quick: bool) -> None:
        found = sorted(self.stored.decisions.values(), key=lambda one: -one.pk)[: 1 if quick else 6]
        decision = data.draw(st.sampled_from(found))
        who = self.person(data, [decision.actor])
        _step, refusal = self.act(undoing.undo, step_id=decision.step, by=self.users[who])
        self.done("undo", refusal)

    @move("decides", 1, when=lambda self: self.stored.open_steps)
    def pass_on(self, data: Any) -> None:
        try:
            from approvals import passing
        except ImportError:
            return
        step = self.a_step(data)
        people = self.entitled(step)
        who = self.person(data, people)
        to = self.person(data, [pk for pk in people if pk != who])
        run = {"step_id": step.pk, "by": self.users[who], "to": self.users[to], "reason": "not mine"}
        _step, refusal = self.act(passing.pass_on, **run)
        self.done("pass on", refusal)
        hold(
            "authority",
            refusal or (who in people and to in people),
            "passed on by or to who may not decide it",
        )
