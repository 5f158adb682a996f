"""Approvals and their steps: that they add up, and that they stand in the inboxes of those who are asked."""

from collections.abc import Iterator

from approvals.models import Approval, ApprovalStep
from portal.desk.consistency import rows
from portal.desk.consistency.background import Background
from portal.desk.consistency.cases import Case
from portal.desk.consistency.finding import Finding
from requests_app.states import TEAM_STATES, RequestState

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
    for step in case.steps:
        yield from _times(case, step)
        yield from _carried(case, step)
        yield from _inbox(case, step, background)
    yield from _broken(case)


def subjects(request: rows.Request, background: Background) -> set[int]:
    """As `authority.subjects`, with their other accounts."""
    part = (request.requester_id, request.filed_by_id, request.beneficiary_id, *request.editors)
    return background.accounts(*(pk for pk in part if pk))


def _runs(case: Case) -> Iterator[Finding]:
    running = [one for one in case.rounds if one.status in RUNNING]
    wanted = 1 if case.state == RequestState.SUBMITTED else 0
    if len(running) != wanted:
        yield case.wrong(
            "approval.running", f"{len(running)} approvals run, and the request is “{case.state}”."
        )
    elif not wanted:
        ended = (A.APPROVED,) if _was_agreed(case) else ENDS.get(RequestState(case.state), (A.APPROVED,))
        last = case.rounds[-1].status if case.rounds else None
        if last not in ended:
            yield case.wrong("approval.outcome", f"its approval is “{last}”, and not “{ended[0]}”.")
    asked = [one for one in case.approvals if one.status in RUNNING and one not in case.rounds]
    if asked and case.state not in (*TEAM_STATES, RequestState.CLOSED):  # until Odoo is read again
        yield case.wrong("approval.running", f"a price is asked about, and the request is “{case.state}”.")
    for approval in case.approvals:
        steps = [step for step in case.steps if step.approval_id == approval.id]
        if not _adds_up(case, approval, steps):
            states = ", ".join(step.state for step in steps) or "none"
            yield case.finding(
                "approval.steps",
                f"approval:{approval.id}",
                f"it is “{approval.status}”, its steps: {states}.",
            )
        if approval.status == A.NEEDS_ROUTING and not case.open_exceptions("needs_routing"):
            yield case.finding("approval.routing", f"approval:{approval.id}", "nobody looks for a decider.")


def _was_agreed(case: Case) -> bool:
    """Since it was sent the last time, or since a decision was taken back."""
    states = [change.to_state for change in case.changes]
    sent = max((place for place, state in enumerate(states) if state == RequestState.SUBMITTED), default=0)
    return RequestState.APPROVED in states[sent:]


def _adds_up(case: Case, approval: rows.Approval, steps: list[rows.Step]) -> bool:
    """Is this what asking, deciding and withdrawing leave behind?"""
    if (approval.closed_at is None) != (approval.status in RUNNING):
        return False
    if any(one.approval_id == approval.id for one in case.broken):  # nobody was waited for
        return approval.status == A.APPROVED and {one.state for one in steps} <= {T.APPROVED, T.WITHDRAWN}
    unneeded = _unneeded(case, steps)
    steps = [step for step in steps if step.id not in unneeded]
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
        A.NEEDS_ROUTING: {T.APPROVED, T.WAITING, T.OPEN},
    }
    if approval.status == A.NEEDS_ROUTING and states and not {T.WAITING, T.OPEN} & set(states):
        return False
    return set(states) <= left[A(approval.status)]


def _unneeded(case: Case, steps: list[rows.Step]) -> set[int]:
    """Steps that were never asked, because who decided left less than they were for."""
    ids = {step.id for step in steps}
    if not any(one.adjusted and one.step_id in ids for one in case.decisions):
        return set()
    return {step.id for step in steps if step.state == T.WITHDRAWN and step.opened_at is None}


def _in_turn(step: rows.Step, asked_now: int) -> bool:
    if step.sequence == asked_now:
        return step.state in (T.OPEN, T.APPROVED)
    if step.sequence < asked_now or step.carried_from_id:
        return step.state == T.APPROVED
    return step.state == T.WAITING


def _times(case: Case, step: rows.Step) -> Iterator[Finding]:
    asked_and_over = (step.opened_at is not None, step.closed_at is not None)
    fits = {
        T.WAITING: ((False, False),),
        T.OPEN: ((True, False),),
        T.WITHDRAWN: ((True, True), (False, True)),
    }.get(T(step.state), ((step.carried_from_id is None, True),))
    if asked_and_over not in fits:
        yield case.finding(
            "approval.steps", f"step:{step.id}", f"“{step.state}” does not fit its opening and closing times."
        )


def _carried(case: Case, step: rows.Step) -> Iterator[Finding]:
    """What is said to be agreed in an earlier round was agreed there."""
    if step.carried_from_id is None:
        return
    root = next((one for one in case.steps if one.id == step.carried_from_id), None)
    own = any(one.step_id == step.id for one in case.decisions)
    earlier = root is not None and root.approval_id < step.approval_id and root.role == step.role
    if not (earlier and root and root.state == T.APPROVED and root.carried_from_id is None) or own:
        yield case.finding(
            "decision.carried", f"step:{step.id}", f"it carries on from step:{step.carried_from_id}."
        )


def _inbox(case: Case, step: rows.Step, background: Background) -> Iterator[Finding]:
    asked = [one for one in case.asked if one.step_id == step.id]
    back = {one.withdraws_id for one in case.decisions}
    given = [
        one
        for one in case.decisions
        if one.step_id == step.id and one.round == step.round and one.id not in back
    ]
    decided = {pk for one in given for pk in (one.actor_id, one.authority_id)}
    passed = {
        event.actor_id
        for event in case.events
        if event.action == "step.passed" and event.subject == f"step:{step.id}"
    }
    part = subjects(case.request, background)
    for one in asked:
        waits = step.state == T.OPEN and not {one.user_id, one.on_behalf_of_id} & decided
        if one.open != waits and not (waits and one.user_id in passed):
            yield case.finding(
                "inbox.open",
                f"step:{step.id}",
                f"user:{one.user_id} is {'' if one.open else 'not '}asked, it is “{step.state}”.",
            )
        if {one.user_id, one.on_behalf_of_id} & part:
            yield case.finding("inbox.asked", f"step:{step.id}", f"user:{one.user_id} has a part in it.")
    nobody = step.opened_at is not None and not asked
    if nobody and not (step.recheck or _gone_routing(case, step)):
        yield case.finding("inbox.open", f"step:{step.id}", f"“{step.state}”, and nobody was asked.")


def _gone_routing(case: Case, step: rows.Step) -> bool:
    """Everybody who was asked may decide it no more: an exception has its owner, or had until it ended."""
    return any(one.kind == "needs_routing" for one in case.exceptions)


def _broken(case: Case) -> Iterator[Finding]:
    """Whoever did not wait is reviewed by somebody else, and an exception said so."""
    told = {one.key for one in case.exceptions if one.kind == "policy_deviation"}
    for one in case.broken:
        approval = next((run for run in case.approvals if run.id == one.approval_id), None)
        if approval is None or approval.status != A.APPROVED or f"glass:{one.ref}" not in told:
            yield case.wrong(
                "glass.use", f"glass:{one.ref} was broken, and its approval or its exception is not there."
            )
        if (one.reviewed_at is None) != (one.reviewed_by_id is None) or one.reviewed_by_id == one.by_id:
            yield case.wrong("glass.use", f"glass:{one.ref} was reviewed by user:{one.reviewed_by_id}.")
