"""What is already reported about a piece of equipment or a room: only what the person who asks may see."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from requests_app.models import Equipment, ServiceRequest, Watcher

if TYPE_CHECKING:
    from portal.accounts.models import Location, User

MOST = 5  # shown before filing


def open_seen_by(user: "User") -> QuerySet[ServiceRequest]:
    """Open requests that `user` may see, newest first, each with how many people reported it (`people`) and `joined`.

    The one door of this module: whatever is counted, listed or suggested starts here.
    """
    joined = Watcher.objects.filter(request=OuterRef("pk"), joined=True)
    many = joined.order_by().values("request").annotate(n=Count("pk")).values("n")
    return (
        ServiceRequest.objects.visible_to(user)
        .open()
        .annotate(
            people=Coalesce(Subquery(many), 0) + 1,
            joined=Exists(joined.filter(user=user)),
        )
        .select_related("hospital", "department", "team", "repair__equipment", "repair__location")
        .order_by("-created_at", "-pk")
    )


def on_equipment(user: "User", piece: Equipment, *, besides: int | None = None) -> list[ServiceRequest]:
    """Open reports of this piece, without the request `besides`. One query."""
    return list(open_seen_by(user).filter(repair__equipment=piece).exclude(pk=besides or 0)[:MOST])


def in_room(
    user: "User", room: "Location", symptoms: Iterable[str] = (), *, besides: int | None = None
) -> list[ServiceRequest]:
    """Open reports of this room itself, of these symptoms if any are named. One query."""
    found = open_seen_by(user).filter(repair__location=room, repair__equipment=None).exclude(pk=besides or 0)
    wanted = set(symptoms)
    rows = [row for row in found[: MOST * 10] if not wanted or wanted & set(row.repair.symptoms)]
    return rows[:MOST]


def counted(user: "User", pieces: Iterable[Equipment]) -> Counter[int]:
    """How many open reports of each piece `user` may see, by key of the piece. One query."""
    found = ServiceRequest.objects.visible_to(user).open().filter(repair__equipment__in=list(pieces))
    return Counter(found.order_by().values_list(F("repair__equipment"), flat=True))
