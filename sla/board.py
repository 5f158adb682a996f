"""What the board counts and shows: open requests by how they stand and whose they are, and what was done in time.

Reads only, and only what `user` may see. Transfers after death are on no board.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from requests_app import sources, standing
from requests_app.models import ServiceRequest
from requests_app.standing import Standing
from requests_app.states import RequestState
from sla import goals
from sla.models import Clock
from sla.models.target import Service

if TYPE_CHECKING:
    from portal.accounts.models import User
    from portal.accounts.scopes import Reach

AHEAD = timedelta(hours=2)
MOST_LATE, MOST_COMING = 3, 6  # items of one lane
# Lanes that are no team; a team's is its code, which has no dot.
DECISIONS, SUPPLIES, TOGETHER = ".decisions", ".supplies", ".together"
ASKED = (RequestState.SUBMITTED, RequestState.RETURNED)


@dataclass(frozen=True)
class Scope:
    """What one person looks at. `hospital`, `department`: keys, None for all; `held` as for `sources.seen_by`."""

    user: "User"
    held: "dict[str, Reach]"
    hospital: int | None = None
    department: int | None = None

    def seen(self) -> QuerySet[ServiceRequest]:
        """Every request that may stand on this board, open or ended."""
        # One condition without joins, so that nothing comes twice; `visible_to` says the same with its subqueries.
        found = ServiceRequest.objects.filter(reduce(or_, sources.seen_by(self.user, self.held)))
        if self.hospital is not None:
            found = found.filter(hospital=self.hospital)
        if self.department is not None:
            found = found.filter(department=self.department)
        return found.exclude(service=Service.MOVE_AFTER_DEATH)


@dataclass(frozen=True)
class Group:
    """How many open requests of one lane and department stand how."""

    lane: str
    name: str  # of the team; '' where the lane is none
    hospital: int
    code: str  # of the hospital
    department: int
    place: str
    late: int
    likely: int
    ontrack: int
    waiting: int

    @property
    def key(self) -> str:
        """Of its lane: teams of several hospitals are called the same."""
        return f"{self.code}:{self.lane}"

    @property
    def open(self) -> int:
        return self.late + self.likely + self.ontrack + self.waiting


@dataclass(frozen=True)
class Done:
    """A promise that ended, kept or not."""

    lane: str
    hospital: int
    service: str
    met: bool
    at: datetime
    took: timedelta


def open_rows(scope: Scope) -> QuerySet[ServiceRequest]:
    """The open requests of the board, each with its `lane`."""
    return scope.seen().filter(sources.OPEN).annotate(lane=_lane(Q(state__in=ASKED)))


def _lane(decided: Q, of: str = "") -> Case:
    """Whose it is: of those who decide, of its team, or of what has none. `of`: the path to the request."""
    return Case(
        When(decided, then=Value(DECISIONS)),
        When(**{f"{of}team__isnull": False}, then=F(f"{of}team__code")),
        When(**{f"{of}service": ""}, then=Value(SUPPLIES)),
        default=Value(TOGETHER),
        output_field=CharField(),
    )


def board_rows(scope: Scope, which: Standing, now: datetime, *, lane: str = "") -> QuerySet[ServiceRequest]:
    """The open requests behind one number: those that stand like `which`, of one lane ("SBG:porters") or of all."""
    found = open_rows(scope).filter(standing.those(which, now))
    hospital, _colon, code = lane.partition(":")
    return found.filter(Q(hospital__code=hospital) & Q(("lane", code))) if lane else found


def counted(scope: Scope, now: datetime) -> list[Group]:
    """How many open requests stand how, by lane and department. One query."""
    name = Case(
        When(state__in=ASKED, then=Value("")), default=F("team__name"), output_field=CharField(null=True)
    )
    groups = (
        open_rows(scope)
        .annotate(team_name=name)
        .order_by()
        .values_list(
            "lane", "team_name", "hospital_id", "hospital__code", "department_id", "department__name"
        )
        .annotate(**{which.value: Count("pk", filter=standing.those(which, now)) for which in Standing})
    )
    return [Group(lane, name or "", *rest) for lane, name, *rest in groups]


def coming(scope: Scope, now: datetime) -> list[ServiceRequest]:
    """The late ones and those due within AHEAD, some of each in a lane, soonest first. One query.

    `lane` of each is whose it is.
    """
    late = Case(When(due_at__lt=now, then=Value(True)), default=Value(False))
    place = Window(
        RowNumber(), partition_by=[F("hospital_id"), F("lane"), late], order_by=[F("due_at"), F("pk")]
    )
    found = open_rows(scope).filter(due_at__lt=now + AHEAD).annotate(place=place)
    found = found.filter(Q(place__lte=MOST_LATE) | Q(due_at__gte=now), place__lte=MOST_COMING)
    return list(found.select_related("hospital", "department").order_by("due_at", "pk"))


def done_since(scope: Scope, since: datetime) -> list[Done]:
    """What was promised and ended since then, in time or not: the work, and decisions. One query."""
    ended = Clock.objects.filter(
        Q(kind=Clock.Kind.FULFILMENT) | Q(kind=Clock.Kind.APPROVAL),
        stopped_at__gte=since,
        outcome__in=(Clock.Outcome.MET, Clock.Outcome.LATE),
        request__in=scope.seen(),
    )
    rows = ended.annotate(of_lane=_lane(Q(kind=Clock.Kind.APPROVAL), "request__")).values_list(
        "kind",
        "of_lane",
        "request__hospital_id",
        "request__service",
        "calendar__code",
        "outcome",
        "started_at",
        "stopped_at",
    )
    return [_done(*row) for row in rows]


def _done(
    kind: str,
    lane: str,
    hospital: int,
    service: str,
    calendar: str | None,
    outcome: str,
    begun: datetime,
    ended: datetime | None,
) -> Done:
    assert ended is not None  # it was asked for
    if kind == Clock.Kind.APPROVAL:
        service = goals.DECISIONS
    elif not service:
        service = goals.BOUGHT if calendar == "buying" else goals.SUPPLIES
    return Done(lane, hospital, service, outcome == Clock.Outcome.MET, ended, ended - begun)


def total(groups: Iterable[Group], which: Standing) -> int:
    return sum(getattr(group, which) for group in groups)
