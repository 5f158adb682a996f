"""What the teams of a person have to do, what is due first comes first; filtered, counted, and who has how much."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core import signing
from django.db.models import Case, Count, DateTimeField, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import duties, scopes
from portal.accounts.models import Location, Team, User
from portal.clock import now
from portal.errors import Invalid, NotAllowed, WrongState
from portal.live import Changes
from requests_app import outcomes, permissions
from requests_app.models import Move, ServiceRequest
from requests_app.states import TAKEN_STATES, TEAM_STATES, Priority, RequestState

if TYPE_CHECKING:
    from django.utils.functional import Promise

SHOWN = 50
UNHEARD = timedelta(minutes=5)  # an emergency that nobody took by then stands above everything
FAR = datetime(9999, 1, 1, tzinfo=UTC)  # when what has no due time is due, for the order
ALL, FREE, MINE, WAITING, LATE = "", "free", "mine", "waiting", "late"
SHOWS: "dict[str, str | Promise]" = {
    ALL: gettext_lazy("All"),
    FREE: gettext_lazy("Nobody has it"),
    MINE: gettext_lazy("Yours"),
    WAITING: gettext_lazy("Waiting"),
    LATE: gettext_lazy("Late"),
}
BESIDE = ("hospital", "department", "category", "team", "assignee", "deliver_to", "move__origin", "requester")
CLOCKS = "clocks"  # read once for all rows: an emergency says when somebody has to take it
ORDER = ("place_first", "place_control", "place_due", "place_rank", "pk")
LAST = 32_767  # what porter control put into no place
SALT = "requests_app.queueing"


@dataclass(frozen=True)
class Asked:
    """What the address says: one of SHOWS, the code of a team ('': all of one's own), the place of a further page."""

    show: str = ALL
    team: str = ""
    after: str = ""

    def query(self, **other: str) -> str:
        """As the end of an address: "?show=mine", or ''. `other` takes the place of what it names; a page begins anew."""
        said = {"show": self.show, "team": self.team} | other
        said = {name: value for name, value in said.items() if value}
        return f"?{urlencode(said)}" if said else ""


def asked(query: Mapping[str, str]) -> Asked:
    """What is known of `query`; what is not counts as not said."""
    show = query.get("show", "")
    return Asked(show if show in SHOWS else ALL, query.get("team", ""), query.get("after", ""))


@dataclass(frozen=True)
class Job:
    """One piece of work as the queue shows it to one person, who leads its team or not."""

    request: ServiceRequest
    mine: bool
    led: bool
    move: Move | None

    @property
    def taken(self) -> bool:
        return self.request.state in TAKEN_STATES

    @property
    def waiting(self) -> bool:
        return self.request.state == RequestState.ON_HOLD

    @property
    def over(self) -> bool:
        """It ended since the page was shown."""
        return self.request.state not in TEAM_STATES or self.request.released_at is None

    @property
    def free(self) -> bool:
        """Nobody has it."""
        return not self.taken and self.request.assignee_id is None

    @property
    def may_start(self) -> bool:
        """It is free, or was given to this person."""
        return not self.over and (self.free or (self.mine and not self.taken))

    @property
    def may_give(self) -> bool:
        return not self.over and (self.led or self.mine)

    @property
    def origin(self) -> Location | None:
        return self.move.origin if self.move else None

    @property
    def destination(self) -> Location | None:
        """Where it has to go or where it has to be done."""
        return self.request.deliver_to

    @property
    def alarming(self) -> bool:
        """An emergency, until it is over."""
        return self.request.priority == Priority.EMERGENCY and not self.over

    @property
    def unheard(self) -> bool:
        """An emergency that nobody took in time."""
        released = self.request.released_at
        urgent = self.request.priority == Priority.EMERGENCY and not self.taken and not self.over
        return bool(urgent and released and now() - released >= UNHEARD)

    @property
    def carried(self) -> bool:
        """A move of the porters: its steps are on the porter's card."""
        return (
            self.move is not None and self.request.team is not None and self.request.team.code == Team.PORTERS
        )

    @property
    def usual_end(self) -> "tuple[str, str | Promise]":
        """Code and words of how such work usually ends."""
        return next(iter(outcomes.of(self.request.category.kind).items()))


@dataclass(frozen=True)
class Gone:
    """What a page showed and this person's teams no longer have."""

    over = True
    ref: str


@dataclass(frozen=True)
class Filter:
    """One link above the list."""

    words: str
    count: int
    address: str
    current: bool


@dataclass(frozen=True)
class Queue:
    """One page of the list. `refs` of what it shows, for the page that asks again; `next`: the place of the next page."""

    jobs: list[Job]
    next: str
    filters: list[Filter] = field(default_factory=list)
    teams: list[Filter] = field(default_factory=list)
    load: list[User] = field(default_factory=list)

    @property
    def refs(self) -> str:
        return ".".join(job.request.public_id for job in self.jobs)


def own_teams(user: User) -> list[Team]:
    """Teams whose work is this person's, with `led`: they give it out. Raises NotAllowed to who has none.

    One query, one more for porters: who is at porter control leads them.
    """
    led = scopes.teams_with(user, "lead_here").filter(pk=OuterRef("pk"))
    own = scopes.teams_with(user, "fulfil_here").select_related("hospital")
    teams: list[Team] = list(own.annotate(led=Exists(led)))
    if not teams:
        raise NotAllowed(_("This is the work of teams. You belong to none."))
    for team in teams:
        if team.code == Team.PORTERS and not team.led:  # type: ignore[attr-defined]
            team.led = duties.has(user, "porter_control", team.hospital_id)  # type: ignore[attr-defined]
    return teams


def queue(user: User, teams: list[Team], wanted: Asked) -> Queue:
    """What `wanted` shows of the work of `teams`, with its filters. Two queries, one more for who leads the one team."""
    looked_at = _looked_at(teams, wanted)
    jobs, further = page(user, teams, wanted)
    filters, of_teams = _filters(user, teams, wanted)
    one = looked_at[0] if len(looked_at) == 1 else None
    return Queue(
        jobs=jobs,
        next=further,
        filters=filters,
        teams=of_teams,
        load=members(one) if one is not None and one.led else [],  # type: ignore[attr-defined]
    )


def page(user: User, teams: list[Team], wanted: Asked, *, size: int = SHOWN) -> tuple[list[Job], str]:
    """`size` pieces of released work behind `wanted.after`, and the place of the next ones ('': no more). One query.

    Emergencies that nobody took come first, then what porter control put first, then by due, then by priority.
    """
    found = _placed(_work_of(_looked_at(teams, wanted)).filter(_conditions(user)[wanted.show]))
    found = _beyond(found, wanted.after).select_related(*BESIDE).prefetch_related(CLOCKS)
    rows = [_job(one, user, teams) for one in found.order_by(*ORDER)[: size + 1]]
    return rows[:size], _place_of(rows[size - 1].request) if len(rows) > size else ""


def as_shown(user: User, teams: list[Team], wanted: Asked, refs: str) -> tuple[list[Job | Gone], Changes]:
    """What a page shows (`refs` as `Queue.refs` wrote it) as it is now, in its places, and how many came. Two queries.

    What ended or went to another team stays until the page is loaded again.
    """
    known = [ref for ref in refs.split(".") if ref][:SHOWN]
    rows = ServiceRequest.objects.filter(public_id__in=known, team__in=teams)
    rows = rows.select_related(*BESIDE).prefetch_related(CLOCKS)
    there = {row.public_id: _job(row, user, teams) for row in rows}
    shown: list[Job | Gone] = [there.get(ref) or Gone(ref) for ref in known]
    if wanted.after:
        return shown, Changes()
    first = _placed(_work_of(_looked_at(teams, wanted)).filter(_conditions(user)[wanted.show]))
    now_first = first.order_by(*ORDER).values_list("public_id", flat=True)[:SHOWN]
    return shown, Changes(new=len(set(now_first) - set(known)))


def filters(user: User, teams: list[Team], wanted: Asked) -> Queue:
    """The filters alone, counted anew. One query."""
    of_all, of_teams = _filters(user, teams, wanted)
    return Queue(jobs=[], next="", filters=of_all, teams=of_teams)


def members(team: Team) -> list[User]:
    """Who is in the team, each with `has` (in hand or given) and `waits`; who has least comes first. One query."""
    theirs = Q(requests_taken__team=team)
    found = scopes.users_with("fulfil_here", team).annotate(
        has=Count(
            "requests_taken",
            filter=theirs & Q(requests_taken__state__in=[RequestState.APPROVED, RequestState.IN_FULFILMENT]),
        ),
        waits=Count("requests_taken", filter=theirs & Q(requests_taken__state=RequestState.ON_HOLD)),
    )
    return list(found.order_by("has", "waits", "first_name", "last_name", "pk"))


def team_of(request: ServiceRequest, code: str) -> Team:
    """The team of the request's hospital with this code. Raises Invalid (team)."""
    found = Team.objects.filter(hospital=request.hospital_id, code=code, active=True).first()
    if found is None:
        raise Invalid({"team": [_("Choose a team of this hospital.")]})
    return found


def check_may(user: User, request: ServiceRequest) -> None:
    """Raises NotAllowed to others than its team, WrongState for what is no longer, or not yet, its work."""
    if not (permissions.serves(user, request) or permissions.leads(user, request)):
        raise NotAllowed(_("Only its team can do that."))
    if request.state not in TEAM_STATES or request.released_at is None:
        state = request.get_state_display()
        raise WrongState(_("This is not in the list of the team: it is “%(state)s” now.") % {"state": state})


def _looked_at(teams: list[Team], wanted: Asked) -> list[Team]:
    return [team for team in teams if team.code == wanted.team] or teams


def _job(request: ServiceRequest, user: User, teams: Iterable[Team]) -> Job:
    led = any(team.pk == request.team_id and team.led for team in teams)  # type: ignore[attr-defined]
    return Job(request, mine=request.assignee_id == user.pk, led=led, move=getattr(request, "move", None))


def _work_of(teams: Iterable[Team]) -> QuerySet[ServiceRequest]:
    return ServiceRequest.objects.filter(
        team__in=[team.pk for team in teams],
        submitted_at__isnull=False,
        closed_at__isnull=True,
        released_at__isnull=False,
        state__in=TEAM_STATES,
    )


def _conditions(user: User) -> dict[str, Q]:
    return {
        ALL: Q(),
        FREE: Q(state=RequestState.APPROVED, assignee=None),
        MINE: Q(assignee=user),
        WAITING: Q(state=RequestState.ON_HOLD),
        LATE: Q(due_at__lt=now()),
    }


def _placed(found: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
    untaken = Q(priority=Priority.EMERGENCY, state=RequestState.APPROVED)
    ranks = [When(priority=value, then=place) for place, value in enumerate(Priority.values)]
    return found.annotate(
        place_first=Case(When(untaken, then=0), default=1),
        place_control=Coalesce("move__rank", Value(LAST)),
        place_due=Coalesce("move__place_at", "due_at", Value(FAR, output_field=DateTimeField())),
        place_rank=Case(*ranks, default=len(ranks)),
    )


def _place_of(row: Any) -> str:
    place = [row.place_first, row.place_control, row.place_due.isoformat(), row.place_rank, row.pk]
    return signing.dumps(place, salt=SALT)


def is_place(text: str) -> bool:
    """Did this list give it out as its `next`?"""
    try:
        signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return False
    return True


def _beyond(found: QuerySet[ServiceRequest], after: str) -> QuerySet[ServiceRequest]:
    """What comes behind the place `after`; a place that is none starts at the first."""
    try:
        first, control, due, rank, pk = signing.loads(after, salt=SALT)
    except signing.BadSignature:
        return found
    same, place = Q(), Q()
    values = (first, control, datetime.fromisoformat(due), rank, pk)
    for name, value in zip(ORDER, values, strict=True):
        place |= same & Q(**{f"{name}__gt": value})
        same &= Q(**{name: value})
    return found.filter(place)


def _filters(user: User, teams: list[Team], wanted: Asked) -> tuple[list[Filter], list[Filter]]:
    """Links to each of SHOWS, and to each team where there are several, with how many there are. One query."""
    names = {show: f"of_{show or 'all'}" for show in SHOWS}
    counted = {names[show]: Count("pk", filter=that) for show, that in _conditions(user).items()}
    found: Iterable[Any] = _work_of(teams).order_by().values("team").annotate(**counted)
    rows = {row["team"]: row for row in found}
    looked_at = [rows[team.pk] for team in _looked_at(teams, wanted) if team.pk in rows]
    of_all = [
        Filter(
            str(words),
            sum(row[names[show]] for row in looked_at),
            wanted.query(show=show),
            show == wanted.show,
        )
        for show, words in SHOWS.items()
    ]
    codes = {team.code: team.name for team in teams}
    if len(codes) < 2:
        return of_all, []
    of_team = {
        code: sum(rows[team.pk][names[ALL]] for team in teams if team.code == code and team.pk in rows)
        for code in codes
    }
    every = Filter(
        _("All your teams"), sum(of_team.values()), wanted.query(team=""), wanted.team not in codes
    )
    return of_all, [
        every,
        *(
            Filter(name, of_team[code], wanted.query(team=code), wanted.team == code)
            for code, name in codes.items()
        ),
    ]
