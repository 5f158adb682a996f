"""Which requests somebody sees, as conditions that have an index each (`visible_to` says the same in one WHERE).

A sent request is open until it has ended: each half has indexes of its own (`requests_app.models.request.HALVES`).
"""

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from portal.accounts import scopes
from requests_app.models import RequestItem, RequestShare
from requests_app.models.request import HALVES

if TYPE_CHECKING:
    from portal.accounts.models import User
    from portal.accounts.scopes import Reach

OPEN, ENDED = HALVES["open"], HALVES["ended"]
RIGHTS = ("view_requests", "fulfil_here", "work_here")


def own(user: "User") -> list[Q]:
    """What this person needs or wrote."""
    return [Q(requester=user), Q(filed_by=user)]


def shared_with(user: "User") -> Q:
    """What somebody shared with this person."""
    return Q(pk__in=RequestShare.objects.filter(user=user).values("content_object"))


def reach(user: "User") -> "dict[str, Reach]":
    """Where the person sees, works and serves, for a page that asks for several lists. One query."""
    return scopes.reach(user, *RIGHTS)


def seen_by(user: "User", held: "dict[str, Reach] | None" = None) -> list[Q]:
    """What `permissions.can_view` allows of sent requests: own, the places of the person, their teams.

    `held` is what `reach` said for this page; one query without it.
    """
    held = held or scopes.reach(user, "view_requests", "fulfil_here")
    there = held["view_requests"]
    if there.everywhere:
        return [Q(private=False), *own(user), shared_with(user)]
    work = held["fulfil_here"]
    teams = [Q(team=pk) for pk in sorted(work.teams)]
    return [*own(user), shared_with(user), *_places(there), *teams, *_teams(work, besides=there.hospitals)]


def served_by(held: "dict[str, Reach]") -> list[Q]:
    """What the person's teams do, and what has a line for one of them. `held` as for `seen_by`."""
    work = held["fulfil_here"]
    return [*(Q(team=pk) for pk in sorted(work.teams)), *_teams(work, besides=set())]


def worked_on_by(user: "User", held: "dict[str, Reach] | None" = None) -> list[Q]:
    """What `permissions.works_on` allows: own, and the places where the person works. `held` as for `seen_by`."""
    there = (held or scopes.reach(user, "work_here"))["work_here"]
    return [Q(private=False), *own(user)] if there.everywhere else [*own(user), *_places(there)]


def _places(there: "Reach") -> list[Q]:
    """Hospitals, and departments of other hospitals."""
    wards = [pk for pk, hospital in there.departments.items() if hospital not in there.hospitals]
    hospitals = (Q(hospital=pk, private=False) for pk in sorted(there.hospitals))
    return [*hospitals, *(Q(department=pk, private=False) for pk in sorted(wards))]


def _teams(work: "Reach", *, besides: set[int]) -> list[Q]:
    """Requests with a line of one of the person's teams; a team serves its own hospital only."""
    lines = RequestItem.objects.filter(request=OuterRef("pk"))
    teams: dict[int, list[int]] = {}
    for pk, hospital in sorted(work.teams.items()):
        if hospital not in besides:
            teams.setdefault(hospital, []).append(pk)
    return [Q(hospital=pk) & Q(Exists(lines.filter(team__in=own_teams))) for pk, own_teams in teams.items()]
