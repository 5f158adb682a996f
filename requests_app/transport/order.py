"""The moves that wait for porters or are on their way, in the order in which they are offered."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Coalesce

from portal.clock import now
from requests_app.models import ServiceRequest
from requests_app.states import TEAM_STATES, Kind, Priority, RequestState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.accounts.models import Team

UNHEARD = timedelta(minutes=5)  # an emergency that nobody took by then stands above everything
# Porter control's order comes first, then what is due first; what lost its place counts from when it was ready.
BY_PLACE = (
    F("move__rank").asc(nulls_last=True),
    Coalesce("move__place_at", "due_at").asc(nulls_last=True),
    "pk",
)


def moves_of(teams: "Iterable[Team | int]") -> QuerySet[ServiceRequest]:
    """Released moves of `teams` that have not ended, with what a card shows, in their order. Lazy; one query."""
    unheard = Q(priority=Priority.EMERGENCY, state=RequestState.APPROVED, released_at__lte=now() - UNHEARD)
    found = ServiceRequest.objects.filter(
        team__in=list(teams),
        submitted_at__isnull=False,
        closed_at__isnull=True,
        released_at__isnull=False,
        state__in=TEAM_STATES,
        category__kind=Kind.TRANSPORT,
    )
    return found.select_related(
        "hospital",
        "department",
        "category",
        "team",
        "assignee",
        "move__origin__department",
        "move__destination__department",
    ).order_by(Case(When(unheard, then=0), default=1), *BY_PLACE)
