"""What home shows to one person: what needs them, what they usually ask for, what is open around them."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import glass_reviews
from approvals.inbox import waiting_count
from approvals.models import BreakGlass
from portal import ids, zones
from portal.accounts.models import Department, Hospital
from portal.accounts.place import Standing
from portal.clock import now
from portal.live import marks
from requests_app import choosing, exception_owners, exception_queue, listing, overview, ward_questions
from requests_app.models import CaseException, Category, ServiceRequest, UsualList, WardQuestion
from requests_app.supplies import stops
from requests_app.transport import calling

if TYPE_CHECKING:
    from portal.accounts.models import User
    from portal.accounts.scopes import Reach

# What somebody does here who neither asks nor decides: a sentence on home.
LOOKS_AFTER = {
    "administrator": gettext_lazy("You look after people and their roles; what needs you appears here."),
    "policy_owner": gettext_lazy(
        "You look after who decides what; a request that nobody can decide appears here."
    ),
    "integration_operator": gettext_lazy(
        "You look after the link to the purchasing system; an order that does not get there appears here."
    ),
}


@dataclass
class Home:
    """`place` is the ward's name, else the hospital's or all of them; `moment` is local to it."""

    greeting: str
    place: str
    moment: datetime
    moment_words: str
    ward: Department | None
    drafts: list[ServiceRequest]
    returned: list[ServiceRequest]
    questions: list[WardQuestion]  # of teams, to the ward
    arriving: list[ServiceRequest]
    exceptions: list["Trouble"]
    waiting: int
    reviews: list[BreakGlass]  # that wait for this person, the first due first
    picks: int
    rows: list[ServiceRequest]
    looks_after: list[str]
    sees: bool  # requests: of a ward, a hospital or a team
    wide: bool  # and more than those of single wards
    shown: str  # of the rows, for the page that asks again
    hospitals: list[Hospital]  # to choose from; empty for people of one hospital
    chosen: Hospital | None
    usual: list[tuple[UsualList, uuid.UUID]] = field(default_factory=list)
    may_stop: bool = False  # items, after a safety notice
    oversees: bool = False  # what is out of the ordinary at the hospital
    tiles: list[Category] = field(default_factory=list)
    counts: overview.Counts | None = None
    ended: list[ServiceRequest] = field(default_factory=list)
    ready: list[calling.AtWard] = field(default_factory=list)  # moves that wait for a word of the ward
    coming: list[calling.AtWard] = field(default_factory=list)  # patients on their way to it

    @property
    def ward_short(self) -> str:
        """ "Ward 7B" of "Ward 7B, Acute Medicine"."""
        return self.ward.name.split(",")[0] if self.ward else ""

    @property
    def exceptions_of_all(self) -> int:
        """How many exceptions wait for the person, also those that are not shown."""
        return next((one.exception.of_all for one in self.exceptions), 0)  # type: ignore[attr-defined]

    @property
    def todo(self) -> int:
        """How many things need the person."""
        return (
            len(self.returned)
            + len(self.questions)
            + len(self.arriving)
            + len(self.ready)
            + len(self.exceptions)
            + bool(self.waiting)
            + bool(self.reviews)
            + bool(self.picks)
        )


@dataclass(frozen=True)
class Trouble:
    exception: CaseException
    owner: str  # the role of the person that it waits for
    may_open: bool


def build(user: "User", ward: Department | None, where: Standing, held: "dict[str, Reach]") -> Home:
    """Gather home for `user`, who works on `ward` today or on none; `held` is what `sources.reach` says.

    The number of queries does not grow with the rows.
    """
    hospital = ward.hospital if ward else where.here
    moment = now().astimezone(ZoneInfo(hospital.time_zone if hospital else "UTC"))
    looked_at = where.chosen.pk if where.chosen else None
    rows = overview.due_first(user, hospital=looked_at, held=held)
    sees = bool(where.rights() & {"view_requests", "fulfil_here"})
    home = Home(
        greeting=greeting(moment.hour),
        place=_place(ward, where),
        moment=moment,
        moment_words=_moment_words(moment, where),
        ward=ward,
        drafts=listing.latest_drafts(user),
        returned=listing.returned_to(user),
        questions=ward_questions.open_for(user, held),
        arriving=listing.arriving_at(user, held=held),
        exceptions=_troubles(user),
        waiting=waiting_count(user),
        reviews=glass_reviews.to_review(user) if glass_reviews.reviews(where) else [],
        picks=listing.waiting_in_store(user) if "fulfil_here" in where.rights() else 0,
        rows=rows,
        sees=sees,
        shown=marks(row.public_id for row in rows),
        looks_after=[] if ward else _looks_after(where),
        wide=where.wide or not ward,
        hospitals=where.hospitals if where.several and sees else [],
        chosen=where.chosen,
    )
    home.oversees = any(one.role == exception_owners.OVERSEER for one in where.memberships)
    home.may_stop = bool({one.role for one in where.memberships} & set(stops.ROLES))
    if ward:
        home.tiles = choosing.tiles(ward.hospital)
        moves = calling.at_ward(user, ward)
        home.ready = [one for one in moves if one.what != calling.COMING]
        home.coming = [one for one in moves if one.what == calling.COMING]
        home.usual = [(usual, ids.key()) for usual in listing.usual_of(ward) if usual.lines.all()]
    if home.sees and home.wide:
        home.counts = overview.counts(user, hospital=looked_at)
    if home.sees and not ward:
        home.ended = overview.ended_lately(user, hospital=looked_at, held=held)
    return home


def _place(ward: Department | None, where: Standing) -> str:
    if ward:
        return f"{ward}, {ward.hospital}" if where.several else str(ward)
    return str(where.chosen or _("All hospitals")) if where.several else str(where.here or "")


def _moment_words(moment: datetime, where: Standing) -> str:
    """Day and time on the ward; whose time it is where the hospitals have several."""
    words = date_format(moment, "l j F, H:i")
    if len({hospital.time_zone for hospital in where.hospitals}) < 2:
        return words
    return _("%(time)s (%(city)s)") % {"time": words, "city": zones.city(moment)}


def greeting(hour: int) -> str:
    if 5 <= hour < 12:
        return _("Good morning")
    return _("Good afternoon") if 12 <= hour < 18 else _("Good evening")


def _troubles(user: "User") -> list[Trouble]:
    return [
        Trouble(
            exception=exception,
            owner=str(exception_owners.in_words(exception.owner_role)),
            may_open=exception.may_open,  # type: ignore[attr-defined]
        )
        for exception in exception_queue.waiting_for(user)
    ]


def _looks_after(where: Standing) -> list[str]:
    """A sentence for each role that only looks after the portal."""
    return [
        str(LOOKS_AFTER[role])
        for role in sorted({held.role for held in where.memberships} & set(LOOKS_AFTER))
    ]
