"""Approve a step, reject it with a reason, or ask its sender for more. Four eyes on every path; the first decision counts."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from approvals import documents, opening, running, signals, step_up
from approvals.models import Approval, ApprovalStep, Decision, StepApprover
from approvals.running import APPROVED, REJECTED, RETURNED, Run
from portal.clock import now
from portal.errors import Invalid
from portal.facts import publish, verb
from requests_app import lifecycle

if TYPE_CHECKING:
    from portal.accounts.models import User

LONGEST_REASON = 500  # characters


@verb
def approve_step(*, step_id: int | str, by: "User", seen: str, confirmed: bool = False) -> ApprovalStep:
    """Agree to what was shown (`seen`, its content hash). The last agreement that is needed approves the request.

    `confirmed`: the password was asked again just now. Sending the same decision again answers with the first.
    Publishes `step_closed` (and then `step_opened` of the next step or `request_approved`). Raises NotFound, NotAllowed
    (four eyes, no authority; `confirm_first`: the password), AlreadyDecided (winner, outcome), WrongState (no longer needed;
    `documents_missing`), StaleState (content changed).
    """
    run = running.locked(step_id, by)
    if running.same_before(run, by, APPROVED):
        return run.step
    claim = running.right(run, by)
    running.read_lines(run)
    running.check_seen(run, seen)
    check_ready(run, confirmed=confirmed)
    decision = running.record(run, by, claim, APPROVED, content_hash=seen, confirmed=confirmed)
    agreed(run, decision)
    return run.step


@verb
def reject_step(*, step_id: int | str, by: "User", seen: str, reason: str) -> ApprovalStep:
    """Say no, with a reason: the approval ends and the request is rejected.

    About the price of an order the request goes on. Publishes `step_closed` and `request_rejected` or `price_answered`.
    Raises Invalid (reason) and as `approve_step`.
    """
    reason = said(reason)
    run = running.locked(step_id, by)
    if running.same_before(run, by, REJECTED):
        return run.step
    claim = running.right(run, by)
    running.check_seen(run, seen)
    decision = running.record(run, by, claim, REJECTED, content_hash=seen, reason=reason)
    _end(run, Approval.Status.REJECTED, outcome="rejected", by=by)
    if run.step.approval.about_price:
        approval = run.step.approval
        publish(
            signals.price_answered, request=run.request, approval=approval, agreed=False, reason=reason, by=by
        )
        return run.step
    lifecycle.reject(request=run.request, by=by, reason=reason, on_behalf_of=lender(decision))
    return run.step


@verb
def return_step(*, step_id: int | str, by: "User", seen: str, reason: str) -> ApprovalStep:
    """Ask its sender for more: this approval ends, and the request is theirs to change and to send again.

    Sent again it is decided in a new round. Publishes `step_closed` and `request_returned`.
    Raises Invalid (reason) and as `approve_step`.
    """
    reason = said(reason)
    run = running.locked(step_id, by)
    if running.same_before(run, by, RETURNED):
        return run.step
    running.check_whole(run)
    claim = running.right(run, by)
    running.check_seen(run, seen)
    decision = running.record(run, by, claim, RETURNED, content_hash=seen, reason=reason)
    _end(run, Approval.Status.RETURNED, outcome="withdrawn", by=by)
    short = reason[: lifecycle.LONGEST_REASON]
    lifecycle.give_back(request=run.request, by=by, reason=short, on_behalf_of=lender(decision))
    return run.step


def check_ready(run: Run, *, confirmed: bool) -> None:
    """Raises NotAllowed (`confirm_first`) and WrongState (`documents_missing`): what a yes needs besides the right to it."""
    step_up.check(run.request, confirmed=confirmed)
    documents.check(run.step, run.request)


def agreed(run: Run, decision: Decision) -> None:
    """Somebody agreed: with enough agreements the step closes and the next are asked, else it waits for the others."""
    step, request, by = run.step, run.request, decision.actor
    if run.enough:
        opening.close_step(step, request, outcome="approved", by=by)
        _ask_others(run, decision)
        opening.ask_next(
            approval=step.approval,
            request=request,
            steps=run.steps,
            deciders=run.deciders,
            by=by,
            on_behalf_of=lender(decision),
        )
    else:
        theirs = {decision.actor_id, decision.authority_id}
        rows = StepApprover.objects.filter(step=step)
        (rows.filter(user__in=theirs) | rows.filter(on_behalf_of__in=theirs)).update(open=False)
        opening.show_still_asked(request=request, steps=run.steps, deciders=run.deciders)


def _ask_others(run: Run, decision: Decision) -> None:
    """Who decided this is asked for nothing else of the run: steps asked at the same time look for others."""
    beside = [one for one in run.steps if one.state == ApprovalStep.State.OPEN and one.distinct]
    if beside:
        theirs = {decision.actor_id, decision.authority_id}
        asked = StepApprover.objects.filter(step__in=beside, open=True)
        waits = asked.filter(user__in=theirs) | asked.filter(on_behalf_of__in=theirs)
        ApprovalStep.objects.filter(pk__in=waits.values("step")).update(recheck=True)


def lender(decision: Decision) -> "User | None":
    """In whose name it was taken, where that is not who took it."""
    return decision.authority if decision.authority_id != decision.actor_id else None


def said(reason: str) -> str:
    """Checked: 1 to 500 characters. Raises Invalid (reason)."""
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
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
