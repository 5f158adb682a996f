"""What a decision is bound to: a hash of exactly the content that was shown."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from approvals.models import Approval
from requests_app.models import RequestItem, ServiceRequest
from requests_app.states import LineState


def content_hash(request: ServiceRequest, lines: Iterable[RequestItem]) -> str:
    """The hash of what `content_of` says."""
    return hash_of(content_of(request, lines))


def hash_to_decide(approval: Approval, request: ServiceRequest, lines: Iterable[RequestItem]) -> str:
    """The hash that a decision on a step of `approval` is bound to: what the request holds now, or the prices of its order."""
    return hash_of(approval.content) if approval.about_price else content_hash(request, lines)


def hash_of(content: Mapping[str, Any]) -> str:
    """SHA-256 over a content as JSON: the same for the same content, also for one that was kept."""
    return hashlib.sha256(_text(content).encode()).hexdigest()


def shown(request: ServiceRequest, lines: Iterable[RequestItem]) -> str:
    """`content_of` as JSON, the text that the hash is of."""
    return _text(content_of(request, lines))


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True)


def content_of(request: ServiceRequest, lines: Iterable[RequestItem]) -> dict[str, Any]:
    """Lines or answers, quantities, prices, suppliers, amount, cost centre, destination, files of one request, as plain values.

    Answers only as their hash: a content is kept, and initials and beds of a move stand nowhere but on its request.
    """
    content: dict[str, Any] = {
        "request": request.public_id,
        "amount": f"{request.amount:.2f}",
        "currency": request.currency,
        "cost_centre": request.department.cost_centre,
        "deliver_to": request.deliver_to_id,
        "lines": [
            [line.code, line.quantity, f"{line.unit_price:.4f}", line.vendor_id]
            for line in sorted(lines, key=lambda line: line.position)
            if not (line.state == LineState.REJECTED and line.approved_quantity == 0)  # struck
        ],
    }
    if request.files:
        content["files"] = request.files
    if not request.is_supply:
        content |= {
            "answers": hashlib.sha256(_text(request.answers).encode()).hexdigest(),
            "form": request.form_version_id,
            "service": request.service,
            "beneficiary": request.beneficiary_id,
        }
    return content
