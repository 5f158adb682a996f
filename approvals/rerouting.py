"""Looking again for people to ask, where nobody could be asked before."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from approvals import opening, running
from approvals.in_force import in_force
from approvals.models import Approval
from portal.audit import events
from portal.clock import now
from portal.facts import verb
from requests_app import access
from requests_app.models import ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User

BATCH = 100


def retry_all(*, by: "User") -> int:
    """Try every approval that needs routing again, each in its own transaction. Returns how many found somebody."""
    waiting = Approval.objects.filter(status=Approval.Status.NEEDS_ROUTING).values_list("pk", flat=True)
    return sum(retry_routing(approval_id=pk, by=by) for pk in list(waiting[:BATCH]))


@verb
def retry_routing(*, approval_id: int, by: "User") -> bool:
    """Look again for people to ask in an approval that needs routing. True when somebody was asked."""
    found = Approval.objects.filter(pk=approval_id).values_list("request_id", flat=True).first()
    if found is None:
        return False
    request = access.lock_id(found)
    approval = Approval.objects.get(pk=approval_id)
    if approval.status != Approval.Status.NEEDS_ROUTING:
        return False
    if not approval.steps.exists():
        return _start_again(approval, request, by)
    run = running.read(request, approval.steps.all())
    if any(step.state == step.State.OPEN for step in run.steps):
        return False  # a step that lost its people: `reresolving` looks at it with every sweep
    opening.ask_next(
        approval=run.step.approval, request=request, steps=run.steps, deciders=run.deciders, by=by
    )
    approval = run.step.approval
    return _resolved(approval, request, by)


def _start_again(approval: Approval, request: ServiceRequest, by: "User") -> bool:
    """It never had a plan (no policy, no rule): a policy may have been published since."""
    force = in_force(request.category_id, request.hospital_id)
    by_what = (approval.policy_id, approval.site_policy_id)
    if force.policy is None or by_what == (force.policy.pk, force.site.pk if force.site else None):
        return False
    approval.status, approval.closed_at = Approval.Status.WITHDRAWN, now()
    approval.save(update_fields=["status", "closed_at"])
    return _resolved(opening.open_approval(request=request, by=by, again=True), request, by)


def _resolved(approval: Approval, request: ServiceRequest, by: "User") -> bool:
    if approval.status == Approval.Status.NEEDS_ROUTING:
        return False
    opening.routed(request, by=by, reason=_("Somebody who may decide was found."))
    events.record(action="approval.routed", by=by, case=request.public_id, subject=f"approval:{approval.pk}")
    return True
