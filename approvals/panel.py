"""The approval of a request as a list for its page: who, why, when, what was decided and for which reason."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch

from approvals.models import Approval, ApprovalStep, Decision, StepApprover
from portal.accounts.roles import ROLES
from requests_app.models import ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User


@dataclass(frozen=True)
class PanelStep:
    step: ApprovalStep
    role: str
    asked: list[str]  # who may decide it now
    decisions: list[Decision]
    yours: bool


@dataclass(frozen=True)
class Panel:
    status: str
    at_once: bool  # agreed by the list, nobody was asked
    steps: list[PanelStep]
    opened_at: object = None


def panel(request: ServiceRequest, user: "User") -> Panel | None:
    """The newest approval of `request`, or None. At most four queries, whatever the number of steps."""
    asked = StepApprover.objects.filter(open=True).select_related("user").order_by("user__last_name", "pk")
    decided = Decision.objects.select_related("actor", "authority").order_by("pk")
    steps = ApprovalStep.objects.prefetch_related(Prefetch("approvers", asked), Prefetch("decisions", decided))
    approval = request.approvals.order_by("-pk").prefetch_related(Prefetch("steps", steps)).first()
    if approval is None:
        return None
    shown = [_step(step, user) for step in approval.steps.all()]
    at_once = approval.status == Approval.Status.APPROVED and not shown
    return Panel(status=str(approval.status), at_once=at_once, steps=shown, opened_at=approval.opened_at)


def _step(step: ApprovalStep, user: "User") -> PanelStep:
    is_open = step.state == ApprovalStep.State.OPEN
    asked = list(step.approvers.all()) if is_open else []
    return PanelStep(
        step=step,
        role=str(ROLES[step.asked_role].label),
        asked=[approver.user.get_full_name() for approver in asked],
        decisions=list(step.decisions.all()),
        yours=any(approver.user_id == user.pk for approver in asked),
    )
