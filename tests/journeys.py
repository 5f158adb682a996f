"""Steps of a request's life through the real verbs, for tests that need one at a certain point."""

import uuid
from types import SimpleNamespace
from typing import Any

from approvals.content import content_hash
from approvals.decisions import approve_step
from approvals.models import ApprovalStep
from portal.accounts.models import User
from requests_app import lifecycle, linking
from requests_app.models import ServiceRequest
from requests_app.states import RunOut
from requests_app.supplies import drafting
from requests_app.supplies.quoting import quote


def link(world: SimpleNamespace) -> None:
    """Give every item and vendor ids as if Odoo had been read."""
    linking.link_items(
        links={code: (item.pk + 1000, 1) for code, item in world.items.items()}, by=world.system
    )
    linking.link_vendors(
        links={code: vendor.pk + 1000 for code, vendor in world.vendors.items()}, by=world.system
    )


def draft(
    world: SimpleNamespace, by: User | None = None, /, *, note: str = "", **lines: int
) -> ServiceRequest:
    """A draft of `by` (default: the nurse) for the ward. Lines as keywords: GLV_NIT_M=6."""
    return drafting.save_draft(
        by=by or world.nurse,
        client_key=uuid.uuid4(),
        department=world.ward,
        quantities={code.replace("_", "-"): quantity for code, quantity in lines.items()},
        run_out=RunOut.FINE,
        note=note,
    )


def send(request: ServiceRequest, by: User | None = None) -> ServiceRequest:
    return lifecycle.submit(
        public_id=request.public_id, by=by or request.filed_by, seen=quote(request).fingerprint
    )


def sent(
    world: SimpleNamespace, by: User | None = None, /, *, note: str = "", **lines: int
) -> ServiceRequest:
    """A request that was just sent; as stored, with what the policy made of it."""
    return ServiceRequest.objects.get(pk=send(draft(world, by, note=note, **lines)).pk)


def open_steps(request: ServiceRequest) -> list[ApprovalStep]:
    return list(ApprovalStep.objects.filter(approval__request=request, state=ApprovalStep.State.OPEN))


def seen(request: ServiceRequest) -> str:
    return content_hash(request, request.lines.all())


def approve(request: ServiceRequest, by: User, role: str = "") -> ApprovalStep:
    """`by` approves the open step (of `role`, where several are open)."""
    steps = [step for step in open_steps(request) if not role or step.asked_role == role]
    return approve_step(step_id=steps[0].pk, by=by, seen=seen(request), confirmed=True)


def approved(
    world: SimpleNamespace, by: User | None = None, /, *, note: str = "", **lines: int
) -> ServiceRequest:
    """A request that everybody who was asked has approved."""
    request = sent(world, by, note=note, **lines)
    while steps := open_steps(request):
        approve_step(
            step_id=steps[0].pk, by=steps[0].approvers.first().user, seen=seen(request), confirmed=True
        )
    return ServiceRequest.objects.get(pk=request.pk)


def fresh(thing: Any) -> Any:
    """The same row as stored now."""
    return type(thing).objects.get(pk=thing.pk)
