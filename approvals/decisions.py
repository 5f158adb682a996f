"""Approve a step, or reject it with a reason. Four eyes on every path; the first decision counts."""

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from approvals import authority, opening
from approvals.content import content_hash
from approvals.models import Approval, ApprovalStep, Decision
from portal.audit import events
from portal.clock import now
from portal.errors import AlreadyDecided, Invalid, NotAllowed, NotFound, StaleState, WrongState
from portal.facts import verb
from requests_app import access, lifecycle
from requests_app.models import ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User

APPROVED, REJECTED = Decision.Outcome.APPROVED, Decision.Outcome.REJECTED


@verb
def approve_step(*, step_id: int, by: "User", seen: str) -> ApprovalStep:
    """Agree to what was shown (`seen`, its content hash). The last agreement that is needed approves the request.

    Sending the same decision again answers with the first. Publishes `step_closed` (and then `step_opened` of the next
    step or `request_approved`). Raises NotFound, NotAllowed (four eyes, no authority), AlreadyDecided (winner, outcome),
    WrongState (no longer needed), StaleState (content changed).
    """
    step, request = _locked(step_id)
    if _repeated(step, by, APPROVED):
        return step
    _check(step, request, by, seen)
    decision = _record(step, by, APPROVED, seen, "")
    _note(step, request, decision)
    given = step.decisions.filter(round=step.round, outcome=APPROVED).count()
    if given >= (step.needed if step.asked_role == step.role else 1):
        opening.close_step(step, request, outcome="approved", by=by)
        opening.ask_next(approval=step.approval, request=request, by=by)
    else:
        step.approvers.filter(user=by).update(open=False)
    return step


@verb
def reject_step(*, step_id: int, by: "User", seen: str, reason: str) -> ApprovalStep:
    """Say no, with a reason: the approval ends and the request is rejected.

    Publishes `step_closed` and `request_rejected`. Raises Invalid (reason) and as `approve_step`.
    """
    reason = reason.strip()
    if not reason:
        raise Invalid({"reason": [_("Choose or write a reason, so that the ward knows why.")]})
    step, request = _locked(step_id)
    if _repeated(step, by, REJECTED):
        return step
    _check(step, request, by, seen)
    decision = _record(step, by, REJECTED, seen, reason[:500])
    _note(step, request, decision)
    approval = step.approval
    approval.status, approval.closed_at = Approval.Status.REJECTED, now()
    approval.save(update_fields=["status", "closed_at"])
    opening.close_step(step, request, outcome="rejected", by=by)
    for other in approval.steps.exclude(pk=step.pk):
        opening.close_step(other, request, outcome="withdrawn", by=by)
    lifecycle.reject(request=request, by=by, reason=reason)
    return step


def _locked(step_id: int) -> tuple[ApprovalStep, ServiceRequest]:
    """Lock the request, then read the step: whoever waited for the lock sees what the winner wrote."""
    request_id = ApprovalStep.objects.filter(pk=step_id).values_list("approval__request_id", flat=True).first()
    if request_id is None:
        raise NotFound
    request = access.lock_id(request_id)
    step = ApprovalStep.objects.select_related("approval__policy").get(pk=step_id)
    return step, request


def _repeated(step: ApprovalStep, by: "User", outcome: str) -> bool:
    return step.decisions.filter(round=step.round, actor=by, outcome=outcome).exists()


def _check(step: ApprovalStep, request: ServiceRequest, by: "User", seen: str) -> None:
    if step.state in (ApprovalStep.State.APPROVED, ApprovalStep.State.REJECTED):
        raise _was_first(step)
    if step.state != ApprovalStep.State.OPEN:
        raise WrongState(_("This no longer needs a decision: the request is “%s”.") % request.get_state_display())
    if by.pk in authority.subjects(request):
        raise NotAllowed(_("You have a part in this request, so somebody else decides it."))
    if not authority.may_decide(by, step, request):
        raise NotAllowed(_("This decision is not yours: your role here does not include it, or you decided a step before."))
    if seen != content_hash(request, request.lines.all()):
        raise StaleState(_("The request changed since you opened it. Look again before you decide."))


def _was_first(step: ApprovalStep) -> AlreadyDecided:
    last = step.decisions.select_related("actor").order_by("-pk").first()
    assert last is not None
    said = _("%s approved this first.") if last.outcome == APPROVED else _("%s said no to this first.")
    name = last.actor.get_full_name()
    return AlreadyDecided(said % name, winner=name, outcome=str(last.outcome), at=last.decided_at)


def _record(step: ApprovalStep, by: "User", outcome: str, seen: str, reason: str) -> Decision:
    try:
        with transaction.atomic():
            return Decision.objects.create(
                step=step,
                round=step.round,
                actor=by,
                authority=by,
                outcome=outcome,
                reason=reason,
                content_hash=seen,
                decided_at=now(),
            )
    except IntegrityError:  # the lock makes this unreachable; the constraint is the net below the rope
        raise _was_first(step) from None


def _note(step: ApprovalStep, request: ServiceRequest, decision: Decision) -> None:
    events.record(
        action=f"step.{decision.outcome}",
        by=decision.actor,
        on_behalf_of=decision.authority if decision.authority_id != decision.actor_id else None,
        case=request.public_id,
        subject=f"step:{step.pk}",
        before={"state": "open"},
        after={"outcome": str(decision.outcome), "role": step.asked_role, "amount": f"{request.amount:.2f}"},
        reason=decision.reason or step.why,
        policy=str(step.approval.policy or ""),
    )
