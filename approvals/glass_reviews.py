"""What did not wait for its approval, and what was said of it afterwards: for who reviews, who oversees, and the board."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from approvals.glass_rules import REVIEWERS, refusals
from approvals.models import BreakGlass
from portal.accounts.duty_kinds import DUTIES
from portal.accounts.models import Hospital, Membership, User
from portal.clock import now
from portal.errors import NotFound

if TYPE_CHECKING:
    from portal.accounts.place import Standing

OVERSEERS = (*REVIEWERS, "service_manager", "auditor")
LATELY = timedelta(days=30)  # what the board counts
_EVERYWHERE = Q(hospital=None, department=None, team=None)


@dataclass(frozen=True)
class Card:
    """One use, with what its review needs. `why_not`: why this person does not review it, '' where they may."""

    broken: BreakGlass
    told: list[str]
    why_not: str

    @property
    def duty(self) -> str:
        return str(DUTIES[self.broken.duty].label)

    @property
    def overdue(self) -> bool:
        return self.broken.reviewed_at is None and self.broken.review_due_at <= now()

    @property
    def yours(self) -> bool:
        return self.broken.reviewed_at is None and not self.why_not


def seen_by(user: User) -> QuerySet[BreakGlass]:
    """What `user` reads: of the hospitals that they oversee, and what they used themselves. Lazy, the latest first."""
    held = Membership.objects.current(now()).filter(user=user, role__in=OVERSEERS)
    there = Exists(held.filter(_EVERYWHERE | Q(hospital=OuterRef("request__hospital"))))
    beside = ("request__hospital", "request__department", "request__requester", "by", "reviewed_by")
    found = BreakGlass.objects.filter(there | Q(by=user), request__private=False).select_related(*beside)
    return found.order_by("-used_at", "-pk")


def oversees(where: "Standing") -> bool:
    """Does the person read reviews of others? No query."""
    return any(held.role in OVERSEERS and not held.department_id for held in where.memberships)


def reviews(where: "Standing") -> bool:
    """Does the person hold a role that reviews? No query."""
    return any(held.role in REVIEWERS for held in where.memberships)


def cards(user: User, rows: list[BreakGlass]) -> list[Card]:
    """`rows` as they are shown to `user`. At most six queries, however many they are."""
    if not rows:
        return []
    refused = refusals([row for row in rows if row.reviewed_at is None], user)
    names = User.objects.in_bulk({pk for row in rows for pk in row.told})
    return [
        Card(row, [names[pk].get_full_name() for pk in row.told if pk in names], refused.get(row.pk, ""))
        for row in rows
    ]


def card(user: User, ref: str) -> Card:
    """One of them. Raises NotFound for what `user` does not read."""
    found = seen_by(user).filter(ref=ref).first()
    if found is None:
        raise NotFound
    return cards(user, [found])[0]


def open_cards(user: User) -> list[Card]:
    """What waits for a review: what `user` may do first, then what is due first. Seven queries at most."""
    found = cards(user, list(seen_by(user).filter(reviewed_at=None).order_by("review_due_at", "pk")))
    return sorted(found, key=lambda one: not one.yours)


def to_review(user: User) -> list[BreakGlass]:
    """What waits for `user`, what is due first comes first. One query for nothing, else seven at most."""
    return [one.broken for one in open_cards(user) if one.yours]


def counts(hospitals: Iterable[Hospital]) -> tuple[int, int]:
    """How many reviews wait at these hospitals, and how many of them are overdue. One query."""
    _used, waiting, overdue = figures(hospitals)
    return waiting, overdue


def figures(hospitals: Iterable[Hospital], since: datetime | None = None) -> tuple[int, int, int]:
    """How often the glass was broken at these hospitals `since` (thirty days ago), how many reviews wait, how many of those are
    overdue. One query."""
    moment = now()
    waits = Q(reviewed_at=None)
    found = BreakGlass.objects.filter(request__hospital__in=list(hospitals)).aggregate(
        used=Count("pk", filter=Q(used_at__gt=since or moment - LATELY)),
        waiting=Count("pk", filter=waits),
        overdue=Count("pk", filter=waits & Q(review_due_at__lte=moment)),
    )
    return found["used"], found["waiting"], found["overdue"]
