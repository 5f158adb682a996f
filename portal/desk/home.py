"""What home shows to one person: what needs them, what they usually ask for, what is open around them."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.inbox import waiting_count
from portal.accounts import scopes
from portal.accounts.models import Department, Membership
from portal.accounts.roles import ROLES
from portal.clock import now
from requests_app import listing
from requests_app.models import CaseException, ServiceRequest, UsualList

if TYPE_CHECKING:
    from portal.accounts.models import User

OPEN_ROWS = 6
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
    """`place` is the ward's name, else the hospital's; `moment` is local to it."""

    greeting: str
    place: str
    moment: datetime
    ward: Department | None
    drafts: list[ServiceRequest]
    arriving: list[ServiceRequest]
    exceptions: list["Trouble"]
    waiting: int
    picks: int
    rows: list[ServiceRequest]
    looks_after: list[str]
    usual: list[tuple[UsualList, uuid.UUID]] = field(default_factory=list)

    @property
    def moment_words(self) -> str:
        """Day and time on the ward (the template's own filter would say them in UTC)."""
        return date_format(self.moment, "l j F, H:i")

    @property
    def ward_short(self) -> str:
        """ "Ward 7B" of "Ward 7B, Acute Medicine"."""
        return self.ward.name.split(",")[0] if self.ward else ""

    @property
    def todo(self) -> int:
        """How many things need the person."""
        return len(self.arriving) + len(self.exceptions) + bool(self.waiting) + bool(self.picks)


@dataclass(frozen=True)
class Trouble:
    exception: CaseException
    owner: str  # the role of the person that it waits for
    may_open: bool


def build(user: "User", ward: Department | None) -> Home:
    """Gather home for `user`, who works on `ward` today or on none. The number of queries does not grow with the rows."""
    hospital = ward.hospital if ward else scopes.hospitals_of(user).first()
    moment = now().astimezone(ZoneInfo(hospital.time_zone if hospital else "UTC"))
    found = list(listing.soonest(user)[:OPEN_ROWS])
    return Home(
        greeting=greeting(moment.hour),
        place=str(ward or hospital or ""),
        moment=moment,
        ward=ward,
        drafts=listing.latest_drafts(user),
        arriving=listing.arriving_at(user),
        exceptions=_troubles(user),
        waiting=waiting_count(user),
        picks=listing.waiting_in_store(user),
        usual=[(usual, uuid.uuid4()) for usual in listing.usual_of(ward) if usual.lines.all()]
        if ward
        else [],
        rows=found,
        looks_after=[] if ward else _looks_after(user),
    )


def greeting(hour: int) -> str:
    if 5 <= hour < 12:
        return _("Good morning")
    return _("Good afternoon") if 12 <= hour < 18 else _("Good evening")


def _troubles(user: "User") -> list[Trouble]:
    owned = listing.owned_exceptions(user)
    ids = [exception.request_id for exception in owned if exception.request_id]
    visible = set(ServiceRequest.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    return [
        Trouble(
            exception=exception,
            owner=str(ROLES[exception.owner_role].label) if exception.owner_role in ROLES else "",
            may_open=exception.request_id in visible,
        )
        for exception in owned
    ]


def _looks_after(user: "User") -> list[str]:
    """A sentence for each role of `user` that only looks after the portal. One query."""
    held = Membership.objects.current(now()).filter(user=user, role__in=LOOKS_AFTER)
    return [str(LOOKS_AFTER[role]) for role in sorted(set(held.values_list("role", flat=True)))]
