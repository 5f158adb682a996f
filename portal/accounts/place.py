"""Who stands behind a page, and where: the ward of today, the hospitals that they see, the one that they look at.

What was chosen is kept in the session.
"""

from dataclasses import dataclass, field
from typing import cast
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest  # noqa: TID251 (the session of a request is what this is about)
from django.utils import timezone

from portal.accounts import scopes
from portal.accounts.models import Department, Hospital, Membership, Team, User
from portal.accounts.roles import ROLES
from portal.clock import now
from portal.errors import NotFound

SESSION_KEY = "department"
HOSPITAL_KEY = "hospital"
KEYS = "keys"


@dataclass(frozen=True)
class Standing:
    """`hospitals` of the person's roles, all of the group for a role that is held everywhere, by code.

    `chosen` is the one of several that they look at; None: all of them. `ward` is the key of the ward of today, if one
    was chosen.
    """

    memberships: list[Membership] = field(default_factory=list)
    hospitals: list[Hospital] = field(default_factory=list)
    chosen: Hospital | None = None
    ward: int | None = None

    @property
    def several(self) -> bool:
        """Rows of different hospitals stand side by side, so that each has to say its own."""
        return len(self.hospitals) > 1

    @property
    def here(self) -> Hospital | None:
        """The hospital whose clock hangs on the wall: of the ward of today, the chosen one, else that of the first role."""
        today = next(
            (held for held in self.memberships if self.ward and held.department_id == self.ward), None
        )
        if today or self.chosen:
            return _hospital_of(today) if today else self.chosen
        placed = sorted(
            self.memberships, key=lambda held: ("department", "team", "hospital", "group").index(held.kind)
        )
        own = _hospital_of(placed[0]) if placed else None
        return own or next(iter(self.hospitals), None)

    def rights(self) -> set[str]:
        """What the person may do at some place."""
        return {right for held in self.memberships for right in ROLES[held.role].permissions_at(held.kind)}

    @property
    def decides(self) -> bool:
        """They are asked for decisions: as a role that agrees to requests, or as who leads a team."""
        return any(right == "lead_here" or right.startswith("approve_as_") for right in self.rights())

    def may(self, right: str, place: Department | Team | None) -> bool:
        """A role of theirs gives `right` at `place`, at its hospital, or everywhere: what a page offers without a query. The
        verbs ask the database themselves."""
        if place is None:
            return False
        held = (one for one in self.memberships if right in ROLES[one.role].permissions_at(one.kind))
        return any(
            one.kind == "group" or one.hospital_id == place.hospital_id or one.place == place for one in held
        )

    @property
    def wide(self) -> bool:
        """They see requests beyond single wards: of a hospital, or everywhere."""
        return any(
            held.kind != "department" and "view_requests" in ROLES[held.role].permissions_at(held.kind)
            for held in self.memberships
        )

    @property
    def sees_everything(self) -> bool:
        """They see the requests of every hospital; such a role has no places."""
        return any(
            held.kind == "group" and "view_requests" in ROLES[held.role].permissions_at("group")
            for held in self.memberships
        )

    def departments(self, hospital: Hospital | None = None) -> list[Department]:
        """Where what they see may come from, of `hospital` or of all. One query; none for people of single wards."""
        if all(held.kind == "department" for held in self.memberships):
            own = {held.department_id: held.department for held in self.memberships if held.department}
            return [one for one in own.values() if hospital is None or one.hospital_id == hospital.pk]
        places = Department.objects.filter(
            active=True, hospital__in=[hospital] if hospital else self.hospitals
        )
        return list(places.select_related("hospital"))


def _hospital_of(held: Membership) -> Hospital | None:
    return held.place if held.place is None or isinstance(held.place, Hospital) else held.place.hospital


def person(request: HttpRequest) -> User:
    """The person behind a door that only a signed-in person passes."""
    return cast(User, request.user)


