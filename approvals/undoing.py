"""Taking a decision back at once: before anybody decided after it, and before anything left the portal because of it.

Nothing is deleted: what is taken back stays, a decision of its own says so, and the step is asked in one more round.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from approvals import adjusting, authority, decisions, opening, running, signals
from approvals.authority import Claim
from approvals.models import Approval, ApprovalStep, BreakGlass, Decision, StepApprover
from approvals.running import Run
from portal.audit import events
from portal.clock import now
from portal.errors import NotAllowed, WrongState
from portal.facts import publish, verb
from portal.undo import UNDO
from requests_app import lifecycle
from requests_app.models import ServiceRequest
from requests_app.states import Kind, Priority, RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User

OPEN, WAITING, WITHDRAWN = (
    ApprovalStep.State.OPEN,
    ApprovalStep.State.WAITING,
    ApprovalStep.State.WITHDRAWN,
)
TAKEN_BACK = Decision.Outcome.WITHDRAWN
# What the request is once the decision ended its approval.
LEADS_TO = {
    Decision.Outcome.APPROVED: RequestState.APPROVED,
    Decision.Outcome.REJECTED: RequestState.REJECTED,
    Decision.Outcome.RETURNED: RequestState.RETURNED,
}


def until(decision: Decision, request: ServiceRequest) -> datetime | None:
    """When `decision` can be taken back no more; None where it cannot be already, or never could. No query.

    The verb looks at more: whoever was quicker (a storekeeper, the next decider) ends it before.
    """
    ends = decision.decided_at + UNDO
    if decision.outcome == TAKEN_BACK or now() >= ends or never(decision.outcome, request):
        return None
    return ends if request.state in (RequestState.SUBMITTED, LEADS_TO[decision.outcome]) else None  # type: ignore[index]


def never(outcome: str, request: ServiceRequest) -> str:
    """Why a decision with this outcome on `request` cannot be taken back, however soon; or ''."""
    kind, ended = request.category.kind, request.state != RequestState.SUBMITTED
    if request.priority == Priority.EMERGENCY:
        return _("This is an emergency: what was decided went out at once.")
    if not ended or outcome == Decision.Outcome.RETURNED:
        return ""
    if kind == Kind.COST:
        return _("The work went on with this answer at once.")
    if kind == Kind.BUNDLE and outcome == Decision.Outcome.APPROVED:
        return _("Its tasks went to their teams at once.")
    if kind == Kind.TRANSPORT and outcome == Decision.Outcome.REJECTED:
        return _("The way back was cancelled with it at once.")
    if request.parent_id and outcome == Decision.Outcome.REJECTED:
        return _("The other tasks went on without it at once.")
    return ""


@verb
def undo(*, step_id: int | str, by: "User") -> ApprovalStep:
    """`by` takes back what they decided on this step less than ten seconds ago. Taken back twice is taken back once.

    The step is asked in one more round, of the same people, also of those who had agreed to it before; steps that the
    decision opened wait for their turn again, those that it ended go on; quantities that it took down are as before. A
    request that it ended is sent again, and what was promised because of it is void. Publishes `decision_undone` and, if
    it ended the request, `request_undecided`.
    Raises NotFound, NotAllowed (not the own decision), WrongState (too late, somebody was quicker, an emergency).
    """
    run = running.locked(step_id, by)
    running.check_whole(run)
    decision = _last_of(run, by)
    if decision.pk in {one.withdraws_id for one in run.decisions}:
        return run.step
    _check(run, decision)
    _record(run, decision)
    if run.request.state != RequestState.SUBMITTED:
        lifecycle.undecide(request=run.request, by=by, on_behalf_of=decisions.lender(decision))
    adjusting.put_back(run, decision)
    since, fallen = decision.decided_at, _fallen(run, decision)
    recalled, reopened = _recall(run, since), _reopen(run, since)
    _resume(run, by)
    publish(
        signals.decision_undone,
        request=run.request,
        since=since,
        reopened=[f"step:{one.pk}" for one in reopened],
        recalled=[f"step:{one.pk}" for one in recalled],
        again_ids=fallen,
        by=by,
    )
    opening.show_still_asked(request=run.request, steps=run.steps, deciders=run.deciders)
    return run.step


def _last_of(run: Run, by: "User") -> Decision:
    """What `by` decided last on the step, taken back or not."""
    own = [d for d in run.decisions if d.step_id == run.step.pk and d.actor_id == by.pk]
    decided = [d for d in own if d.outcome != TAKEN_BACK]
    if not decided:
        raise NotAllowed(_("Only who took a decision can take it back."))
    return decided[-1]


def _check(run: Run, decision: Decision) -> None:
    """Raises WrongState unless it can still be taken back."""
    request = run.request
    if now() >= decision.decided_at + UNDO:
        raise WrongState(_("It is too late to take it back: it has gone out."))
    if run.step.approval.about_price:
        raise WrongState(_("The buyer went on with this answer at once."))
    if why := never(decision.outcome, request):
        raise WrongState(why)
    back = {one.withdraws_id for one in run.decisions}
    later = [d for d in run.decisions if d.pk > decision.pk and d.outcome != TAKEN_BACK and d.pk not in back]
    if later:
        name = later[-1].actor.get_full_name()
        raise WrongState(_("%(name)s decided after you, so it stands.") % {"name": name})
    if BreakGlass.objects.filter(approval=run.step.approval).exists():
        raise WrongState(_("It went on without waiting for the others, so it stands."))
    ended = run.step.approval.status not in (Approval.Status.OPEN, Approval.Status.NEEDS_ROUTING)
    wanted = LEADS_TO[Decision.Outcome(decision.outcome)] if ended else RequestState.SUBMITTED
    moved = request.changes.filter(at__gte=decision.decided_at).count() if ended else 0
    edited = request.state == RequestState.RETURNED and request.updated_at > request.state_since
    if request.state != wanted or moved != int(ended) or edited:
        raise WrongState(
            _("Somebody went on with it meanwhile: it is “%(state)s” now.")
            % {"state": request.get_state_display()}
        )


def _record(run: Run, decision: Decision) -> None:
    claim = Claim(decision.authority, decision.role, decision.delegation)
    running.record(
        run,
        decision.actor,
        claim,
        TAKEN_BACK,
        content_hash=decision.content_hash,
        withdraws=decision,
    )


def _recall(run: Run, since: datetime) -> list[ApprovalStep]:
    """Steps that were asked because of the decision wait again; nobody has them in the inbox. Returns them."""
    opened = [one for one in run.steps if one is not run.step and one.state == OPEN]
    recalled = [one for one in opened if one.opened_at and one.opened_at >= since]
    for step in recalled:
        step.mark_recalled(now())
        step.save()
    if recalled:
        StepApprover.objects.filter(step__in=recalled).update(open=False)
    return recalled


def _reopen(run: Run, since: datetime) -> list[ApprovalStep]:
    """The step, and those that ended with it, are asked again, or wait as they did. Returns those that are asked."""
    others = [one for one in run.steps if one is not run.step and one.state == WITHDRAWN]
    ended = [one for one in others if one.closed_at and one.closed_at >= since]
    for step in ended:
        if step.opened_at is None:
            step.mark_recalled(now())
            step.save()
    reopened = [run.step, *(one for one in ended if one.state == WITHDRAWN)]
    for step in reopened:
        step.mark_undone(now())
        # Who was asked may have left or gone away since: the next sweep looks.
        step.recheck = True
        step.save()
    left = events.actors_of(run.request.public_id, "step.passed")  # who passed it on is not asked again
    out = authority.subjects(run.request) | run.deciders | left
    StepApprover.objects.filter(step__in=reopened).exclude(user__in=out).update(open=True)
    return reopened


def _fallen(run: Run, decision: Decision) -> list[int]:
    """Who had agreed to the step before in this round: they are asked once more."""
    back = {one.withdraws_id for one in run.decisions}
    return [
        d.actor_id
        for d in run.on_step
        if d.pk != decision.pk and d.outcome != TAKEN_BACK and d.pk not in back
    ]


def _resume(run: Run, by: "User") -> None:
    """The approval runs again; nobody has to look for people for what is not its turn."""
    approval = run.step.approval
    if approval.status == Approval.Status.NEEDS_ROUTING:
        opening.routed(run.request, by=by, reason=_("The decision before it was taken back."))
    if approval.status != Approval.Status.OPEN:
        approval.status, approval.closed_at = Approval.Status.OPEN, None
        approval.save(update_fields=["status", "closed_at"])
