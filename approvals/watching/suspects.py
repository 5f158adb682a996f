"""Suspected splits as they are read: by whom, with which parts, and why somebody may not clear one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from approvals import authority
from approvals.models import Decision, SplitSuspicion, SuspectedPart
from portal.accounts import scopes
from portal.accounts.models import User
from requests_app.models import ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.place import Standing

CLEARERS = ("procurement", "finance", "director", "executive")
READERS = (*CLEARERS, "service_manager", "auditor")


@dataclass(frozen=True)
class Suspect:
    """One suspicion with its parts, the earliest first."""

    suspicion: SplitSuspicion
    requests: list[ServiceRequest]

    @property
    def first(self) -> ServiceRequest:
        return self.requests[0]

    @property
    def people(self) -> list[str]:
        return list(dict.fromkeys(one.requester.get_full_name() for one in self.requests))


def reads(where: "Standing") -> bool:
    """Does the person look after such things? No query."""
    return any(held.role in READERS and not held.department_id for held in where.memberships)


def seen_by(user: User) -> QuerySet[SplitSuspicion]:
    """Those with a part at a hospital whose requests `user` sees as one of READERS. Lazy."""
    hospitals = scopes.hospitals_with(user, "view_requests")
    part = SuspectedPart.objects.filter(suspicion=OuterRef("pk"), request__hospital__in=hospitals)
    return SplitSuspicion.objects.filter(Exists(part)).select_related("cleared_by")


def shown(rows: Iterable[SplitSuspicion]) -> list[Suspect]:
    """`rows` with their parts. One query."""
    found: dict[int, Suspect] = {row.pk: Suspect(row, []) for row in rows}
    parts = SuspectedPart.objects.filter(suspicion__in=found)
    beside = ("request__requester", "request__department", "request__hospital")
    for part in parts.select_related(*beside).order_by("request__submitted_at", "request"):
        found[part.suspicion_id].requests.append(part.request)
    return list(found.values())


def why_not_clear(suspicion: SplitSuspicion, requests: list[ServiceRequest], user: User) -> str:
    """Why `user` may not clear it, or ''. Six queries at most."""
    held = scopes.reach(user, *(f"approve_as_{role}" for role in CLEARERS)).values()
    hospitals = {request.hospital_id for request in requests}
    if not any(there.everywhere or hospitals <= there.hospitals for there in held):
        return _("Procurement, finance, a director or an executive of the hospital looks at it.")
    part = set().union(*(authority.subjects(request) for request in requests))
    decided = Decision.objects.filter(step__approval__request__in=requests)
    took = {pk for row in decided.values_list("actor", "authority") for pk in row}
    free = authority.apart(User.objects.filter(pk=user.pk), part | took)
    if not free.exists():
        return _("You asked for one of them or decided about it, so somebody else looks at it.")
    return ""
