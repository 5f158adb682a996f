"""How an open request stands now, by the times that lists show: one rule for chips, filters, the board and the API. PURE."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from django.db.models import Q


class Standing(StrEnum):
    """Every open request has exactly one."""

    LATE = "late"
    LIKELY = "likely"  # past its warning
    ON_TRACK = "ontrack"
    WAITING = "waiting"  # no clock runs: it waits for somebody, or its time has not come


class Timed(Protocol):
    due_at: datetime | None
    warn_at: datetime | None


def of(request: Timed, now: datetime) -> Standing:
    """How an open request stands at `now`. What is due at this very moment is not late yet."""
    if request.due_at is None:
        return Standing.WAITING
    if request.due_at < now:
        return Standing.LATE
    return Standing.LIKELY if request.warn_at is None or request.warn_at <= now else Standing.ON_TRACK


def those(which: Standing, now: datetime) -> Q:
    """The open requests that stand like this at `now`: what `of` says, as a condition. The four leave none out."""
    soon = Q(warn_at__isnull=True) | Q(warn_at__lte=now)
    return {
        Standing.LATE: Q(due_at__lt=now),
        Standing.LIKELY: Q(due_at__gte=now) & soon,
        Standing.ON_TRACK: Q(due_at__gte=now) & Q(warn_at__gt=now),
        Standing.WAITING: Q(due_at__isnull=True),
    }[which]
