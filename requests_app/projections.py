"""Columns of the request that satellites keep up to date so that lists need no join.

They are set on the request in memory at once and stored by one UPDATE before the commit, whoever set them how often.
No events: each tells of something that has its own.
"""

from datetime import datetime

from portal.facts import once_before_commit, verb
from requests_app.models import ServiceRequest

COLUMNS = ("due_at", "warn_at", "held_by")


@verb
def record_due(*, request: ServiceRequest, due_at: datetime | None, warn_at: datetime | None) -> None:
    """Show when the clock that matters now is due and when it is worth a warning (sla.clocks only)."""
    request.due_at, request.warn_at = due_at, warn_at
    _store_later(request)


@verb
def record_holder(*, request: ServiceRequest, held_by: str) -> None:
    """Show who has it, in words for people."""
    request.held_by = held_by[:160]
    _store_later(request)


def _store_later(request: ServiceRequest) -> None:
    def store() -> None:
        ServiceRequest.objects.filter(pk=request.pk).update(
            **{name: getattr(request, name) for name in COLUMNS}
        )

    once_before_commit((ServiceRequest, request.pk), store)