def standing(request: HttpRequest) -> Standing:
    """Where the person of `request` stands; read once for a page. Times are then written for the zone of `here`.

    One query, one more for who holds a role everywhere; none for a visitor.
    """
    known = getattr(request, "_standing", None)
    if known is None:
        known = _read(request) if request.user.is_authenticated else Standing()
        request._standing = known  # type: ignore[attr-defined]
        if known.here:
            timezone.activate(ZoneInfo(known.here.time_zone))
    return known


def _read(request: HttpRequest) -> Standing:
    chosen, ward = request.session.get(HOSPITAL_KEY), request.session.get(SESSION_KEY)
    return standing_of(person(request), chosen=chosen, ward=ward)


def standing_of(user: User, *, chosen: int | None = None, ward: int | None = None) -> Standing:
    """Where `user` stands, for work without a page. `chosen` and `ward` are keys. One query, or two as `standing`."""
    held = Membership.objects.current(now()).filter(user=user).order_by("pk")
    memberships = list(held.select_related("department__hospital", "hospital", "team__hospital"))
    if any(one.kind == "group" for one in memberships):
        hospitals = list(Hospital.objects.all())
    else:
        own = {place.pk: place for one in memberships if (place := _hospital_of(one))}
        hospitals = sorted(own.values(), key=lambda hospital: hospital.code)
    looked_at = next((one for one in hospitals if one.pk == chosen), None) if len(hospitals) > 1 else None
    return Standing(memberships, hospitals, looked_at, ward)


def own_departments(user: User) -> list[Department]:
    """Departments in use where `user` may work, hospitals loaded. One query."""
    own = scopes.departments_with(user, "work_here").filter(active=True)
    return list(own.select_related("hospital"))


def current_department(request: HttpRequest, there: scopes.Reach | None = None) -> Department | None:
    """The ward of today: the chosen one while it is still allowed, else that of the first role; None: works on none.

    With `there`, where the person works as `scopes.reach` says: no query for people of single wards.
    """
    user = request.user
    if not user.is_authenticated:
        return None
    if there is not None and not there.hospitals and not there.everywhere:
        held = [
            one.department for one in standing(request).memberships if one.department_id in there.departments
        ]
        wards = [ward for ward in held if ward and ward.active]
        today = request.session.get(SESSION_KEY)
        return next((ward for ward in wards if ward.pk == today), next(iter(wards), None))
    own = scopes.departments_with(user, "work_here").filter(active=True).select_related("hospital")
    chosen = request.session.get(SESSION_KEY)
    kept = own.filter(pk=chosen).first() if isinstance(chosen, int) else None
    return kept or own.filter(memberships__user=user).order_by("memberships__pk").first() or own.first()


def places_to_ask_for(user: User) -> QuerySet[Department]:
    """Departments in use of every hospital where `user` works today: for each of them anybody may ask. Lazy."""
    found = Department.objects.filter(hospital__in=scopes.hospitals_of(user), active=True)
    return found.select_related("hospital").order_by("hospital__name", "name")


def asked_for(request: HttpRequest, wanted: str = "") -> Department | None:
    """The department that a new request is for: `wanted` (its key), else that of today. None: it has to be chosen."""
    places = places_to_ask_for(person(request))
    chosen = places.filter(pk=wanted).first() if wanted.isascii() and wanted.isdecimal() else None
    return chosen or current_department(request)


def choose_department(request: HttpRequest, department_id: str) -> Department:
    """Make one of the person's own wards that of today, in this session. Raises NotFound for any other."""
    for department in own_departments(person(request)):
        if str(department.pk) == department_id:
            request.session[SESSION_KEY] = department.pk
            return department
    raise NotFound


def choose_hospital(request: HttpRequest, code: str) -> Hospital | None:
    """Look at one of the hospitals that the person sees, or at all of them ('' as `code`), in this session.

    Raises NotFound for any other.
    """
    if not code:
        request.session.pop(HOSPITAL_KEY, None)
        return None
    for hospital in standing(request).hospitals:
        if hospital.code == code:
            request.session[HOSPITAL_KEY] = hospital.pk
            return hospital
    raise NotFound
