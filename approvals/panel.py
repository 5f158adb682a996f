"""The approval of a request as a list for its page: who, why, when, what was decided and for which reason."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import authority
from approvals.models import Approval, ApprovalStep, Decision, StepApprover
from requests_app.models import ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User


MARKS = {
    ApprovalStep.State.APPROVED: "yes",
    ApprovalStep.State.REJECTED: "no",
    ApprovalStep.State.OPEN: "now",
    ApprovalStep.State.WAITING: "next",
    ApprovalStep.State.WITHDRAWN: "off",
}
SAID = {
    Decision.Outcome.APPROVED: gettext_lazy("agreed"),
    Decision.Outcome.REJECTED: gettext_lazy("said no"),
    Decision.Outcome.RETURNED: gettext_lazy("asked for more"),
    Decision.Outcome.WITHDRAWN: gettext_lazy("took that back"),
}
LESS = gettext_lazy("agreed to less")


@dataclass(frozen=True)
class PanelStep:
    step: ApprovalStep
    number: int  # 1 for who is asked first; the same for those who are asked at once
    together: bool  # with somebody else
    role: str
    asked: list[str]  # who may decide it now, and for whom
    said: list[tuple[Decision, Promise]]  # and in a word, what
    mark: str  # yes, no, now, next or off
    yours: bool
    also: list[str]  # roles that are asked as well since it was not decided in time
    less: list[str]  # what was left of which line


@dataclass(frozen=True)
class Round:
    """An earlier run, that ended before the request was sent again."""

    number: int
    ended: str
    said: list[tuple[Decision, Promise]]


@dataclass(frozen=True)
class Panel:
    needs_routing: bool
    at_once: bool  # agreed by the policy, nobody was asked
    unneeded: bool  # because nobody ever is for this type
    steps: list[PanelStep]
    round: int = 1
    earlier: list[Round] = field(default_factory=list)  # the last one first


def panel(request: ServiceRequest, user: "User") -> Panel | None:
    """The newest approval of `request` and what was said in those before, or None.

    Two queries, a third while a step is open, one more where somebody agreed to less unless its lines are loaded.
    """
    every = _steps(request)
    approval = every[0].approval if every else request.approvals.order_by("-pk").first()
    if approval is None:
        return None
    steps = [step for step in every if step.approval_id == approval.pk]
    asked = _asked(steps)
    turns = [step.sequence for step in steps]
    kept = {step.pk: step for step in every}
    shown = [_step(step, request, asked.get(step.pk, []), user, turns, kept) for step in steps]
    at_once = approval.status == Approval.Status.APPROVED and not shown
    return Panel(
        needs_routing=approval.status == Approval.Status.NEEDS_ROUTING,
        at_once=at_once,
        unneeded=at_once and "no-approval" in approval.rules,
        steps=shown,
        round=approval.round,
        earlier=_earlier(every, approval),
    )


def _steps(request: ServiceRequest) -> list[ApprovalStep]:
    """The steps of all its approvals, of the newest first, in their order, with what was decided."""
    decided = Decision.objects.select_related("actor", "authority").order_by("pk")
    rows = ApprovalStep.objects.filter(approval__request=request).select_related("approval")
    return list(rows.prefetch_related(Prefetch("decisions", decided)).order_by("-approval", "sequence", "pk"))


def _earlier(every: list[ApprovalStep], newest: Approval) -> list[Round]:
    before: dict[int, list[ApprovalStep]] = {}
    for step in every:
        if step.approval_id != newest.pk:
            before.setdefault(step.approval_id, []).append(step)
    return [
        Round(
            number=steps[0].approval.round,
            ended=steps[0].approval.get_status_display(),
            said=[one for step in steps for one in _said(step)],
        )
        for steps in before.values()
    ]


def _said(step: ApprovalStep) -> list[tuple[Decision, Promise]]:
    return [
        (row, LESS if row.adjusted else SAID[Decision.Outcome(row.outcome)]) for row in step.decisions.all()
    ]


def _asked(steps: list[ApprovalStep]) -> dict[int, list[StepApprover]]:
    """Who may decide each open step now."""
    asked: dict[int, list[StepApprover]] = {
        step.pk: [] for step in steps if step.state == ApprovalStep.State.OPEN
    }
    if asked:
        rows = StepApprover.objects.filter(step__in=asked, open=True).select_related("user", "on_behalf_of")
        for row in rows.order_by("user__last_name", "pk"):
            asked[row.step_id].append(row)
    return asked


def place_of(sequence: int, turns: list[int]) -> int:
    """Which turn it is, counted from 1: those of one sequence are asked at once and share their number."""
    return sorted(set(turns)).index(sequence) + 1


def _step(
    step: ApprovalStep,
    request: ServiceRequest,
    asked: list[StepApprover],
    user: "User",
    turns: list[int],
    every: dict[int, ApprovalStep],
) -> PanelStep:
    kept = every.get(step.carried_from_id or 0)
    said = _said(step) or (_said(kept) if kept else [])
    return PanelStep(
        step=step,
        number=place_of(step.sequence, turns),
        together=turns.count(step.sequence) > 1,
        role=authority.label(step.asked_role),
        asked=[_name(row) for row in asked],
        said=said,
        mark=MARKS[ApprovalStep.State(step.state)],
        yours=any(row.user_id == user.pk for row in asked),
        also=[authority.label(code) for code in step.also],
        less=_less(request, [change for row, _what in said for change in row.adjusted]),
    )


def _name(row: StepApprover) -> str:
    name = row.user.get_full_name()
    if row.on_behalf_of is None:
        return name
    return _("%(name)s for %(whom)s") % {"name": name, "whom": row.on_behalf_of.get_full_name()}


def _less(request: ServiceRequest, changes: list[dict[str, Any]]) -> list[str]:
    """ "Gloves: 4 instead of 6", "Aprons: struck"."""
    if not changes:
        return []
    names = {line.code: line.name for line in request.all_lines}
    return [
        (_("%(name)s: %(to)s instead of %(was)s") if one["to"] else _("%(name)s: struck"))
        % {"name": names.get(one["line"], one["line"]), "to": one["to"], "was": one["from"]}
        for one in changes
    ]
