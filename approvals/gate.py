"""May what was agreed leave? Every decision that was needed was taken, and about exactly what the request says now."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from approvals import authority, break_glass, running
from approvals.content import content_of, hash_of
from approvals.models import Approval, ApprovalStep, BreakGlass
from approvals.models.run import PRICE_RULE
from approvals.running import APPROVED, Run

if TYPE_CHECKING:
    from requests_app.models import ServiceRequest

MISSING, DEVIATION = "missing_approval", "policy_deviation"


def held_back(request: "ServiceRequest") -> tuple[str, str] | None:
    """Why nothing of `request` may leave, as the kind of an exception and words; None where it may. Five queries at most.

    A department that was given another cost centre since is no other content: what was agreed is charged as it was agreed.
    """
    rounds = request.approvals.exclude(rules=[PRICE_RULE])
    approval = rounds.select_related("policy").order_by("-pk").first()
    if approval is None or approval.status != Approval.Status.APPROVED:
        return MISSING, _("Nothing leaves: its approval is not given.")
    content = content_of(request, request.lines.all())
    as_opened = content | {"cost_centre": approval.content.get("cost_centre", content["cost_centre"])}
    broken = BreakGlass.objects.filter(approval=approval).first()
    if broken is not None:
        if late := break_glass.too_late(request):
            return MISSING, late
        agreed = [broken.content_hash]
    elif not (steps := approval.steps.all()):
        agreed = [hash_of(approval.content)] if approval.content else []
    else:
        run = running.read(request, steps)
        if lacking := _lacking(run):
            return MISSING, _("Nothing leaves: no decision of %(role)s is on record.") % {
                "role": authority.label(lacking)
            }
        agreed = _about(run)
    if not set(agreed) <= {hash_of(content), hash_of(as_opened)}:
        return DEVIATION, _("Nothing leaves: what it says now is not what was agreed.")
    return None


def _lacking(run: Run) -> str:
    """The role of a step without the decisions that it needs, or ''."""
    for step in run.steps:
        run.step = step
        unneeded = step.state == ApprovalStep.State.WITHDRAWN and step.opened_at is None
        if not unneeded and (
            step.state != ApprovalStep.State.APPROVED or not (step.carried_from_id or run.enough)
        ):
            return step.asked_role
    return ""


def _about(run: Run) -> list[str]:
    """Hashes of what the run agreed to: from the last decision that took something down, which all before it led to.

    What a step carries on from an earlier round was judged when this round was opened (`carrying`).
    """
    own = {step.pk for step in run.steps}
    given = [one for one in run.counted if one.step_id in own and one.outcome == APPROVED]
    last = max((place for place, one in enumerate(given) if one.adjusted), default=0)
    return [one.content_hash for one in given[last:]]
