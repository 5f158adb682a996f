"""The approval of a request as a list for its page: who, why, when, what was decided and for which reason."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from approvals.models import Approval, ApprovalStep, Decision, StepApprover
from portal.accounts.roles import ROLES
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
}


@dataclass(frozen=True)
class PanelStep:
    step: ApprovalStep
    number: int  # 1 for who is asked first; the same for those who are asked at once
    together: bool  # with somebody else
    role: str
    asked: list[str]  # who may decide it now
    said: list[tuple[Decision, Promise]]  # and in a word, what
    mark: str  # yes, no, now, next or off
    yours: bool


@dataclass(frozen=True)
class Panel:
    needs_routing: bool
    at_once: bool  # agreed by the policy, nobody was asked
    unneeded: bool  # because nobody ever is for this type
    steps: list[PanelStep]


def panel(request: ServiceRequest, user: "User") -> Panel | None:
    """The newest approval of `request`, or None. Two queries, a third while a step is open."""
    steps = _steps(request)
    approval = steps[0].approval if steps else request.approvals.order_by("-pk").first()
    if approval is None:
        return None
    asked = _asked(steps)
    turns = [step.sequence for step in steps]
    shown = [_step(step, asked.get(step.pk, []), user, turns) for step in steps]
    at_once = approval.status == Approval.Status.APPROVED and not shown
    return Panel(
        needs_routing=approval.status == Approval.Status.NEEDS_ROUTING,
        at_once=at_once,
        unneeded=at_once and "no-approval" in approval.rules,
        steps=shown,
    )


def _steps(request: ServiceRequest) -> list[ApprovalStep]:
    """The steps of the newest approval, in their order, with what was decided."""
    decided = Decision.objects.select_related("actor", "authority").order_by("pk")
    rows = ApprovalStep.objects.filter(approval__request=request).select_related("approval")
    steps = list(
        rows.prefetch_related(Prefetch("decisions", decided)).order_by("-approval", "sequence", "pk")
    )
    return [step for step in steps if step.approval_id == steps[0].approval_id]


def _asked(steps: list[ApprovalStep]) -> "dict[int, list[User]]":
    """Who may decide each open step now."""
    asked: dict[int, list[User]] = {step.pk: [] for step in steps if step.state == ApprovalStep.State.OPEN}
    if asked:
        rows = StepApprover.objects.filter(step__in=asked, open=True).select_related("user")
        for row in rows.order_by("user__last_name", "pk"):
            asked[row.step_id].append(row.user)
    return asked


def place_of(sequence: int, turns: list[int]) -> int:
    """Which turn it is, counted from 1: those of one sequence are asked at once and share their number."""
    return sorted(set(turns)).index(sequence) + 1


def _step(step: ApprovalStep, asked: "list[User]", user: "User", turns: list[int]) -> PanelStep:
    return PanelStep(
        step=step,
        number=place_of(step.sequence, turns),
        together=turns.count(step.sequence) > 1,
        role=str(ROLES[step.asked_role].label),
        asked=[person.get_full_name() for person in asked],
        said=[(row, SAID[Decision.Outcome(row.outcome)]) for row in step.decisions.all()],
        mark=MARKS[ApprovalStep.State(step.state)],
        yours=any(person.pk == user.pk for person in asked),
    )
