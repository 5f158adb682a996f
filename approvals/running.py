"""One run under its lock: may this person decide this step now, by what right, and the one way to record that they did."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from approvals import authority, differences, recent_changes, signals
from approvals.authority import Claim
from approvals.content import hash_to_decide
from approvals.models import ApprovalStep, Decision, StepApprover
from portal.audit import events
from portal.clock import now
from portal.errors import AlreadyDecided, DomainError, NotAllowed, NotFound, StaleState, WrongState
from portal.facts import publish
from requests_app import access, permissions
from requests_app.models import ServiceRequest, WardQuestion

if TYPE_CHECKING:
    from portal.accounts.models import User

# What most decisions take of their request.
TAKEN = ("hospital", "department", "category", "requester", "team")
APPROVED, REJECTED, RETURNED = Decision.Outcome.APPROVED, Decision.Outcome.REJECTED, Decision.Outcome.RETURNED


@dataclass
class Run:
    """The step to decide with everything around it, read after the request was locked."""

    step: ApprovalStep
    request: ServiceRequest
    steps: list[ApprovalStep]  # of this approval, `step` among them
    decisions: list[Decision]  # on all of them, and on those that they carry on from an earlier round

    @property
    def counted(self) -> list[Decision]:
        """Decisions that stand: of the present round of their step, or of the step that it carries on from; not taken back."""
        rounds = {step.pk: step.round for step in self.steps}
        carried = {step.carried_from_id for step in self.steps}
        back = {pk for d in self.decisions if d.withdraws_id for pk in (d.pk, d.withdraws_id)}
        return [
            d
            for d in self.decisions
            if d.pk not in back and (d.step_id in carried or rounds.get(d.step_id) == d.round)
        ]

    @property
    def deciders(self) -> set[int]:
        return {pk for decision in self.counted for pk in (decision.actor_id, decision.authority_id)}

    @property
    def on_step(self) -> list[Decision]:
        return [d for d in self.decisions if d.step_id == self.step.pk and d.round == self.step.round]

    @property
    def without(self) -> set[int]:
        """Who may not decide `step`, whatever their right: the subjects, and whoever decided before."""
        mine = {pk for one in self.on_step for pk in (one.actor_id, one.authority_id)}
        return authority.subjects(self.request) | (self.deciders if self.step.distinct else mine)

    @property
    def enough(self) -> bool:
        """Are there as many agreements on `step` as it needs? One of a higher authority is."""
        agreed = [one for one in self.on_step if one.outcome == APPROVED]
        if any(one.role not in ("", self.step.role) for one in agreed):
            return True
        return len({one.authority_id for one in agreed}) >= self.step.needed


def locked(step_id: int | str, by: "User | None" = None) -> Run:
    """Lock the request, then read the run: whoever waited for the lock sees what the winner wrote. Four queries at most.

    `step_id`: its key, or its public ref as a door got it; then `by` must have been asked or see the request.
    Raises NotFound.
    """
    if isinstance(step_id, int):
        request = access.lock_where(TAKEN, approvals__steps=step_id)
        return read(request, ApprovalStep.objects.filter(approval__steps=step_id), step_id)
    request = access.lock_where(TAKEN, approvals__steps__ref=step_id)
    asked = StepApprover.objects.filter(step=OuterRef("pk"), user=by)
    steps = ApprovalStep.objects.filter(approval__steps__ref=step_id).annotate(was_asked=Exists(asked))
    run = read(request, steps, step_id)
    if not getattr(run.step, "was_asked", False) and not (by and permissions.can_view(by, request)):
        raise NotFound
    return run


def read(request: ServiceRequest, siblings: QuerySet[ApprovalStep], step_id: int | str | None = None) -> Run:
    """The run of `siblings`, all the steps of one approval, about `step_id` (None: the first). Two queries, or one."""
    unanswered = Exists(WardQuestion.objects.filter(request=request.pk, answered_at=None))
    found = siblings.annotate(unanswered=unanswered).select_related("approval__policy")
    steps: list[ApprovalStep] = list(found.order_by("sequence", "pk"))
    step = next(step for step in steps if step_id in (step.pk, step.ref, None))
    step.approval.request = request
    for sibling in steps:
        sibling.approval = step.approval
    return Run(step=step, request=request, steps=steps, decisions=_decisions(steps))


def _decisions(steps: list[ApprovalStep]) -> list[Decision]:
    """What was decided on them and on what they carry on from. No query where nobody can have decided anything yet."""
    undecided = (ApprovalStep.State.WAITING, ApprovalStep.State.OPEN)
    if all(one.state in undecided and one.round == 1 and one.needed == 1 and not one.of_all for one in steps):
        return []
    of = [step.pk for step in steps] + [one.carried_from_id for one in steps if one.carried_from_id]
    found = list(Decision.objects.filter(step__in=of).select_related("actor").order_by("pk"))
    for decision in found:
        if decision.authority_id == decision.actor_id:
            decision.authority = decision.actor
    return found


def right(run: Run, by: "User") -> Claim:
    """By what right `by` decides `run.step` now. Raises AlreadyDecided (winner, outcome, at), WrongState or NotAllowed.

    One query for an own right; two and more for a lent one.
    """
    step, request = run.step, run.request
    if step.state in (ApprovalStep.State.APPROVED, ApprovalStep.State.REJECTED):
        raise _was_first(run, by)
    if step.state != ApprovalStep.State.OPEN:
        raise WrongState(
            _("This no longer needs a decision: the request is “%s”.") % request.get_state_display()
        )
    if by.pk in authority.subjects(request):
        raise NotAllowed(_("You have a part in this request, so somebody else decides it."))
    if by.pk in run.without:
        raise NotAllowed(_("You decided this request before, so somebody else takes this decision."))
    claim = authority.claim(by, step, request, without=run.without)
    if claim is None:
        changed = recent_changes.why_not(by, request)
        raise NotAllowed(changed or _("This decision is not yours: your role here does not include it."))
    return claim


def refusal(run: Run, by: "User") -> DomainError | None:
    """Why `by` may not decide `run.step` now, or None."""
    try:
        right(run, by)
    except DomainError as refused:
        return refused
    return None


def same_before(run: Run, by: "User", outcome: str, left: Mapping[str, int] | None = None) -> bool:
    """Did `by` take exactly this decision on this step before? Sending it again changes nothing.

    `left`: how many a yes leaves of lines, by code; a line that stayed as it is now may be among them.
    """
    mine = [one for one in run.on_step if one.actor_id == by.pk and one.outcome == outcome]
    if not mine or outcome != APPROVED:
        return bool(mine)
    done = {change["line"]: change["to"] for change in mine[-1].adjusted}
    stayed = {line.code: line.quantity for line in run.request.all_lines} if left else {}
    return done == {code: to for code, to in (left or {}).items() if code in done or to != stayed.get(code)}


def check_seen(run: Run, seen: str) -> None:
    """Raises StaleState (changes: sentences) unless `seen` is the hash of what is decided about now."""
    if seen != hash_to_decide(run.step.approval, run.request, run.request.all_lines):
        raise StaleState(
            _("The request changed since you opened it. Look again before you decide."),
            changes=differences.since(seen, run.request),
        )


def read_lines(run: Run) -> None:
    """Read as much of the lines as a yes takes: more than what was shown only where it is the last one. One query."""
    undecided = (ApprovalStep.State.WAITING, ApprovalStep.State.OPEN)
    last = all(one is run.step or one.state not in undecided for one in run.steps)
    lines = run.request.lines.select_related("item", "vendor", "team") if last else run.request.lines.all()
    run.request.all_lines = list(lines)


def check_whole(run: Run) -> None:
    """Raises WrongState where it is only about the price of an order: there is a yes and a no, and nothing else."""
    if run.step.approval.about_price:
        raise WrongState(_("It is about the price of an order: there is a yes and a no, for good."))


def record(run: Run, by: "User", claim: Claim, outcome: str, **more: Any) -> Decision:
    """Write the decision and its event; `more` are columns of Decision (`reason`, `adjusted`, `content_hash`, `confirmed`).

    The lock makes a second decision of one authority impossible; the unique constraints are the net below the rope.
    """
    decision = Decision.objects.create(
        step=run.step,
        round=run.step.round,
        actor=by,
        authority=claim.authority,
        delegation=claim.delegation,
        role=claim.role,
        outcome=outcome,
        decided_at=now(),
        **more,
    )
    run.decisions.append(decision)
    _note(run, decision)
    if claim.delegation:
        publish(
            signals.decided_for,
            request=run.request,
            step_ref=f"step:{run.step.pk}",
            outcome=str(outcome),
            of=claim.authority,
            by=by,
        )
    if claim.role in authority.DUTY_LIMITS:
        publish(
            signals.duty_decided,
            request=run.request,
            step_ref=f"step:{run.step.pk}",
            duty=claim.role,
            by=by,
        )
    return decision


def _was_first(run: Run, by: "User") -> AlreadyDecided:
    last = run.on_step[-1]
    yes, name = last.outcome == APPROVED, last.actor.get_full_name()
    if last.actor_id == by.pk:
        said = _("You approved this before.") if yes else _("You said no to this before.")
    else:
        said = (_("%s approved this first.") if yes else _("%s said no to this first.")) % name
    return AlreadyDecided(said, winner=name, outcome=str(last.outcome), at=last.decided_at)


def _note(run: Run, decision: Decision) -> None:
    step, request = run.step, run.request
    after: dict[str, Any] = {
        "outcome": str(decision.outcome),
        "role": decision.role or step.asked_role,
        "amount": f"{request.amount:.2f}",
    }
    if decision.adjusted:
        after["adjusted"] = decision.adjusted
    if decision.withdraws and decision.withdraws.adjusted:
        after["put_back"] = {change["line"]: change["from"] for change in decision.withdraws.adjusted}
    events.record(
        action=f"step.{decision.outcome}",
        by=decision.actor,
        on_behalf_of=decision.authority if decision.authority_id != decision.actor_id else None,
        case=request.public_id,
        subject=f"step:{step.pk}",
        before={"state": str(step.state), "round": decision.round},
        after=after,
        reason=decision.reason or step.why,
        policy=step.approval.version,
    )
