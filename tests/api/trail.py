"""What a request left behind, as plain values in which two tellings of the same path are equal: no ids, times, origins."""

import json
import re
from typing import Any

from approvals.models import ApprovalStep, Decision
from integrations.models import OutboxMessage
from portal.audit.models import Event
from portal.notify.models import Notice
from requests_app.models import CaseException, ServiceRequest, StateChange
from sla.models import Clock, ClockEvent

EVENT = "action actor__username on_behalf_of__username case subject before after reason policy".split()
NOTICE = "user__username kind case params url key read_at".split()
LINE = "code name quantity unit unit_price amount state asked_quantity approved_quantity received_quantity team__code".split()
REQUEST = (
    "state title note run_out needed_by priority amount carriage department__code deliver_to__code held_by "
    "version due_at warn_at"
).split()


def trail(request: ServiceRequest) -> dict[str, list[Any]]:
    """Everything that names `request`, in the order in which it was written."""
    own = {"request": request}
    found = {
        "request": ServiceRequest.objects.filter(pk=request.pk).values_list(*REQUEST),
        "lines": request.lines.values_list(*LINE),
        "events": Event.objects.filter(case=request.public_id).order_by("pk").values_list(*EVENT),
        "changes": StateChange.objects.filter(**own).order_by("pk").values_list(
            "from_state", "to_state", "by__username", "seconds"
        ),
        "steps": ApprovalStep.objects.filter(approval__request=request).order_by("pk").values_list(
            "asked_role", "why", "state", "round", "approvers__user__username", "approvers__open"
        ),
        "decisions": Decision.objects.filter(step__approval__request=request).order_by("pk").values_list(
            "actor__username", "authority__username", "outcome", "reason", "round"
        ),
        "notices": Notice.objects.filter(case=request.public_id).order_by("kind", "user__username", "pk").values_list(
            *NOTICE
        ),
        "clocks": Clock.objects.filter(**own).order_by("pk").values_list("kind", "about", "state", "outcome"),
        "clock events": ClockEvent.objects.filter(clock__request=request).order_by("pk").values_list(
            "kind", "by__username"
        ),
        "orders": OutboxMessage.objects.filter(**own).order_by("pk").values_list("kind", "state", "payload"),
        "exceptions": CaseException.objects.filter(**own).values_list("kind", "key", "owner_role", "detail"),
    }  # fmt: skip
    return {name: _plain([list(row) for row in rows], request) for name, rows in found.items()}


def _plain(rows: list[Any], request: ServiceRequest) -> list[Any]:
    """The rows without what differs between any two requests."""
    text = json.dumps(rows, default=str)
    names = {request.public_id: "CASE", request.number or "-": "NUMBER"}
    names |= {line.public_id: f"LINE-{line.code}" for line in request.lines.all()}
    names |= {one.ref: "EXCEPTION" for one in request.exceptions.all()}
    for name, said in names.items():
        text = text.replace(name, said)
    return json.loads(re.sub(r"\b(step|request|exception|clock):\d+", r"\1:N", text))
