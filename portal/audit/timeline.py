"""The display of the record of one request."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from portal.audit.models import Event


def timeline(case: str) -> list[Event]:
    """All events of the request with the public id `case`, oldest first, actors loaded. One query."""
    return latest(case)[::-1]


def latest(
    case: str,
    *,
    before: datetime | None = None,
    most: int | None = None,
    about: Iterable[str] = (),
    without: Iterable[str] = (),
) -> list[Event]:
    """Events of the request, the latest first, actors loaded: before a moment, at most so many, of actions that begin with one of
    `about`, of none of the actions `without`. One query."""
    if not case:
        return []
    found = Event.objects.filter(case=case).select_related("actor", "on_behalf_of").order_by("-id")
    if before is not None:
        found = found.filter(at__lt=before)
    if about:
        begins = (Q(action__startswith=beginning) for beginning in about)
        found = found.filter(Q(*begins, _connector=Q.OR))
    if without:
        found = found.exclude(action__in=list(without))
    return list(found[:most])
