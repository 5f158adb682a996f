"""What each person decided, for those who oversee it: of the requests that they see, with whatever right they did."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q, QuerySet

from approvals import history
from approvals.models import Decision
from portal.accounts.models import User
from portal.clock import now
from portal.errors import NotFound
from requests_app.models import ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.place import Standing

READERS = ("auditor", "service_manager")
LATELY = timedelta(days=90)
MOST = 200


@dataclass(frozen=True)
class Approver:
    """Somebody who decided lately, and how often: with a yes, with a no."""

    person: User
    decided: int
    refused: int


def reads(where: "Standing") -> bool:
    """Does the person oversee what others decide? No query."""
    return any(held.role in READERS for held in where.memberships)


def lately(reader: User) -> list[Approver]:
    """Who decided about requests that `reader` sees, in the last 90 days: who decided last comes first. Two queries."""
    refused = Count("pk", filter=Q(outcome=Decision.Outcome.REJECTED))
    seen = Decision.objects.filter(
        _seen_by(reader), decided_at__gte=now() - LATELY, withdraws=None, withdrawn_by=None
    )
    found = seen.order_by().values("actor").annotate(n=Count("pk"), no=refused, last=Max("pk"))
    rows = list(found.order_by("-last").values_list("actor", "n", "no")[:MOST])
    people = User.objects.in_bulk([actor for actor, _n, _no in rows])
    return [Approver(people[actor], n, no) for actor, n, no in rows]


def decided_by(username: str, reader: User) -> tuple[User, QuerySet[Decision]]:
    """This person, and what they or somebody in their name decided of what `reader` sees: not yet ordered. Raises NotFound."""
    person = User.objects.filter(username=username, kind=User.Kind.PERSON).first()
    if person is None:
        raise NotFound
    mine = Q(actor=person) | Q(authority=person)
    return person, history.shown_decisions().filter(mine, _seen_by(reader))


def _seen_by(reader: User) -> Q:
    return Q(step__approval__request__in=ServiceRequest.objects.visible_to(reader))
