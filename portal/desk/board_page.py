"""The board as a page shows it: figures with their rows, lanes from now to two hours ahead, the week of each team."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import Hospital
from portal.accounts.place import Standing as Place
from portal.clock import now
from requests_app import sources
from requests_app.models import ServiceRequest
from requests_app.standing import Standing
from sla import board, goals
from sla.board import DECISIONS, SUPPLIES, TOGETHER, Done, Group, Scope
from sla.words import ICONS, span

if TYPE_CHECKING:
    from portal.accounts.models import User

COLUMNS, WIDTH = 24, 7  # of the track; of an item on it
TICKS = 4
WORDS = {
    Standing.LATE: gettext_lazy("late now"),
    Standing.LIKELY: gettext_lazy("likely to be late"),
    Standing.ON_TRACK: gettext_lazy("on track"),
    Standing.WAITING: gettext_lazy("waiting"),
}
TITLES = {
    Standing.LATE: gettext_lazy("Late now"),
    Standing.LIKELY: gettext_lazy("Likely to be late"),
    Standing.ON_TRACK: gettext_lazy("On track"),
    Standing.WAITING: gettext_lazy("Waiting"),
}
TONES = {Standing.LATE: "late", Standing.LIKELY: "risk", Standing.ON_TRACK: "ok", Standing.WAITING: "hold"}
LANES = {
    DECISIONS: gettext_lazy("Decisions"),
    SUPPLIES: gettext_lazy("Supplies"),
    TOGETHER: gettext_lazy("Several teams"),
}
LANE_ICONS = {
    DECISIONS: "inbox",
    SUPPLIES: "package",
    "stores": "package",
    "buying": "shopping-cart",
    "biomed": "wrench",
    "estates": "hammer",
    "library": "library",
    "it": "monitor",
    "porters": "bed",
    "domestic": "spray-can",
}
WALL_LANES, WALL_LATE, WALL_COMING = 4, 2, 3  # what fits on a screen that nobody scrolls
TOO_FEW = 5  # fewer say nothing about a team


@dataclass(frozen=True)
class Asked:
    """What an address of the board asks for. `hospitals`: to choose from, empty for people of one."""

    place: Place
    hospital: Hospital | None = None
    department: int | None = None
    lane: str = ""
    which: Standing = Standing.LATE
    wall: bool = False

    @property
    def hospitals(self) -> list[Hospital]:
        return self.place.hospitals if self.place.several else []

    @property
    def name(self) -> str:
        """Of the one hospital that it is about; '' where it is about several."""
        return str(self.hospital or ("" if self.hospitals else self.place.here or ""))

    def link(self, name: str, **changes: object) -> str:
        """The address of a page of the board, narrowed as this one is."""
        told: dict[str, object] = {"hospital": self.hospital.code if self.hospital else None}
        if self.hospitals and self.hospital is None:
            told["hospital"] = ""  # all of them, or the one that the person looks at elsewhere would be meant
        told |= {"department": self.department, "wall": 1 if self.wall else None} | changes
        return f"{reverse(f'desk:{name}')}?{urlencode({k: v for k, v in told.items() if v is not None})}"

    @property
    def live_link(self) -> str:
        return self.link("board-live")

    @property
    def wall_link(self) -> str:
        return self.link("board", wall=1)

    @property
    def all_link(self) -> str:
        return self.link("board", hospital="", department=None)

    @property
    def hospital_links(self) -> list[tuple[Hospital, str]]:
        return [(one, self.link("board", hospital=one.code, department=None)) for one in self.hospitals]


def asked(query: QueryDict, place: Place) -> Asked:
    """Read an address; what is not among the choices is as if it had not been said. No query."""
    code, which, ward = query.get("hospital"), query.get("which", ""), query.get("department", "")
    known = {one.code: one for one in place.hospitals}
    hospital = known.get(code) if code is not None and len(known) > 1 else place.chosen
    return Asked(
        place=place,
        hospital=hospital,
        department=int(ward) if ward.isascii() and ward.isdecimal() and len(ward) < 10 else None,
        lane=query.get("lane", "")[:40],
        which=next((one for one in Standing if one == which), Standing.LATE),
        wall=query.get("wall") == "1",
    )


def scope_of(user: "User", asked: Asked) -> Scope:
    """One query."""
    return Scope(user, sources.reach(user), asked.hospital.pk if asked.hospital else None, asked.department)


@dataclass(frozen=True)
class Figure:
    number: int
    words: str
    tone: str
    url: str

    @property
    def icon(self) -> str:
        return ICONS[self.tone]


@dataclass(frozen=True)
class Item:
    """One request on a lane. `column`: css classes of its place on the track; `time`: "16 min", "−6 min"."""

    request: ServiceRequest
    tone: str
    time: str
    column: str
    unowned: bool
    at: datetime

    @property
    def icon(self) -> str:
        return ICONS[self.tone]


@dataclass(frozen=True)
class Kept:
    """What ended since some moment: how many, the share in time in per cent, the goal, and how long it took typically."""

    ended: int
    met: int
    goal: int
    typical: str = ""

    @property
    def share(self) -> int | None:
        """Rounded down, so that a miss never reads as the goal; None where nothing ended."""
        return self.met * 100 // self.ended if self.ended else None

    @property
    def enough(self) -> bool:
        return self.ended >= TOO_FEW

    @property
    def tone(self) -> str:
        return "ok" if self.share is not None and self.share >= self.goal else "risk"

    @property
    def bar(self) -> int:
        """Of a bar 400 wide."""
        return 4 * (self.share or 0)

    @property
    def tick(self) -> int:
        return 4 * self.goal - 2


@dataclass
class Lane:
    key: str
    name: str
    icon: str
    hospital: str
    groups: list[Group] = field(default_factory=list)
    late: list[Item] = field(default_factory=list)
    track: list[Item] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    more_late: int = 0
    week: Kept | None = None

    def many(self, which: Standing) -> int:
        return board.total(self.groups, which)

    @property
    def open(self) -> int:
        return sum(group.open for group in self.groups)


@dataclass(frozen=True)
class Hour:
    words: str
    share: int


@dataclass
class Board:
    asked: Asked
    moment: datetime
    figures: list[Figure]
    lanes: list[Lane]
    ticks: list[datetime]
    today: Kept
    hours: list[Hour]
    line: str  # of the small chart, as points
    end: tuple[int, int] | None
    wards: list[tuple[int, str]]  # key and name of departments to choose from
    several: bool  # lanes of different hospitals stand side by side

    @property
    def open(self) -> int:
        return sum(figure.number for figure in self.figures)

    @property
    def further(self) -> list[Lane]:
        """What a wall has no room for."""
        return self.lanes[WALL_LANES:] if self.asked.wall else []

    @property
    def goal_line(self) -> int:
        """Where the goal of today stands on the small chart."""
        return _height(self.today.goal)

    @property
    def weeks(self) -> list[Lane]:
        """The lanes that did enough this week to say something about them."""
        return [lane for lane in self.lanes if lane.week and lane.week.enough]

    @property
    def pressing(self) -> list[Item]:
        """What is late or likely to be, the longest first: a phone shows these before the teams."""
        shown = [item for lane in self.lanes for item in (*lane.late, *lane.track) if item.tone != "ok"]
        return sorted(shown, key=lambda item: item.at)[:12]


def build(user: "User", asked: Asked) -> Board:
    """Four queries, however many requests there are."""
    scope, moment = scope_of(user, asked), now()
    zone = ZoneInfo(_zone(asked))
    local = moment.astimezone(zone)
    everywhere = Scope(scope.user, scope.held, scope.hospital)
    groups = board.counted(everywhere, moment)
    own = [one for one in groups if asked.department in (None, one.department)]
    midnight = datetime.combine(local.date(), time(), zone)
    monday = midnight - timedelta(days=local.weekday())
    done = board.done_since(scope, monday)
    today = [one for one in done if one.at >= midnight and one.lane != DECISIONS]
    hours = _hours(today, zone)
    return Board(
        asked=asked,
        moment=local,
        figures=[
            Figure(
                board.total(own, which),
                str(WORDS[which]),
                TONES[which],
                asked.link("board-rows", which=which),
            )
            for which in Standing
        ],
        lanes=_lanes(own, board.coming(scope, moment), done, asked, local),
        ticks=[local + timedelta(minutes=30 * n) for n in range(1, TICKS)],
        today=kept(today),
        hours=hours,
        line=" ".join(f"{x},{y}" for x, y in _points(hours)),
        end=_points(hours)[-1] if hours else None,
        wards=_wards(groups, asked),
        several=len({one.hospital for one in own}) > 1,
    )


def _zone(asked: Asked) -> str:
    here = asked.hospital or asked.place.here
    return here.time_zone if here else "UTC"


def _wards(groups: Iterable[Group], asked: Asked) -> list[tuple[int, str]]:
    """Departments with something open, to choose from."""
    names = {
        one.department: f"{one.code} {one.place}" if asked.hospitals and not asked.hospital else one.place
        for one in groups
    }
    if len(names) < 2 and asked.department is None:
        return []
    return sorted(names.items(), key=lambda ward: ward[1])


def kept(done: list[Done]) -> Kept:
    """How many of `done` were in time, against the goal of what they are."""
    took = timedelta(seconds=median(one.took.total_seconds() for one in done)) if done else None
    return Kept(
        ended=len(done),
        met=sum(one.met for one in done),
        goal=goals.of(one.service for one in done),
        typical=span(took) if took is not None else "",
    )


def _hours(today: list[Done], zone: ZoneInfo) -> list[Hour]:
    """The share in time of each hour in which something ended."""
    by_hour: dict[int, list[bool]] = {}
    for one in today:
        by_hour.setdefault(one.at.astimezone(zone).hour, []).append(one.met)
    return [Hour(f"{hour:02}:00", 100 * sum(met) // len(met)) for hour, met in sorted(by_hour.items())]


def _points(hours: list[Hour]) -> list[tuple[int, int]]:
    """On a chart of 240 by 72: from the left to the right, a whole share at the top."""
    step = 230 / max(len(hours) - 1, 1)
    return [(round(5 + n * step), _height(hour.share)) for n, hour in enumerate(hours)]


def _height(share: int) -> int:
    return round(66 - 0.6 * share)


def _lanes(
    groups: list[Group], rows: list[ServiceRequest], done: list[Done], asked: Asked, local: datetime
) -> list[Lane]:
    """One for each team with something open or done this week; where most is late stands first."""
    lanes: dict[tuple[int, str], Lane] = {}
    for group in groups:
        place = (group.hospital, group.lane)
        if place not in lanes:
            name = str(LANES.get(group.lane, group.name))
            lanes[place] = Lane(group.key, name, LANE_ICONS.get(group.lane, "users-round"), group.code)
        lanes[place].groups.append(group)
    for row in rows:
        item = _item(row, local)
        if lane := lanes.get((row.hospital_id, row.lane)):  # type: ignore[attr-defined]
            (lane.late if item.tone == "late" else lane.track).append(item)
    for (hospital, key), lane in lanes.items():
        if asked.wall:
            del lane.late[WALL_LATE:], lane.track[WALL_COMING:]
        own = [one for one in done if (one.hospital, one.lane) == (hospital, key)]
        lane.week = kept(own)
        lane.more_late = lane.many(Standing.LATE) - len(lane.late)
        lane.figures = [
            Figure(
                lane.many(which),
                str(WORDS[which]),
                TONES[which],
                asked.link("board-rows", which=which, lane=lane.key),
            )
            for which in Standing
        ]
    order = (Standing.LATE, Standing.LIKELY, Standing.ON_TRACK)
    return sorted(lanes.values(), key=lambda lane: (*(-lane.many(which) for which in order), lane.name))


def _item(row: ServiceRequest, local: datetime) -> Item:
    assert row.due_at is not None
    ahead = row.due_at - local
    if ahead < timedelta():
        tone, said = "late", f"−{span(-ahead)}"
    else:
        tone, said = ("ok" if row.warn_at and row.warn_at > local else "risk"), span(ahead)
    return Item(row, tone, said, _column(ahead), _unowned(row), row.due_at)


def _column(ahead: timedelta) -> str:
    """Where on the track: an item begins where it is due; one that would not fit ends there."""
    at = min(int(ahead / board.AHEAD * COLUMNS), COLUMNS - 1)
    if at + WIDTH <= COLUMNS:
        return f"c{at + 1}"
    return f"c{at + 2 - WIDTH} due-end"


def _unowned(row: ServiceRequest) -> bool:
    return row.state == "approved" and row.assignee_id is None


def title_of(asked: Asked, groups: Iterable[Group]) -> str:
    """What the rows of one number are: "Late now: Porters"."""
    name = next((LANES.get(one.lane, one.name) for one in groups if one.key == asked.lane), "")
    title = str(TITLES[asked.which])
    return _("%(which)s: %(team)s") % {"which": title, "team": name} if name else title
