"""Moves on which a ward has the next word, and those that are on their way to it: what its home shows."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from portal.clock import now
from requests_app import releasing
from requests_app.models import Move, ServiceRequest
from requests_app.states import TEAM_STATES, Kind
from requests_app.transport import carrying, moves

if TYPE_CHECKING:
    from portal.accounts.models import Department, User

MOST = 12
READY, NOT_READY, BACK, COMING = "ready", "not_ready", "back", "coming"


@dataclass(frozen=True)
class AtWard:
    """`what`: READY (somebody goes along), NOT_READY, BACK (ready to go back?), or COMING to the ward from another."""

    case: ServiceRequest
    what: str

    @property
    def move(self) -> Move:
        return self.case.move

    @property
    def thing(self) -> moves.Thing:
        return moves.WHAT[self.move.what]


def at_ward(user: "User", ward: "Department") -> list[AtWard]:
    """What `user`, who works on `ward` today, has to say *Ready* to, then the patients who come. One query.

    A move to the ward from another shows where from, when and the precautions; bed and initials are nobody's matter here.
    """
    found = ServiceRequest.objects.filter(
        Q(department=ward) | Q(move__destination__department=ward),
        hospital=ward.hospital_id,
        category__kind=Kind.TRANSPORT,
        submitted_at__isnull=False,
        closed_at__isnull=True,
        private=False,
        state__in=TEAM_STATES,
    )
    beside = ("hospital", "department", "category", "team", "move__origin", "move__destination")
    told = [_told(one, ward) for one in found.select_related(*beside).order_by("due_at", "pk")[: 4 * MOST]]
    known = [one for one in told if one]
    return sorted(known, key=lambda one: one.what == COMING)[:MOST]


def _told(case: ServiceRequest, ward: "Department") -> AtWard | None:
    move = case.move
    if case.department_id == ward.pk:
        if releasing.is_held(case):
            return AtWard(case, BACK)
        if carrying.is_not_ready(case, move):
            return AtWard(case, NOT_READY)
        return AtWard(case, READY) if case.released_at and not move.ready_for(case, now()) else None
    return AtWard(case, COMING) if case.released_at and move.what == moves.PATIENT else None
