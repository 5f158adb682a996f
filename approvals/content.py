"""What a decision is bound to: a hash of exactly the content that was shown."""

import hashlib
import json
from collections.abc import Iterable

from requests_app.models import RequestItem, ServiceRequest


def content_hash(request: ServiceRequest, lines: Iterable[RequestItem]) -> str:
    """SHA-256 over what `shown` says."""
    return hashlib.sha256(shown(request, lines).encode()).hexdigest()


def shown(request: ServiceRequest, lines: Iterable[RequestItem]) -> str:
    """Lines or answers, quantities, prices, suppliers, amount, cost centre and destination of one request, as JSON."""
    content = {
        "request": request.public_id,
        "amount": f"{request.amount:.2f}",
        "currency": request.currency,
        "cost_centre": request.department.cost_centre,
        "deliver_to": request.deliver_to_id,
        "lines": [
            [line.code, line.quantity, f"{line.unit_price:.4f}", line.vendor_id]
            for line in sorted(lines, key=lambda line: line.position)
        ],
    }
    if not request.is_supply:
        content |= {
            "answers": request.answers,
            "form": request.form_version_id,
            "service": request.service,
            "beneficiary": request.beneficiary_id,
        }
    return json.dumps(content, sort_keys=True)
