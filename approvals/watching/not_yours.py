"""Why a decision is not somebody's: what the verb would answer, for each step of a request."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from approvals import authority, running
from approvals.models import ApprovalStep
from requests_app.models import ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User

WAITING = ApprovalStep.State.WAITING


@dataclass(frozen=True)
class Reason:
    """`why_not` is '' where the decision is theirs now."""

    role: str
    state: str
    why_not: str


def reasons(request: ServiceRequest, user: "User") -> list[Reason]:
    """One for each step of the newest approval, in their order. Queries grow with the open steps only."""
    approval = request.approvals.order_by("-pk").first()
    if approval is None or not (steps := list(approval.steps.all())):
        return []
    run = running.read(request, approval.steps.all(), steps[0].pk)
    found = []
    for step in run.steps:
        run.step = step
        refused = running.refusal(run, user)
        said = refused.message if refused else ""
        if step.state == WAITING:
            said = _("It is asked after the step before; who may decide it is judged then.")
        found.append(Reason(authority.label(step.asked_role), step.get_state_display(), said))
    return found
