"""Starting an approval and asking the next people; what cannot be asked gets an owner."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from approvals import authority, signals
from approvals.case import build_case
from approvals.models import Approval, ApprovalPolicy, ApprovalStep, StepApprover
from approvals.routing import Plan, Rule, StepRule, plan_steps
from portal.accounts import scopes
from portal.audit import events
from portal.clock import now
from portal.facts import publish, verb
from requests_app import casework, lifecycle
from requests_app.models import ServiceRequest
from requests_app.projections import record_holder

if TYPE_CHECKING:
    from portal.accounts.models import User

OPEN, WAITING = ApprovalStep.State.OPEN, ApprovalStep.State.WAITING


def published_policy(category_id: int) -> ApprovalPolicy | None:
    return ApprovalPolicy.objects.filter(category=category_id, status=ApprovalPolicy.Status.PUBLISHED).first()


def rules_of(policy: ApprovalPolicy) -> list[Rule]:
    """The policy as plain values for `plan_steps`. Two queries."""
    return [
        Rule(
            code=row.code,
            why=row.why,
            conditions=row.conditions,
            decides=row.decides,
            steps=tuple(StepRule(s.sequence, s.role, s.calendar, s.needed) for s in row.steps.all()),
        )
        for row in policy.rules.prefetch_related("steps")
    ]


@verb
def open_approval(*, request: ServiceRequest, by: "User") -> Approval:
    """Plan the steps from the published policy, copy them onto the request and ask the first people.

    A deciding rule approves at once, in the name of the system and of the rule. No policy or nobody entitled:
    `needs_routing` with an owner, never approved. Publishes `step_opened` for each step asked.
    """
    policy = published_policy(request.category_id)
    if policy is None:
        approval = Approval.objects.create(request=request, opened_at=now(), status=Approval.Status.NEEDS_ROUTING)
        _needs_routing(approval, request, by=by, why=_("No approval policy is published for “%s”.") % request.category)
        return approval
    case = build_case(request)
    plan = plan_steps(rules_of(policy), case)
    approval = Approval.objects.create(
        request=request, policy=policy, rules=list(plan.rules), case=case.as_json(), opened_at=now()
    )
    if plan.decided_by:
        _decide_by_policy(approval, request, plan.decided_by)
    elif not plan.steps:
        _needs_routing(approval, request, by=by, why=_("No rule of the approval policy fits this request."))
    else:
        _copy_steps(approval, plan)
        ask_next(approval=approval, request=request, by=by)
    return approval


def _copy_steps(approval: Approval, plan: Plan) -> None:
    ApprovalStep.objects.bulk_create(
        ApprovalStep(
            approval=approval,
            sequence=step.sequence,
            role=step.role,
            asked_role=step.role,
            needed=step.needed,
            calendar=step.calendar,
            why=". ".join(step.why)[:400],
        )
        for step in plan.steps
    )


def _decide_by_policy(approval: Approval, request: ServiceRequest, rule: Rule) -> None:
    approval.status, approval.closed_at = Approval.Status.APPROVED, now()
    approval.save(update_fields=["status", "closed_at"])
    lifecycle.approve(
        request=request, by=scopes.system_user(), reason=rule.why, policy=f"{approval.policy}, {rule.code}"
    )


@verb
def ask_next(*, approval: Approval, request: ServiceRequest, by: "User") -> None:
    """Open the steps that come next; when none is left, the request is approved by `by`'s decision."""
    steps = list(approval.steps.all())
    if any(step.state == OPEN for step in steps):
        return
    waiting = [step for step in steps if step.state == WAITING]
    if not waiting:
        approval.status, approval.closed_at = Approval.Status.APPROVED, now()
        approval.save(update_fields=["status", "closed_at"])
        lifecycle.approve(request=request, by=by, policy=str(approval.policy))
        return
    sequence = waiting[0].sequence
    taken = authority.subjects(request) | authority.deciders(approval)
    asked = [(step, *authority.resolve(request, step, without=taken)) for step in waiting if step.sequence == sequence]
    for step, role, people in asked:
        if not people:
            _needs_routing(approval, request, by=by, why=_("Nobody may decide as %s.") % _role_label(role))
            return
    if approval.status == Approval.Status.NEEDS_ROUTING:
        approval.status = Approval.Status.OPEN
        approval.save(update_fields=["status"])
    for step, role, people in asked:
        _ask(step, role, people, request, by)
    names = {person.get_full_name(): None for _step, _role, people in asked for person in people}
    record_holder(request_id=request.pk, held_by=_names(list(names)))
    request.held_by = _names(list(names))


def _ask(step: ApprovalStep, role: str, people: "list[User]", request: ServiceRequest, by: "User") -> None:
    step.asked_role = role
    step.mark_open(now())
    step.save()
    StepApprover.objects.bulk_create(
        StepApprover(step=step, user=person, opened_at=step.opened_at) for person in people
    )
    publish(
        signals.step_opened,
        request=request,
        step_ref=f"step:{step.pk}",
        approver_ids=[person.pk for person in people],
        calendar=step.calendar,
        by=by,
    )


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:2])
    return _("%(names)s and %(count)s more") % {"names": shown, "count": len(names) - 2} if len(names) > 2 else shown


def _role_label(role: str) -> str:
    from portal.accounts.roles import ROLES

    return str(ROLES[role].label)


def _needs_routing(approval: Approval, request: ServiceRequest, *, by: "User", why: str) -> None:
    """Nobody can be asked: say so, give it an owner, and never approve."""
    approval.status = Approval.Status.NEEDS_ROUTING
    approval.save(update_fields=["status"])
    request.held_by = str(_("Nobody yet: the request desk is finding somebody to decide"))
    record_holder(request_id=request.pk, held_by=request.held_by)
    casework.open_exception(kind="needs_routing", request=request, owner_role="policy_owner", detail=why, by=by)


@verb
def withdraw(*, request: ServiceRequest, by: "User") -> None:
    """The request was cancelled: nobody needs to decide any more. Publishes `step_closed` for each open step."""
    running = [Approval.Status.OPEN, Approval.Status.NEEDS_ROUTING]
    for approval in request.approvals.filter(status__in=running).prefetch_related("steps"):
        approval.status, approval.closed_at = Approval.Status.WITHDRAWN, now()
        approval.save(update_fields=["status", "closed_at"])
        for step in approval.steps.all():
            close_step(step, request, outcome="withdrawn", by=by)


def close_step(step: ApprovalStep, request: ServiceRequest, *, outcome: str, by: "User") -> None:
    """End a step and take it out of every inbox. Publishes `step_closed` if it had been asked."""
    if step.state not in (OPEN, WAITING):
        return
    asked = step.state == OPEN
    mark = {"approved": step.mark_approved, "rejected": step.mark_rejected, "withdrawn": step.mark_withdrawn}[outcome]
    mark(now())
    step.save()
    if asked:
        step.approvers.update(open=False)
        publish(signals.step_closed, request=request, step_ref=f"step:{step.pk}", outcome=outcome, by=by)
