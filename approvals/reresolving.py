"""People leave, move, go away and come back: who is asked for an open step follows within one sweep.

A row of `StepApprover` whose person may not decide any more is taken away; who may now is asked as well, unless they were
before and their row closed (they agreed, or passed it on). With too few left the next authority is asked. Nobody at all:
the approval needs routing, with an owner, and is looked at again by every sweep; nothing is ever approved here.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from approvals import authority, opening, running, signals
from approvals.authority import DUTY_LIMITS, GROUP, PERSON, Asked
from approvals.models import Absence, Approval, ApprovalStep, Budget, Delegation, StepApprover
from approvals.running import APPROVED, Run
from portal.accounts import scopes
from portal.accounts.models import DutyHolder, Membership, User
from portal.accounts.roles import ROLES
from portal.audit import events
from portal.clock import now
from portal.facts import publish, verb

if TYPE_CHECKING:
    from datetime import datetime

OPEN = ApprovalStep.State.OPEN
BATCH = 200
# A role or duty that changes while a step opens may be seen by neither of the two: looked at again for this long.
LATELY = timedelta(minutes=2)


def sweep(*, limit: int = BATCH) -> int:
    """Look again at every open step whose people may have changed, each in its own transaction. Returns how many had.

    Seven queries when nothing changed. Periods of absence and of lent rights are marked once all their steps were looked
    at. A step that fails does not hold up the others: its error is raised at the end, in an ExceptionGroup.
    """
    moment = now()
    absences, delegations = _turned_absences(moment), _turned_delegations(moment)
    people = {one.user_id for one in absences} | {one.grantor_id for one in delegations} | _changed(moment)
    marked = ApprovalStep.objects.filter(recheck=True).order_by("-approval__status", "pk")
    steps = dict.fromkeys(marked.values_list("pk", flat=True)[:limit])
    steps |= dict.fromkeys(_of_leavers())
    if people:
        steps |= dict.fromkeys(steps_of(people))
    if not (steps or absences or delegations):
        return 0
    changed, failures, by = 0, [], scopes.system_user()
    for pk in steps:
        try:
            changed += recheck(step_id=pk, by=by)
        except Exception as failure:  # noqa: BLE001 (raised below, after the others had their turn)
            failures.append(failure)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(steps)} steps could not be looked at", failures)
    for absence in absences:
        _turn_absence(absence, moment)
    for delegation in delegations:
        _turn(delegation=delegation, moment=moment, by=by)
    return changed


@verb
def recheck(*, step_id: int, by: User) -> bool:
    """Ask those who may decide an open step now, and no longer those who may not. True when that changed something.

    Publishes `step_reasked`. Raises NotFound.
    """
    run = running.locked(step_id)
    if run.step.state != OPEN:
        return _looked(run.step)
    return follow(run, entitled(run), by)


def entitled(run: Run) -> dict[int, Asked]:
    """Who may decide `run.step` now, by the key of the person; with too few of them also the next authority.

    The codes that are asked are set on the step, which is not saved. Nobody: {}.
    """
    step = run.step
    found = {code: may(run, code) for code in (step.asked_role, *step.also)}
    asked = {pk: one for people in reversed(found.values()) for pk, one in people.items()}
    own = {one.authority.pk for one in found[step.asked_role].values()}
    agreed = {one.authority_id for one in run.on_step if one.outcome == APPROVED}
    whole = step.asked_role == step.role and not step.of_all
    left = max(step.needed - len(agreed), 1) if whole else 1
    if len(own) >= left or any(found[code] for code in step.also):
        return asked
    for code in upwards(step):
        higher = may(run, code)
        if higher:
            if asked:
                step.also = [*step.also, code]
            else:
                step.why = opening.instead(step.asked_role, step.why)
                step.asked_role, step.also = code, []
            return higher | asked
    return {}


def upwards(step: ApprovalStep, *, after: str = "") -> Iterator[str]:
    """The codes above those that are asked (above `after`), the next one first."""
    tried = {step.asked_role, *step.also}
    code = authority.next_after(step, after or (step.also[-1] if step.also else step.asked_role))
    while code and code not in tried:
        yield code
        tried.add(code)
        code = authority.next_after(step, code)


def follow(run: Run, people: dict[int, Asked], by: User, *, action: str = "step.reasked") -> bool:
    """Let the inboxes of an open step follow `people`, and everything that names who is asked. True: something changed.

    `action`: of the event. Publishes `step_reasked` where somebody came or went.
    """
    step, request = run.step, run.request
    rows = {row.user_id: row for row in StepApprover.objects.filter(step=step)}
    left = [pk for pk, row in rows.items() if row.open and pk not in people]
    joined = [one for pk, one in people.items() if pk not in rows]
    others = [row for pk, row in rows.items() if pk in people and row.on_behalf_of_id != _lender(people[pk])]
    StepApprover.objects.filter(step=step, user__in=left).delete()
    _ask(step, joined)
    for row in others:
        row.on_behalf_of_id = _lender(people[row.user_id])
        row.save(update_fields=["on_behalf_of"])
    if step.of_all and people:
        agreed = {one.authority_id for one in run.on_step if one.outcome == APPROVED}
        step.needed = len(agreed | {one.authority.pk for one in people.values()})
    step.recheck = not people
    step.save()
    changed = bool(left or joined or others)
    if changed or action != "step.reasked":
        _note(run, action, joined, left, by)
    if left or joined:
        publish(
            signals.step_reasked,
            request=request,
            step_ref=f"step:{step.pk}",
            joined=[one.user.pk for one in joined],
            left=left,
            by=by,
        )
        opening.show_still_asked(request=request, steps=run.steps, deciders=run.deciders)
    _own(run, found=bool(people), by=by)
    return changed


def steps_of(people: set[int]) -> list[int]:
    """Keys of the open steps that these people are or were asked for, in person or for others, or that their roles may decide."""
    lent = Delegation.objects.in_force(now()).filter(delegate__in=people).values_list("grantor", flat=True)
    people = people | set(lent)
    asked = Q(approvers__user__in=people) | Q(approvers__on_behalf_of__in=people)
    found = ApprovalStep.objects.filter(asked | _by_role(people), state=OPEN)
    return list(found.order_by("pk").values_list("pk", flat=True).distinct())


def mark(people: set[int]) -> None:
    """Let the next sweep look at the open steps of `people`; inside a verb.

    Steps that a decision holds at this moment are not waited for (two who wait for each other never end): the sweep
    sees lately changed roles and duties by itself.
    """
    free = ApprovalStep.objects.filter(pk__in=steps_of(people), recheck=False)
    keys = list(free.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
    if keys:
        ApprovalStep.objects.filter(pk__in=keys).update(recheck=True)


def _by_role(people: set[int]) -> Q:
    """Steps that ask for a role, duty, group or person that these people are, where they are it. Five queries."""
    found = Q(pk__in=[])
    for held in Membership.objects.current(now()).filter(user__in=people):
        codes = _codes(held.role)
        if codes:
            found |= _there(held) & (Q(asked_role__in=codes) | ~Q(also=[]))
    duties = DutyHolder.objects.filter(user__in=people, until=None, duty__code__in=DUTY_LIMITS)
    for code, hospital in duties.values_list("duty__code", "duty__hospital"):
        found |= Q(asked_role=code, approval__request__hospital=hospital)
    named = User.objects.filter(pk__in=people)
    names = [PERSON + name for name in named.values_list("username", flat=True)]
    groups = named.filter(approver_groups__isnull=False).values_list("approver_groups__code", flat=True)
    found |= Q(asked_role__in=[*names, *(GROUP + code for code in groups)])
    if Budget.objects.filter(owner__in=people, active=True).exists():
        found |= Q(asked_role=authority.BUDGET_OWNER)
    return found


def decides(role: str) -> bool:
    """Does this role decide anything?"""
    return bool(_codes(role))


def _codes(role: str) -> list[str]:
    """What a step asks for where this role may decide it."""
    gives = ROLES[role].permissions
    deciding = [code for code in ROLES if f"approve_as_{code}" in gives]
    return [*deciding, authority.TEAM_LEAD] if "lead_here" in gives else deciding


def _there(held: Membership) -> Q:
    """The place of a role, as a filter of steps; a role that is held everywhere is no filter."""
    if held.department_id:
        return Q(approval__request__department=held.department_id)
    if held.team_id:
        return Q(approval__request__team=held.team_id)
    return Q(approval__request__hospital=held.hospital_id) if held.hospital_id else ~Q(pk__in=[])


def may(run: Run, code: str) -> dict[int, Asked]:
    """Who may decide `run.step` as `code` now, by the key of the person."""
    people = authority.may_be_asked(code, run.request, without=run.without, late=run.step.late)
    return {one.user.pk: one for one in people}


def _lender(one: Asked) -> int | None:
    return one.on_behalf_of.pk if one.on_behalf_of else None


def _ask(step: ApprovalStep, people: list[Asked]) -> None:
    moment = now()
    StepApprover.objects.bulk_create(
        StepApprover(step=step, user=one.user, on_behalf_of=one.on_behalf_of, opened_at=moment)
        for one in people
    )


def _looked(step: ApprovalStep) -> bool:
    """It is not open any more: nothing to look at."""
    if step.recheck:
        step.recheck = False
        step.save()
    return False


def _note(run: Run, action: str, joined: list[Asked], left: list[int], by: User) -> None:
    step = run.step
    events.record(
        action=action,
        by=by,
        case=run.request.public_id,
        subject=f"step:{step.pk}",
        before={"asked": [f"user:{pk}" for pk in left]},
        after={
            "asked": [f"user:{one.user.pk}" for one in joined],
            "roles": [step.asked_role, *step.also],
            "late": step.late,
        },
        reason=step.why,
        policy=step.approval.version,
    )


def _own(run: Run, *, found: bool, by: User) -> None:
    """Nobody can be asked: an exception has an owner until somebody is found."""
    approval, request = run.step.approval, run.request
    routing = approval.status == Approval.Status.NEEDS_ROUTING
    if not found:
        why = _("Nobody may decide as %s.") % authority.label(run.step.asked_role)
        if not routing:
            opening.needs_routing(approval, request, by=by, why=why)
    elif routing and not _stuck(run):
        approval.status = Approval.Status.OPEN
        approval.save(update_fields=["status"])
        opening.routed(request, by=by, reason=_("Somebody who may decide was found."))
        opening.show_still_asked(request=request, steps=run.steps, deciders=run.deciders)
        events.record(
            action="approval.routed", by=by, case=request.public_id, subject=f"approval:{approval.pk}"
        )


def _stuck(run: Run) -> bool:
    """Is another open step of this run without anybody who may decide it?"""
    others = [one.pk for one in run.steps if one.state == OPEN and one is not run.step]
    asked = set(StepApprover.objects.filter(step__in=others, open=True).values_list("step", flat=True))
    return bool(set(others) - asked)


def _of_leavers() -> list[int]:
    """Open steps that ask somebody whose account is closed, or for somebody whose is. One query."""
    gone = Q(user__is_active=False) | Q(on_behalf_of__is_active=False)
    rows = StepApprover.objects.filter(gone, open=True, step__state=OPEN)
    return list(rows.order_by("step").values_list("step", flat=True).distinct())


def _changed(moment: "datetime") -> set[int]:
    """Whose roles and duties began or ended a moment ago. Two queries."""
    since = moment - LATELY
    lately = Q(valid_from__gt=since, valid_from__lte=moment) | Q(
        valid_until__gt=since, valid_until__lte=moment
    )
    duties = DutyHolder.objects.filter(Q(since__gt=since) | Q(until__gt=since), duty__code__in=DUTY_LIMITS)
    people = set(Membership.objects.filter(lately).values_list("user", flat=True))
    return people | set(duties.values_list("user", flat=True))


def _turned_absences(moment: "datetime") -> list[Absence]:
    """Absences that began or ended, and no sweep has looked at what that changes. One query."""
    ended = Q(ends_at__lte=moment) | Q(called_off_at__isnull=False)
    began = Q(starts_at__lte=moment, called_off_at=None)
    return list(Absence.objects.filter(began & Q(begun=False) | ended & Q(over=False)))


def _turned_delegations(moment: "datetime") -> list[Delegation]:
    """As of absences. One query."""
    ended = Q(ends_at__lte=moment) | Q(revoked_at__isnull=False)
    began = Q(starts_at__lte=moment, revoked_at=None)
    turned = Delegation.objects.filter(began & Q(begun=False) | ended & Q(over=False))
    return list(turned.select_related("grantor", "delegate"))


def _turn_absence(absence: Absence, moment: "datetime") -> None:
    ended = absence.called_off_at is not None or absence.ends_at <= moment
    Absence.objects.filter(pk=absence.pk).update(begun=True, over=ended)


@verb
def _turn(*, delegation: Delegation, moment: "datetime", by: User) -> None:
    """Publishes `cover_ended` for one whose time is over; of one that was revoked its verb said so."""
    over = delegation.ends_at is not None and delegation.ends_at <= moment
    ended = over or delegation.revoked_at is not None
    Delegation.objects.filter(pk=delegation.pk).update(begun=True, over=ended)
    if over and delegation.revoked_at is None:
        publish(signals.cover_ended, delegation=delegation, by=by)
