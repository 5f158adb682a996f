"""What the teams of a person have to do, what is due first comes first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Case, Q, When
from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.accounts.models import Location, Team
from portal.clock import now
from portal.errors import NotAllowed
from requests_app import listing, outcomes
from requests_app.models import Move, ServiceRequest
from requests_app.states import Priority, RequestState

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from portal.accounts.models import User

SHOWN = 50
UNHEARD = timedelta(minutes=5)  # an emergency that nobody took by then stands above everything


@dataclass(frozen=True)
class Job:
    """One piece of work as the queue shows it."""

    request: ServiceRequest
    mine: bool
    move: Move | None

    @property
    def taken(self) -> bool:
        return bool(self.request.state == RequestState.IN_FULFILMENT)

    @property
    def origin(self) -> Location | None:
        return self.move.origin if self.move else None

    @property
    def destination(self) -> Location | None:
        """Where it has to go or where it has to be done."""
        return self.request.deliver_to

    @property
    def unheard(self) -> bool:
        """An emergency that nobody took in time."""
        released = self.request.released_at
        urgent = self.request.priority == Priority.EMERGENCY and not self.taken
        return bool(urgent and released and now() - released >= UNHEARD)

    @property
    def ends(self) -> "dict[str, str | Promise]":
        return outcomes.of(self.request.category.kind)

    @property
    def mark(self) -> str:
        """What makes it another one on the page: who has it, and whether it waits too long."""
        return f"{self.request.assignee_id or ''}{'-late' if self.unheard else ''}"


def own_teams(user: "User") -> list[Team]:
    """Teams whose work is this person's. Raises NotAllowed to who has none. One query."""
    teams = list(scopes.teams_with(user, "fulfil_here").select_related("hospital"))
    if not teams:
        raise NotAllowed(_("This is the work of teams. You belong to none."))
    return teams


def jobs(user: "User", teams: Iterable[Team]) -> tuple[list[Job], bool]:
    """Released work of `teams`, emergencies that nobody took first, then by due; and whether there is more. One query."""
    unheard = Q(priority=Priority.EMERGENCY, state=RequestState.APPROVED, released_at__lte=now() - UNHEARD)
    found = (
        ServiceRequest.objects.filter(
            team__in=list(teams),
            submitted_at__isnull=False,
            closed_at__isnull=True,
            released_at__isnull=False,
            state__in=[RequestState.APPROVED, RequestState.IN_FULFILMENT],
        )
        .select_related(
            "hospital",
            "department",
            "category",
            "team",
            "assignee",
            "deliver_to",
            "move__origin",
            "requester",
        )
        .order_by(Case(When(unheard, then=0), default=1), *listing.SOONEST)
    )
    rows = [
        Job(one, mine=one.assignee_id == user.pk, move=getattr(one, "move", None))
        for one in found[: SHOWN + 1]
    ]
    return rows[:SHOWN], len(rows) > SHOWN


def marks(found: Iterable[Job]) -> dict[str, str]:
    """For `portal.live`."""
    return {job.request.public_id: job.mark for job in found}
