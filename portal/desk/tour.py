"""The demonstration's tour: whom a visitor may be, what waits for each of them today, and where a step leads."""

from collections import Counter
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from approvals.models import StepApprover
from portal.accounts.models import Membership, User
from portal.clock import now
from portal.desk.cast import CAST, WALKS, Walk
from portal.desk.demo import told_deciding, told_glass, told_serving, told_supply, told_trouble, told_work
from portal.desk.demo.stage import story_key
from portal.desk.demo.stories import STORIES
from portal.desk.demo.story import Story
from portal.desk.seed.tables import table
from portal.errors import NotFound
from requests_app import listing
from requests_app.models import CaseException, RequestItem, ServiceRequest
from requests_app.states import RequestState
from requests_app.supplies import picking

# What a step may lead to: never an address from outside.
PAGES = {
    "home": ("desk:home", ""),
    "toner": ("requests:supply-new", "?q=toner"),
    "pump": ("requests:equipment-list", ""),
    "move": ("requests:ask", "transport/"),
    "kinds": ("requests:ask", ""),
    "work": ("requests:work", ""),
    "porter": ("requests:porter", ""),
    "board": ("desk:board", ""),
    "exceptions": ("requests:exceptions", ""),
    "checks": ("requests:equipment-checks", ""),
    "outages": ("requests:outages", ""),
    "types": ("desk:types", ""),
    "requests": ("requests:list", ""),
    "approvals": ("approvals:inbox", ""),
    "cover": ("approvals:cover", ""),
    "glass": ("approvals:glass-reviews", ""),
    "approvers": ("approvals:approvers", ""),
    "store": ("requests:pick-list", ""),
    "notices": ("notify:list", ""),
}

CHAPTERS = (
    (gettext_lazy("Asking and receiving"), told_supply.STORIES),
    (gettext_lazy("Moving, mending and starting"), told_work.STORIES),
    (gettext_lazy("Teams at work"), told_serving.STORIES),
    (gettext_lazy("Deciding"), (*told_deciding.STORIES, *told_glass.STORIES)),
    (gettext_lazy("When something goes wrong"), told_trouble.STORIES),
)


@dataclass
class Person:
    """Somebody to be: their role and place in words, and what there is to see as them."""

    user: User
    role: str
    hospital: str
    today: list[str] = field(default_factory=list)
    does: str = ""


@dataclass(frozen=True)
class Group:
    """People who do the same kind of work, or are at the same hospital."""

    title: str
    people: list[Person]


@dataclass(frozen=True)
class Cast:
    """Whom a visitor may be: those with something of their own to see, and everybody else."""

    groups: list[Group]
    rest: list[Group]

    @property
    def by_name(self) -> dict[str, Person]:
        groups = [*self.groups, *self.rest]
        return {person.user.username: person for group in groups for person in group.people}


@dataclass(frozen=True)
class Guide:
    """A walk and the person who takes it."""

    walk: Walk
    person: Person


@dataclass(frozen=True)
class Told:
    """A story that was played, and the person to look at it as."""

    story: Story
    person: Person


@dataclass(frozen=True)
class Chapter:
    title: str
    stories: list[Told]


def known(username: str) -> str:
    """The name of an account that the seed makes. Raises NotFound for any other, and outside the demonstration."""
    if not settings.DEMO or username not in _seeded():
        raise NotFound
    return username


def page(to: str) -> str:
    """The address behind a step, home for anything else."""
    name, query = PAGES.get(to, PAGES["home"])
    return reverse(name) + query


def story(code: str) -> Story:
    """The story with this code. Raises NotFound for one that there is not, or that was not played."""
    for one in STORIES:
        if one.code == code and one.address():
            return one
    raise NotFound


def cast() -> Cast:
    """The people of CAST who are there, in its groups, and everybody else, by hospital. Six queries.

    Nobody, without a query, outside the demonstration.
    """
    found = _people() if settings.DEMO else {}
    groups = []
    for title, parts in CAST:
        there = [(found.pop(part.username), part) for part in parts if part.username in found]
        for person, part in there:
            person.does = str(part.does)
        groups.append(Group(str(title), [person for person, _part in there]))
    rest: dict[str, list[Person]] = {}
    for person in found.values():
        rest.setdefault(person.hospital, []).append(person)
    return Cast(
        groups=[group for group in groups if group.people],
        rest=[Group(name, people) for name, people in rest.items()],
    )


def guides(people: dict[str, Person]) -> list[Guide]:
    """The walks whose person is there."""
    return [Guide(walk, people[walk.username]) for walk in WALKS if walk.username in people]


