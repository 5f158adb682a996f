"""Approvals, their steps, who was asked and who decided."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, cast

from approvals.authority import AT_DEPARTMENT, permission_for
from approvals.content import content_hash
from approvals.models import Approval, ApprovalStep, Decision
from portal.desk.consistency import rows
from portal.desk.consistency.background import Background, Place
from portal.desk.consistency.cases import Case
from portal.desk.consistency.finding import Finding
from requests_app.states import RequestState

A, T = Approval.Status, ApprovalStep.State
RUNNING = (A.OPEN, A.NEEDS_ROUTING)
# How the last approval ended, where the request does not say that it was given.
ENDS = {
    RequestState.REJECTED: (A.REJECTED,),
    RequestState.RETURNED: (A.RETURNED, A.WITHDRAWN),
    RequestState.CANCELLED: (A.WITHDRAWN, A.RETURNED),
}


def check(case: Case, background: Background) -> Iterator[Finding]:
    if case.state != RequestState.DRAFT:
        yield from _runs(case)
    by_step: dict[int, list[rows.Decision]] = defaultdict(list)
    for decision in case.decisions:
        by_step[decision.step_id].append(decision)
    for step in case.steps:
        yield from _decided(case, step, by_step[step.id])
        yield from _inbox(case, step, by_step[step.id])
    yield from _people(case, background)
    yield from _content(case, background)


def _runs(case: Case) -> Iterator[Finding]:
    running = [one for one in case.approvals if one.status in RUNNING]
    wanted = 1 if case.state == RequestState.SUBMITTED else 0
    if len(running) != wanted:
        yield case.wrong(
            "approval.running", f"{len(running)} approvals run, and the request is “{case.state}”."
        )
    elif not wanted:
        agreed = any(change.to_state == RequestState.APPROVED for change in case.changes)
        ended = (A.APPROVED,) if agreed else ENDS.get(RequestState(case.state), (A.APPROVED,))
        last = case.approvals[-1].status if case.approvals else None
        if last not in ended:
            yield case.wrong("approval.outcome", f"its approval is “{last}”, and not “{ended[0]}”.")
    for approval in case.approvals:
        steps = [step for step in case.steps if step.approval_id == approval.id]
        if not _adds_up(approval, steps):
            states = ", ".join(step.state for step in steps) or "none"
            yield case.finding(
                "approval.steps",
                f"approval:{approval.id}",
                f"it is “{approval.status}”, its steps: {states}.",
            )
        if approval.status == A.NEEDS_ROUTING and not case.open_exceptions("needs_routing"):
            yield case.finding("approval.routing", f"approval:{approval.id}", "nobody looks for a decider.")


def _adds_up(approval: rows.Approval, steps: list[rows.Step]) -> bool:
    """Is this what asking, deciding and withdrawing leave behind?"""
    if (approval.closed_at is None) != (approval.status in RUNNING):
        return False
    states = [step.state for step in steps]
    if approval.status == A.OPEN:
        opened = {step.sequence for step in steps if step.state == T.OPEN}
        return len(opened) == 1 and all(_in_turn(step, min(opened)) for step in steps)
    if approval.status == A.REJECTED:
        return states.count(T.REJECTED) == 1 and set(states) <= {T.REJECTED, T.APPROVED, T.WITHDRAWN}
    left = {
        A.APPROVED: {T.APPROVED},
        A.WITHDRAWN: {T.APPROVED, T.WITHDRAWN},
        A.RETURNED: {T.APPROVED, T.WITHDRAWN},
        A.NEEDS_ROUTING: {T.APPROVED, T.WAITING},
    }
    if approval.status == A.NEEDS_ROUTING and states and T.WAITING not in states:
        return False
    return set(states) <= left[A(approval.status)]


def _in_turn(step: rows.Step, asked_now: int) -> bool:
    if step.sequence == asked_now:
        return step.state in (T.OPEN, T.APPROVED)
    return step.state == (T.APPROVED if step.sequence < asked_now else T.WAITING)


def _decided(case: Case, step: rows.Step, decisions: list[rows.Decision]) -> Iterator[Finding]:
    given = sum(one.outcome == Decision.Outcome.APPROVED for one in decisions)
    back = sum(one.outcome == Decision.Outcome.RETURNED for one in decisions)
    refused = len(decisions) - given - back
    needed = step.needed if step.asked_role == step.role else 1
    fits = {
        T.WAITING: not decisions,
        T.OPEN: not refused and not back and given < needed,
        T.APPROVED: not refused and not back and given == needed,
        T.REJECTED: refused == 1 and not back and given < needed,
        T.WITHDRAWN: not refused and back <= 1 and given < needed,
    }
    if not fits[T(step.state)] or any(one.round != step.round for one in decisions):
        yield case.finding(
            "decision.count",
            f"step:{step.id}",
            f"“{step.state}” with {given} of {needed} in favour and {refused} against.",
        )
    asked_and_over = (step.opened_at is not None, step.closed_at is not None)
    if asked_and_over not in {
        T.WAITING: ((False, False),),
        T.OPEN: ((True, False),),
        T.WITHDRAWN: ((True, True), (False, True)),
    }.get(T(step.state), ((True, True),)):
        yield case.finding(
            "approval.steps", f"step:{step.id}", f"“{step.state}” does not fit its opening and closing times."
        )


def _inbox(case: Case, step: rows.Step, decisions: list[rows.Decision]) -> Iterator[Finding]:
    request = case.request
    asked = [one for one in case.asked if one.step_id == step.id]
    decided = {one.actor_id for one in decisions}
    for one in asked:
        if one.open != (step.state == T.OPEN and one.user_id not in decided):
            yield case.finding(
                "inbox.open",
                f"step:{step.id}",
                f"user:{one.user_id} is {'' if one.open else 'not '}asked, it is “{step.state}”.",
            )
        if one.user_id in (request.requester_id, request.filed_by_id, request.beneficiary_id):
            yield case.finding("inbox.asked", f"step:{step.id}", f"user:{one.user_id} has a part in it.")
    if bool(asked) != (step.opened_at is not None):
        yield case.finding("inbox.open", f"step:{step.id}", f"“{step.state}”, and {len(asked)} were asked.")


def _people(case: Case, background: Background) -> Iterator[Finding]:
    request, steps = case.request, {step.id: step for step in case.steps}
    subjects = {request.requester_id, request.filed_by_id, request.beneficiary_id}
    before: dict[int, set[int]] = defaultdict(set)  # who decided, by approval
    for decision in case.decisions:
        subject, step = f"step:{decision.step_id}", steps[decision.step_id]
        people = {decision.actor_id, decision.authority_id}
        if people & subjects:
            yield case.finding(
                "decision.four_eyes", subject, f"user:{decision.actor_id} has a part in it and decided."
            )
        if people & before[step.approval_id]:
            yield case.finding("decision.same_person", subject, f"user:{decision.actor_id} decided before.")
        before[step.approval_id] |= people
        role = step.asked_role
        place: Place = (
            ("department", request.department_id)
            if role in AT_DEPARTMENT
            else ("hospital", request.hospital_id)
        )
        if not background.held(
            decision.authority_id, permission_for(role), place, request.hospital_id, decision.decided_at
        ):
            yield case.finding(
                "decision.authority", subject, f"user:{decision.authority_id} was not “{role}” then."
            )
    deciders = {
        pk for one in case.decisions if one.outcome == "approved" for pk in (one.actor_id, one.authority_id)
    }
    for event in case.events:
        if event.action == "lines.received" and event.actor_id in deciders:
            yield case.finding(
                "decision.received", f"event:{event.id}", f"user:{event.actor_id} decided it as well."
            )


def _content(case: Case, background: Background) -> Iterator[Finding]:
    if case.state == RequestState.RETURNED or not case.decisions:
        return  # its sender may be changing it
    running = {step.id for step in case.steps if step.approval_id == case.approvals[-1].id}
    known = {
        content_hash(cast(Any, background.shown(case.request, centre)), cast(Any, case.lines))
        for centre in background.cost_centres[case.request.department_id]
    }
    for decision in case.decisions:
        if decision.step_id in running and decision.content_hash not in known:
            yield case.finding(
                "decision.content", f"step:{decision.step_id}", "the request is not what was decided on."
            )
