"""Approve a step, reject it with a reason, or ask its sender for more. Four eyes on every path; the first decision counts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from approvals import authority, opening
from approvals.content import content_hash
from approvals.models import Approval, ApprovalStep, Decision
from portal.audit import events
from portal.clock import now
from portal.errors import AlreadyDecided, DomainError, Invalid, NotAllowed, StaleState, WrongState
from portal.facts import verb
from requests_app import access, lifecycle
from requests_app.models import ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User

APPROVED, REJECTED, RETURNED = Decision.Outcome.APPROVED, Decision.Outcome.REJECTED, Decision.Outcome.RETURNED


@dataclass
class Run:
    """The step to decide with everything around it, read after the request was locked."""

    step: ApprovalStep
    request: ServiceRequest
    steps: list[ApprovalStep]  # of this approval, `step` among them
    decisions: list[Decision]  # on all of them

    @property
    def deciders(self) -> set[int]:
        return {pk for decision in self.decisions for pk in (decision.actor_id, decision.authority_id)}

    @property
    def on_step(self) -> list[Decision]:
        return [d for d in self.decisions if d.step_id == self.step.pk and d.round == self.step.round]


@verb
def approve_step(*, step_id: int, by: "User", seen: str) -> ApprovalStep:
    """Agree to what was shown (`seen`, its content hash). The last agreement that is needed approves the request.

    Sending the same decision again answers with the first. Publishes `step_closed` (and then `step_opened` of the next
    step or `request_approved`). Raises NotFound, NotAllowed (four eyes, no authority), AlreadyDecided (winner, outcome),
    WrongState (no longer needed), StaleState (content changed).
    """
    run = _locked(step_id)
    if not _take(run, by, APPROVED, seen):
        return run.step
    step = run.step
    given = sum(decision.outcome == APPROVED for decision in run.on_step)
    if given >= (step.needed if step.asked_role == step.role else 1):
        opening.close_step(step, run.request, outcome="approved", by=by)
        opening.ask_next(
            approval=step.approval, request=run.request, steps=run.steps, deciders=run.deciders, by=by
        )
    else:
        step.approvers.filter(user=by).update(open=False)
        opening.show_still_asked(request=run.request, steps=run.steps, deciders=run.deciders)
    return step


@verb
def reject_step(*, step_id: int, by: "User", seen: str, reason: str) -> ApprovalStep:
    """Say no, with a reason: the approval ends and the request is rejected.

    Publishes `step_closed` and `request_rejected`. Raises Invalid (reason) and as `approve_step`.
    """
    reason = _said(reason)
    run = _locked(step_id)
    if not _take(run, by, REJECTED, seen, reason):
        return run.step
    _end(run, Approval.Status.REJECTED, outcome="rejected", by=by)
    lifecycle.reject(request=run.request, by=by, reason=reason)
    return run.step


@verb
def return_step(*, step_id: int, by: "User", seen: str, reason: str) -> ApprovalStep:
    """Ask its sender for more: this approval ends, and the request is theirs to change and to send again.

    Sent again it is decided anew, from the first step. Publishes `step_closed` and `request_returned`.
    Raises Invalid (reason) and as `approve_step`.
    """
    reason = _said(reason)
    run = _locked(step_id)
    if not _take(run, by, RETURNED, seen, reason):
        return run.step
    _end(run, Approval.Status.RETURNED, outcome="withdrawn", by=by)
    lifecycle.give_back(request=run.request, by=by, reason=reason[: lifecycle.LONGEST_REASON])
    return run.step


def _said(reason: str) -> str:
    """Checked. Raises Invalid (reason)."""
    reason = reason.strip()[:500]
    if not reason:
        raise Invalid({"reason": [_("Choose or write a reason, so that the ward knows why.")]})
    return reason


def _end(run: Run, status: str, *, outcome: str, by: "User") -> None:
    """This decision ends the approval: no other step of it is asked any more."""
    approval = run.step.approval
    approval.status, approval.closed_at = status, now()
    approval.save(update_fields=["status", "closed_at"])
    opening.close_step(run.step, run.request, outcome=outcome, by=by)
    for other in run.steps:
        if other is not run.step:
            opening.close_step(other, run.request, outcome="withdrawn", by=by)


def _locked(step_id: int) -> Run:
    """Lock the request, then read the run: whoever waited for the lock sees what the winner wrote. Four queries."""
    request = access.lock_where(approvals__steps=step_id)
    siblings = ApprovalStep.objects.filter(approval__steps=step_id).select_related("approval__policy")
    steps = list(siblings.order_by("sequence", "pk"))
    step = next(step for step in steps if step.pk == step_id)
    for sibling in steps:
        sibling.approval = step.approval
    decisions = list(Decision.objects.filter(step__in=steps).select_related("actor").order_by("pk"))
    return Run(step=step, request=request, steps=steps, decisions=decisions)


def _take(run: Run, by: "User", outcome: str, seen: str, reason: str = "") -> bool:
    """Check and record one decision; False when this person took the same one before."""
    if any(decision.actor_id == by.pk and decision.outcome == outcome for decision in run.on_step):
        return False
    _check(run, by, seen)
    decision = _record(run, by, outcome, seen, reason)
    run.decisions.append(decision)
    _note(run, decision)
    return True


def _check(run: Run, by: "User", seen: str) -> None:
    if why_not := refusal(run, by):
        raise why_not
    if seen != content_hash(run.request, run.request.all_lines):
        raise StaleState(_("The request changed since you opened it. Look again before you decide."))


def refusal(run: Run, by: "User") -> DomainError | None:
    """Why `by` may not decide `run.step` now, or None: AlreadyDecided, WrongState or NotAllowed. One query at most."""
    step, request = run.step, run.request
    if step.state in (ApprovalStep.State.APPROVED, ApprovalStep.State.REJECTED):
        return _was_first(run)
    if step.state != ApprovalStep.State.OPEN:
        return WrongState(
            _("This no longer needs a decision: the request is “%s”.") % request.get_state_display()
        )
    if by.pk in authority.subjects(request):
        return NotAllowed(_("You have a part in this request, so somebody else decides it."))
    if by.pk in run.deciders:
        return NotAllowed(_("You decided this request before, so somebody else takes this decision."))
    if not authority.holds(by, step, request):
        return NotAllowed(_("This decision is not yours: your role here does not include it."))
    return None


def _was_first(run: Run) -> AlreadyDecided:
    last = run.on_step[-1]
    said = _("%s approved this first.") if last.outcome == APPROVED else _("%s said no to this first.")
    name = last.actor.get_full_name()
    return AlreadyDecided(said % name, winner=name, outcome=str(last.outcome), at=last.decided_at)


def _record(run: Run, by: "User", outcome: str, seen: str, reason: str) -> Decision:
    """The lock makes a second decision of one authority impossible; the unique constraint is the net below the rope."""
    return Decision.objects.create(
        step=run.step,
        round=run.step.round,
        actor=by,
        authority=by,
        outcome=outcome,
        reason=reason,
        content_hash=seen,
        decided_at=now(),
    )


def _note(run: Run, decision: Decision) -> None:
    step, request = run.step, run.request
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
