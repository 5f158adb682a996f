"""Columns of the request that satellites keep up to date so that lists need no join. Single UPDATEs, no events."""

from datetime import datetime

from requests_app.models import ServiceRequest


def record_due(*, request_id: int, due_at: datetime | None, warn_at: datetime | None) -> None:
    """Store when the clock that matters now is due and when it is worth a warning (sla.clocks only)."""
    ServiceRequest.objects.filter(pk=request_id).update(due_at=due_at, warn_at=warn_at)


def record_holder(*, request_id: int, held_by: str) -> None:
    """Store who has it, in words for people."""
    ServiceRequest.objects.filter(pk=request_id).update(held_by=held_by[:160])
