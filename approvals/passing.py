"""Handing an open step to somebody else who may decide it: never to anybody beyond those whom the step is for."""

from django.utils.translation import gettext as _

from approvals import authority, decisions, opening, running, signals
from approvals.authority import Asked
from approvals.models import ApprovalStep, StepApprover
from approvals.running import APPROVED, Run
from portal.accounts.models import User
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, WrongState
from portal.facts import publish, verb


@verb
def pass_on(*, step_id: int | str, by: User, to: User, reason: str) -> ApprovalStep:
    """`by` leaves an open step to `to`, who may decide it as well: it goes out of the inbox of `by` and stays out of it.

    Others who were asked are asked still. The same again changes nothing. The right of `by` does not end: who passed it on
    by mistake may still decide.
    Publishes `step_passed`. Raises Invalid (reason: 1 to 500 characters; to: nobody whom the step is for), WrongState
    (nobody else may decide it), and as `decisions.approve_step`.
    """
    reason = decisions.said(reason)
    run = running.locked(step_id, by)
    running.right(run, by)
    step = run.step
    if _passed_before(step, by, to):
        return step
    people = _candidates(run, by)
    if not people:
        raise WrongState(nobody(step))
    chosen = people.get(to.pk)
    if chosen is None:
        raise Invalid({"to": [_("Choose somebody who may take this decision.")]})
    left = _left(run, by) | {chosen.authority.pk}
    agreed = {one.authority_id for one in run.on_step if one.outcome == APPROVED}
    if step.of_all:
        step.needed = len(agreed | left)
        step.save()
    elif len(agreed | left) < step.needed and step.asked_role == step.role:
        raise WrongState(_("With one less, too few would be left to decide this."))
    moment = now()
    StepApprover.objects.update_or_create(
        step=step, user=by, defaults={"open": False}, create_defaults={"open": False, "opened_at": moment}
    )
    StepApprover.objects.get_or_create(
        step=step, user=chosen.user, defaults={"on_behalf_of": chosen.on_behalf_of, "opened_at": moment}
    )
    events.record(
        action="step.passed",
        by=by,
        case=run.request.public_id,
        subject=f"step:{step.pk}",
        before={"asked": by.username},
        after={"asked": chosen.user.username, "role": step.asked_role},
        reason=reason,
    )
    publish(
        signals.step_passed,
        request=run.request,
        step_ref=f"step:{step.pk}",
        to_id=chosen.user.pk,
        reason=reason,
        by=by,
    )
    opening.show_still_asked(request=run.request, steps=run.steps, deciders=run.deciders)
    return step


def _passed_before(step: ApprovalStep, by: User, to: User) -> bool:
    """Did `by` leave it to `to` already? Sending it again changes nothing. One query."""
    rows = dict(StepApprover.objects.filter(step=step, user__in=[by, to]).values_list("user_id", "open"))
    return rows.get(by.pk) is False and rows.get(to.pk) is True


def candidates(run: Run, by: User) -> list[User]:
    """Whom `by` may leave `run.step` to: who may decide it now and did not pass it on before. Three to five queries."""
    return [one.user for one in _candidates(run, by).values()]


def candidate(username: str) -> User:
    """The account of this sign-in name, whom `pass_on` then looks at. One query. Raises Invalid (to)."""
    found = User.objects.filter(username=username).first()
    if found is None:
        raise Invalid({"to": [_("Choose somebody who may take this decision.")]})
    return found


def nobody(step: ApprovalStep) -> str:
    """Why it cannot be passed on where there is nobody to pass it on to. One query."""
    if StepApprover.objects.filter(step=step, open=False).exists():
        return _(
            "Everybody else who may take this decision passed it on or has decided. Approve it, say no, or ask its sender for "
            "more."
        )
    return _("Nobody else may take this decision. Approve it, say no, or ask its sender for more.")


def _candidates(run: Run, by: User) -> dict[int, Asked]:
    """By key of the person."""
    step = run.step
    gone = set(StepApprover.objects.filter(step=step, open=False).values_list("user_id", flat=True))
    found: dict[int, Asked] = {}
    for code in (step.asked_role, *step.also):
        for one in authority.may_be_asked(code, run.request, without=run.without | {by.pk}, late=step.late):
            if one.user.pk not in gone and one.authority.pk != by.pk:
                found.setdefault(one.user.pk, one)
    return found


def _left(run: Run, by: User) -> set[int]:
    """Whose authority is asked still once `by` is not."""
    rows = StepApprover.objects.filter(step=run.step, open=True).exclude(user=by)
    return {lender or user for user, lender in rows.values_list("user_id", "on_behalf_of_id")}
