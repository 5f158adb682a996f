"""What stands on home about the requests that somebody may see: those due first, how many are late, what ended."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from portal.clock import now
from portal.live import Changes, since
from requests_app import listing, sources
from requests_app.models import ServiceRequest
from requests_app.states import Priority, RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User
    from portal.accounts.scopes import Reach

EMERGENCY = Q(priority=Priority.EMERGENCY)
DUE_FIRST = 6
ENDED = 4


@dataclass(frozen=True)
class Counts:
    """Open requests; of those, the late ones and the ones that wait for a decision."""

    open: int
    late: int
    undecided: int


def due_first(
    user: "User", *, hospital: int | None = None, held: "dict[str, Reach] | None" = None
) -> list[ServiceRequest]:
    """The open rows that are due first, emergencies before all others. Two queries, one with `held` (see `sources.seen_by`).

    A bundle stands for its tasks; only who has to do a task sees it as a row of its own.
    """
    held = held or sources.reach(user)
    to_do = Q(team__in=sorted(held["fulfil_here"].teams))
    found = listing.listed(user, ended=False, hospital=hospital, held=held).filter(Q(parent=None) | to_do)
    return list(found.first(DUE_FIRST, *listing.SOONEST, before=EMERGENCY))


def as_shown(
    user: "User", shown: str, *, hospital: int | None = None
) -> tuple[list[ServiceRequest], Changes]:
    """The rows that a page shows (`shown` as `live.marks` wrote it) as they are now, in their places, and what is new.

    One that ended meanwhile stays until the page is loaded again. Four queries; two when nothing new came.
    """
    current = due_first(user, hospital=hospital)
    wanted = [ref for ref in shown.split(".") if ref]
    if wanted == [row.public_id for row in current]:
        return current, Changes()
    news = Changes(new=since(shown, [row.public_id for row in current]).new)
    if not wanted:
        return [], news
    known = listing.listed(user).filter(public_id__in=wanted[:DUE_FIRST]).first(DUE_FIRST, *listing.SOONEST)
    return sorted(known, key=lambda row: wanted.index(row.public_id)), news


def ended_lately(
    user: "User", *, hospital: int | None = None, held: "dict[str, Reach] | None" = None
) -> list[ServiceRequest]:
    """The newest of those that ended. Two queries, one with `held` (see `sources.seen_by`)."""
    return list(
        listing.listed(user, ended=True, hospital=hospital, held=held).first(ENDED, "-created_at", "-pk")
    )


def counts(user: "User", *, hospital: int | None = None) -> Counts:
    """How things stand in what `user` may see. One query."""
    found = ServiceRequest.objects.visible_to(user).open()
    if hospital is not None:
        found = found.filter(hospital=hospital)
    late, undecided = Q(due_at__lt=now()), Q(state=RequestState.SUBMITTED)
    row = found.aggregate(
        open=Count("pk"), late=Count("pk", filter=late), undecided=Count("pk", filter=undecided)
    )
    return Counts(**row)
