"""The decisions: as many as a step needed, by whom it was for, with a right that they had then, about what is there."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, cast

from approvals.authority import (
    AT_DEPARTMENT,
    BUDGET_OWNER,
    DUTY_LIMITS,
    GROUP,
    PERSON,
    TEAM_LEAD,
    permission_for,
)
from approvals.content import content_hash
from approvals.models import ApprovalStep
from approvals.models import Decision as Stored
from portal.desk.consistency import rows
from portal.desk.consistency.approvals import subjects
from portal.desk.consistency.background import Background, Place
from portal.desk.consistency.cases import Case
from portal.desk.consistency.finding import Finding
from portal.undo import UNDO
from requests_app.states import RequestState

T, Said = ApprovalStep.State, Stored.Outcome


def check(case: Case, background: Background) -> Iterator[Finding]:
    if not case.decisions:
        undecided = [step for step in case.steps if step.state in (T.APPROVED, T.REJECTED)]
        for step in undecided if not case.broken else ():
            yield from _counted(case, step, [])
        return
    by_step: dict[int, list[rows.Decision]] = defaultdict(list)
    for decision in case.decisions:
        by_step[decision.step_id].append(decision)
    for step in case.steps:
        yield from _rounds(case, step, by_step[step.id])
        yield from _counted(case, step, _standing(step, by_step[step.id]))
    yield from _people(case, background)
    yield from _received(case)
    yield from _content(case, background, by_step)


def _standing(step: rows.Step, decisions: list[rows.Decision]) -> list[rows.Decision]:
    """Those that count: of the present round, and not taken back."""
    back = {one.withdraws_id for one in decisions}
    given = [one for one in decisions if one.outcome != Said.WITHDRAWN and one.id not in back]
    return [one for one in given if one.round == step.round]


def _rounds(case: Case, step: rows.Step, decisions: list[rows.Decision]) -> Iterator[Finding]:
    """No decision of a round that is to come; what was taken back was so at once, by who took it, and a round began."""
    by_id = {one.id: one for one in decisions}
    for one in decisions:
        if one.round > step.round:
            yield case.finding("decision.round", f"step:{step.id}", f"round {one.round} of {step.round}.")
        if one.outcome != Said.WITHDRAWN:
            continue
        former = by_id.get(one.withdraws_id or 0)
        fits = (
            former is not None
            and former.outcome != Said.WITHDRAWN
            and (former.actor_id, former.authority_id) == (one.actor_id, one.authority_id)
            and former.decided_at <= one.decided_at < former.decided_at + UNDO
            and step.round > former.round
        )
        if not fits:
            yield case.finding(
                "decision.undone", f"step:{step.id}", f"user:{one.actor_id} took back what could not be."
            )


def _counted(case: Case, step: rows.Step, decisions: list[rows.Decision]) -> Iterator[Finding]:
    """`decisions` stand on the step. One of a higher authority is enough; what is carried on has none of its own."""
    given = sum(one.outcome == Said.APPROVED for one in decisions)
    back = sum(one.outcome == Said.RETURNED for one in decisions)
    refused = len(decisions) - given - back
    needed = step.needed if step.asked_role == step.role else 1
    higher = any(one.outcome == Said.APPROVED and one.role not in ("", step.role) for one in decisions)
    enough = given >= 1 if higher else given == needed
    fits = {
        T.WAITING: not decisions,
        T.OPEN: not refused and not back and not enough,
        T.APPROVED: not refused and not back and (given == 0 if step.carried_from_id else enough),
        T.REJECTED: refused == 1 and not back and not enough,
        T.WITHDRAWN: not refused and back <= 1 and not enough,
    }
    if not fits[T(step.state)] or given > max(step.needed, 1):
        yield case.finding(
            "decision.count",
            f"step:{step.id}",
            f"“{step.state}” with {given} of {needed} in favour and {refused} against.",
        )


def _people(case: Case, background: Background) -> Iterator[Finding]:
    steps = {step.id: step for step in case.steps}
    part = subjects(case.request, background)
    back = {one.withdraws_id for one in case.decisions}
    before: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))  # by approval and step
    for decision in case.decisions:
        if decision.outcome == Said.WITHDRAWN:
            continue
        subject, step = f"step:{decision.step_id}", steps[decision.step_id]
        people = background.accounts(decision.actor_id, decision.authority_id)
        if people & part:
            yield case.finding(
                "decision.four_eyes", subject, f"user:{decision.actor_id} has a part in it and decided."
            )
        decided = before[step.approval_id]
        others = set().union(*decided.values()) if step.distinct else decided[step.id]
        if people & others:
            yield case.finding("decision.same_person", subject, f"user:{decision.actor_id} decided before.")
        if decision.id not in back and decision.round == step.round:
            decided[step.id] |= people
        yield from _right(case, decision, step, background)


def _right(case: Case, decision: rows.Decision, step: rows.Step, background: Background) -> Iterator[Finding]:
    subject, role = f"step:{decision.step_id}", decision.role or step.asked_role
    asked = role in (step.role, step.asked_role, *step.also)
    if not asked or not _held(case.request, decision, role, background):
        yield case.finding(
            "decision.authority", subject, f"user:{decision.authority_id} was not “{role}” then."
        )
    if decision.actor_id != decision.authority_id and not _lent(case.request, decision, step, background):
        yield case.finding(
            "decision.lent",
            subject,
            f"user:{decision.authority_id} had not lent it to user:{decision.actor_id}.",
        )


def _held(request: rows.Request, decision: rows.Decision, role: str, background: Background) -> bool:
    """Was whose right it was in this role then? Of who owns a budget and who is of a group only today is known."""
    user, moment = decision.authority_id, decision.decided_at
    if role in DUTY_LIMITS:
        return request.base_amount < DUTY_LIMITS[role] and background.on_duty(
            user, role, request.hospital_id, moment
        )
    if role.startswith(PERSON):
        return background.names.get(user) == role.removeprefix(PERSON)
    if role.startswith(GROUP) or role == BUDGET_OWNER:
        return True
    place: Place = ("hospital", request.hospital_id)
    if role in AT_DEPARTMENT:
        place = ("department", request.department_id)
    elif role == TEAM_LEAD and request.team_id:
        place = ("team", request.team_id)
    return background.held(user, permission_for(role), place, request.hospital_id, moment)


def _lent(request: rows.Request, decision: rows.Decision, step: rows.Step, background: Background) -> bool:
    """Did a delegation in force then cover it? An alternate counts while the other is away, or once it is late."""
    lent = background.lent.get(decision.delegation_id or 0)
    if lent is None:
        return False
    moment = decision.decided_at
    people = (lent.grantor_id, lent.delegate_id) == (decision.authority_id, decision.actor_id)
    within = lent.limit is None or decision.adjusted or request.base_amount < lent.limit
    scope = not lent.categories or request.category__code in lent.categories
    needed = not lent.standing or step.late or background.was_away(lent.grantor_id, moment)
    return bool(people and lent.in_force(moment) and within and scope and needed)


def _received(case: Case) -> Iterator[Finding]:
    deciders = {
        pk
        for one in case.decisions
        if one.outcome == Said.APPROVED
        for pk in (one.actor_id, one.authority_id)
    }
    for event in case.events:
        if event.action == "lines.received" and event.actor_id in deciders:
            yield case.finding(
                "decision.received", f"event:{event.id}", f"user:{event.actor_id} decided it as well."
            )


def _content(
    case: Case, background: Background, by_step: dict[int, list[rows.Decision]]
) -> Iterator[Finding]:
    """What stands in the last round was decided on what is there now, from who took something down last."""
    if case.state == RequestState.RETURNED:
        return  # its sender may be changing it
    known = {
        content_hash(cast(Any, background.shown(case.request, centre)), cast(Any, case.lines))
        for centre in background.cost_centres[case.request.department_id]
    }
    mine = [step for step in case.steps if step.approval_id == case.rounds[-1].id]
    standing = [one for step in mine for one in _standing(step, by_step[step.id])]
    standing.sort(key=lambda one: one.id)
    last = max((place for place, one in enumerate(standing) if one.adjusted), default=0)
    for decision in standing[last:]:
        if decision.content_hash not in known:
            yield case.finding(
                "decision.content", f"step:{decision.step_id}", "the request is not what was decided on."
            )
    for broken in case.broken:
        if broken.approval_id == case.rounds[-1].id and broken.content_hash not in known:
            yield case.wrong("decision.content", "the request is not what the glass was broken for.")