def told(people: dict[str, Person]) -> list[Chapter]:
    """The stories that were played and whose person is there. One query."""
    keys = {story_key(story.code): story for story in STORIES}
    found = ServiceRequest.objects.filter(client_key__in=keys).values_list("client_key", flat=True)
    played = {keys[key].code for key in found}
    chapters = [
        Chapter(
            str(title),
            [
                Told(story, people[story.look_as])
                for story in stories
                if story.code in played and story.look_as in people
            ],
        )
        for title, stories in CHAPTERS
    ]
    return [chapter for chapter in chapters if chapter.stories]


def nothing_sent() -> bool:
    """Whether there is no request to look at yet, as in a demonstration that began empty. One query."""
    return not ServiceRequest.objects.exclude(state=RequestState.DRAFT).exists()


def _seeded() -> set[str]:
    return {row["username"] for row in table("people")}


def _people() -> dict[str, Person]:
    """Everybody of the seed who may sign in and has a role, by username, in the order of the seed."""
    held = Membership.objects.current(now()).filter(user__is_active=True, user__username__in=_seeded())
    roles: dict[str, list[Membership]] = {}
    for membership in held.select_related(
        "user", "hospital", "department__hospital", "team__hospital"
    ).order_by("pk"):
        roles.setdefault(membership.user.username, []).append(membership)
    waiting = _Waiting()
    return {
        name: Person(
            user=roles[name][0].user,
            role=_role(roles[name][0]),
            hospital=_hospital(roles[name][0]),
            today=waiting.of(roles[name]),
        )
        for name in (row["username"] for row in table("people"))
        if name in roles
    }


def _role(held: Membership) -> str:
    """ "Head of department, Ward 7B" where the ward is "Ward 7B, Acute Medicine"."""
    return ", ".join(str(held).split(", ")[:2])


def _hospital(held: Membership) -> str:
    place = held.place
    return str(getattr(place, "hospital", place) or _("Everywhere"))


class _Waiting:
    """What waits in the whole demonstration, counted once for everybody. Five queries."""

    def __init__(self) -> None:
        asked = StepApprover.objects.filter(open=True).order_by()
        self.decisions = dict(asked.values_list("user").annotate(Count("pk")))
        in_store = picking.waiting().order_by()
        self.picks = dict(in_store.values_list("team").annotate(Count("pk")))
        free = ServiceRequest.objects.filter(state=RequestState.APPROVED, team__isnull=False).order_by()
        self.work = dict(free.exclude(released_at=None).values_list("team").annotate(Count("pk")))
        coming = RequestItem.objects.filter(state__in=listing.COMING).order_by()
        self.arriving = dict(
            coming.values_list("request__department").annotate(Count("request", distinct=True))
        )
        open_now = CaseException.objects.filter(closed_at=None).values_list("owner_role", "hospital")
        self.exceptions = Counter(open_now)

    def of(self, roles: list[Membership]) -> list[str]:
        """What home shows first to somebody with these roles, in a few words each."""
        decides = self.decisions.get(roles[0].user_id, 0)
        # Whoever decided a request does not confirm what came of it, so deciders are not counted.
        wards = {held.department_id for held in roles if held.role in ("requester", "ward_lead")}
        arriving = sum(self.arriving.get(ward, 0) for ward in wards)
        picks = sum(self.picks.get(team, 0) for team in {held.team_id for held in roles} - {None})
        free = sum(self.work.get(team, 0) for team in {held.team_id for held in roles} - {None})
        troubles = sum(
            count
            for (role, hospital), count in self.exceptions.items()
            if any(held.role == role and _covers(held, hospital) for held in roles)
        )
        return [
            *([ngettext("%d to decide", "%d to decide", decides) % decides] if decides else []),
            *([ngettext("%d to confirm", "%d to confirm", arriving) % arriving] if arriving else []),
            *([ngettext("%d line to pick", "%d lines to pick", picks) % picks] if picks else []),
            *([ngettext("%d to take", "%d to take", free) % free] if free else []),
            *([ngettext("%d to settle", "%d to settle", troubles) % troubles] if troubles else []),
        ]


def _covers(held: Membership, hospital_id: int) -> bool:
    """Whether a role is held at this hospital, or without a place."""
    return held.kind == "group" or _hospital_id(held) == hospital_id


def _hospital_id(held: Membership) -> int | None:
    place = held.department or held.team
    return place.hospital_id if place else held.hospital_id
