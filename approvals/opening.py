"""Starting an approval and asking the next people; what cannot be asked gets an owner."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from approvals import authority, carrying, content, signals
from approvals.authority import Asked
from approvals.budgets import funds, ledger
from approvals.case import build_case
from approvals.in_force import in_force
from approvals.models import Approval, ApprovalStep, StepApprover
from approvals.routing import Plan, Rule, plan_steps, wanted
from approvals.wording import priced
from portal.accounts import scopes
from portal.clock import now
from portal.facts import publish, store_together, verb
from portal.fsm import store_moved
from requests_app import casework, lifecycle
from requests_app.models import ServiceRequest
from requests_app.projections import record_holder

if TYPE_CHECKING:
    from portal.accounts.models import User

OPEN, WAITING = ApprovalStep.State.OPEN, ApprovalStep.State.WAITING


@verb
def open_approval(*, request: ServiceRequest, by: "User", again: bool = False) -> Approval:
    """Plan the steps from the published policy, copy them onto the request and ask the first people.

    A deciding rule approves at once, in the name of the system and of the rule, unless a budget stops it. No policy or
    nobody entitled: `needs_routing` with an owner, never approved. After an earlier round whoever agreed then and is not
    concerned by what changed is not asked again (`carrying`). `again`: there was a round before, also of what was sent
    only once. Publishes `step_kept` for these, `step_opened` for each step asked.
    """
    force = in_force(request.category_id, request.hospital_id)
    again = again or request.submitted_at != request.state_since
    before = carrying.before(request) if again else None
    run = {"request": request, "opened_at": now(), "content": content.content_of(request, request.all_lines)}
    run["round"] = before.round + 1 if before else 1
    found = funds.of(request, request.wanted_lines, carriage=request.carriage, again=again)
    ledger.settle(request=request, by=by, found=found.periods, new=not again)
    if force.policy is None:
        approval = Approval.objects.create(**run, status=Approval.Status.NEEDS_ROUTING)
        needs_routing(
            approval, request, by=by, why=_("No approval policy is published for “%s”.") % request.category
        )
        return approval
    case = build_case(request, wanted=wanted(force.rules), budget=found.state)
    plan = plan_steps(force.rules, case)
    run |= {"policy": force.policy, "site_policy": force.site}
    approval = Approval.objects.create(**run, rules=list(plan.rules), case=case.as_json())
    earlier = carrying.read(before) if before else None
    steps = copied(approval, plan)
    if earlier:
        steps = carrying.again(approval, steps, earlier)
    if plan.decided_by and not steps and found.stopping:
        why = _("A rule would agree to this alone, and its budget does not have the money.")
        needs_routing(approval, request, by=by, why=why)
    elif plan.decided_by and not steps:
        _decide_by_policy(approval, request, plan.decided_by)
    elif not steps:
        needs_routing(approval, request, by=by, why=_("No rule of the approval policy fits this request."))
    else:
        deciders = carrying.carry(approval, request, steps, earlier, by=by) if earlier else set()
        ask_next(approval=approval, request=request, steps=steps, deciders=deciders, by=by)
    return approval


def copied(approval: Approval, plan: Plan) -> list[ApprovalStep]:
    """The planned steps as steps of this run, not yet stored."""
    return [
        ApprovalStep(
            approval=approval,
            sequence=step.sequence,
            role=step.role,
            asked_role=step.role,
            needed=step.needed or 1,
            of_all=step.needed == 0,
            distinct=step.distinct,
            within=step.within,
            escalate_to=step.escalate_to,
            documents=list(step.documents),
            calendar=step.calendar,
            why=priced(". ".join(step.why), approval.request)[:400],
        )
        for step in plan.steps
    ]


def _decide_by_policy(approval: Approval, request: ServiceRequest, rule: Rule) -> None:
    _close(approval, Approval.Status.APPROVED)
    lifecycle.approve(
        request=request,
        by=scopes.system_user(),
        reason=priced(rule.why, request),
        policy=f"{approval.version}, {rule.code}",
    )


def _close(approval: Approval, status: str) -> None:
    approval.status, approval.closed_at = status, now()
    approval.save(update_fields=["status", "closed_at"])


@verb
def ask_next(
    *,
    approval: Approval,
    request: ServiceRequest,
    steps: list[ApprovalStep],
    deciders: set[int],
    by: "User",
    on_behalf_of: "User | None" = None,
) -> None:
    """Open those of `steps` (all of the run) that come next; when none is left, `by`'s decision approves the request.

    `deciders` decided a step of this run before: steps go to distinct people. If nobody may be asked for one of them,
    none is opened and the approval needs routing. Publishes `step_opened` for each.
    """
    if any(step.state == OPEN for step in steps):
        show_still_asked(request=request, steps=steps, deciders=deciders)
        return
    waiting = [step for step in steps if step.state == WAITING]
    if not waiting:
        _close(approval, Approval.Status.APPROVED)
        if approval.about_price:
            publish(signals.price_answered, request=request, approval=approval, agreed=True, reason="", by=by)
        else:
            lifecycle.approve(request=request, by=by, on_behalf_of=on_behalf_of, policy=approval.version)
        return
    sequence = min(step.sequence for step in waiting)
    taken = authority.subjects(request)
    asked = [
        (step, *authority.resolve(request, step, without=taken | deciders if step.distinct else taken))
        for step in waiting
        if step.sequence == sequence
    ]
    lacking = next((role for _step, role, people in asked if not people), None)
    if lacking is None:
        for step, role, people in asked:
            if role != step.role:
                step.why = instead(step.role, step.why)
            step.asked_role = role
            if step.of_all:
                step.needed = len({one.authority.pk for one in people})
            step.mark_open(now())
    _store(steps, changed=[step for step, _role, _people in asked])
    if lacking is not None:
        needs_routing(approval, request, by=by, why=_("Nobody may decide as %s.") % authority.label(lacking))
        return
    if approval.status == Approval.Status.NEEDS_ROUTING:
        approval.status = Approval.Status.OPEN
        approval.save(update_fields=["status"])
    _ask([(step, people) for step, _role, people in asked], request, by)


def instead(role: str, why: str) -> str:
    """Why somebody else than the role of the policy is asked."""
    said = _("%(why)s. Asked in their place, because no %(role)s may decide this one")
    return (said % {"why": why, "role": authority.label(role).lower()})[:400]


def _store(steps: list[ApprovalStep], *, changed: list[ApprovalStep]) -> None:
    """New steps in one insert; those that were stored before with what else moved, so that a moved state is refused."""
    new = [step for step in steps if step._state.adding]
    if new:
        ApprovalStep.objects.bulk_create(new)
        return
    store_together(_store_moved, *(step for step in changed if step.state == OPEN))


def _store_moved(steps: list[ApprovalStep]) -> None:
    store_moved(steps, "opened_at", "closed_at", "asked_role", "needed", "why")


def _ask(asked: list[tuple[ApprovalStep, list[Asked]]], request: ServiceRequest, by: "User") -> None:
    """Put them into the inboxes. Who was asked before, and is asked again, keeps the one row."""
    moment = now()
    StepApprover.objects.bulk_create(
        (
            StepApprover(step=step, user=one.user, on_behalf_of=one.on_behalf_of, opened_at=moment, open=True)
            for step, people in asked
            for one in people
        ),
        update_conflicts=True,
        unique_fields=["step", "user"],
        update_fields=["on_behalf_of", "open", "opened_at"],
    )
    for step, people in asked:
        publish(
            signals.step_opened,
            request=request,
            step_ref=f"step:{step.pk}",
            approver_ids=[one.user.pk for one in people],
            calendar=step.calendar,
            within=step.within,
            by=by,
        )
    names = dict.fromkeys(one.user.get_full_name() for _step, people in asked for one in people)
    _hold(asked[0][0].approval, request, _names(list(names)))


def _hold(approval: Approval, request: ServiceRequest, held_by: str) -> None:
    """Who is asked has the request; about the price of an order is asked while somebody else has it."""
    if not approval.about_price:
        record_holder(request=request, held_by=held_by)


def show_still_asked(*, request: ServiceRequest, steps: list[ApprovalStep], deciders: set[int]) -> None:
    """Somebody decided and others still have to: those who were asked and have not decided have it. One query."""
    asked = StepApprover.objects.filter(step__in=[step for step in steps if step.state == OPEN], open=True)
    people = asked.exclude(user__in=deciders).select_related("user")
    people = people.order_by("step__sequence", "step", "user__last_name", "user__first_name", "user")
    names = dict.fromkeys(row.user.get_full_name() for row in people)
    _hold(steps[0].approval, request, _names(list(names)))


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:2])
    return (
        _("%(names)s and %(count)s more") % {"names": shown, "count": len(names) - 2}
        if len(names) > 2
        else shown
    )


def needs_routing(approval: Approval, request: ServiceRequest, *, by: "User", why: str) -> None:
    """Nobody can be asked: say so, give it an owner, and never approve."""
    approval.status = Approval.Status.NEEDS_ROUTING
    approval.save(update_fields=["status"])
    _hold(approval, request, _("Nobody yet: the request desk is finding somebody to decide"))
    casework.open_exception(
        kind="needs_routing", request=request, owner_role="policy_owner", detail=why, by=by
    )


def routed(request: ServiceRequest, *, by: "User", reason: str) -> None:
    """Nobody needs to look for people to ask any more: close the exception of the policy owner."""
    for exception in request.exceptions.filter(kind="needs_routing", closed_at=None):
        casework.close_exception(exception=exception, by=by, reason=reason)


@verb
def withdraw(*, request: ServiceRequest, by: "User") -> None:
    """The request was cancelled: nobody needs to decide any more. Publishes `step_closed` for each open step."""
    running = [Approval.Status.OPEN, Approval.Status.NEEDS_ROUTING]
    for approval in request.approvals.filter(status__in=running).prefetch_related("steps"):
        if approval.status == Approval.Status.NEEDS_ROUTING:
            routed(request, by=by, reason=_("The request was cancelled."))
        _close(approval, Approval.Status.WITHDRAWN)
        for step in approval.steps.all():
            close_step(step, request, outcome="withdrawn", by=by)


def close_step(step: ApprovalStep, request: ServiceRequest, *, outcome: str, by: "User") -> None:
    """End a step and take it out of every inbox. Publishes `step_closed` if it had been asked."""
    if step.state not in (OPEN, WAITING):
        return
    asked = step.state == OPEN
    mark = {"approved": step.mark_approved, "rejected": step.mark_rejected, "withdrawn": step.mark_withdrawn}[
        outcome
    ]
    mark(now())
    store_together(_store_moved, step)
    if asked:
        StepApprover.objects.filter(step=step.pk).update(open=False)
        publish(
            signals.step_closed,
            request=request,
            step_ref=f"step:{step.pk}",
            outcome=outcome,
            unanswered=getattr(step, "unanswered", True),  # where nobody looked, there may be something
            by=by,
        )
