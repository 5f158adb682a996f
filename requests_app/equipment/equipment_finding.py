"""Finding a labelled piece: by its label, by words, by ward and room; and whose labels somebody may print. Reads only."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from portal.accounts import scopes
from portal.accounts.models import Department, Hospital, Location
from requests_app.equipment.equipment_classes import CLASSES
from requests_app.models import Equipment

if TYPE_CHECKING:
    from portal.accounts.models import User

SUGGESTED = 8
MOST_WORDS = 6


def in_use(hospitals: Iterable[Hospital]) -> QuerySet[Equipment]:
    """The pieces of these hospitals that are not given up, with what a row shows."""
    found = Equipment.objects.filter(hospital__in=[one.pk for one in hospitals], active=True)
    return found.select_related("hospital", "department", "location")


def labelled(hospitals: Iterable[Hospital], tag: str) -> list[Equipment]:
    """The pieces with this number: one of each hospital at most, for a number is given once in a hospital. One query."""
    return list(in_use(hospitals).filter(tag__iexact=tag).order_by("hospital__code"))


def called(pieces: QuerySet[Equipment], words: str) -> QuerySet[Equipment]:
    """Those whose number, name, make, room or class has every word."""
    for term in words.casefold().split()[:MOST_WORDS]:
        classes = [code for code, kind in CLASSES.items() if term in str(kind.label).casefold()]
        pieces = pieces.filter(
            Q(tag__icontains=term)
            | Q(name__icontains=term)
            | Q(model__icontains=term)
            | Q(location__name__icontains=term)
            | Q(class_code__in=classes)
        )
    return pieces


def suggested(hospital: Hospital, words: str) -> list[Equipment]:
    """What somebody may mean who is still typing, the number first. One query; none without words."""
    if not words.strip():
        return []
    found = called(in_use([hospital]), words).order_by("tag")
    return sorted(found[: SUGGESTED * 4], key=lambda one: not one.tag.startswith(words.strip()))[:SUGGESTED]


def rooms_of(department: Department) -> list[Location]:
    return list(department.locations.filter(active=True).order_by("name"))


def room_at(hospitals: Iterable[Hospital], code: str) -> Location | None:
    """The room with this code, at one of these hospitals. One query; none without a code."""
    if not code:
        return None
    found = Location.objects.filter(hospital__in=[one.pk for one in hospitals], code=code, active=True)
    return found.select_related("hospital", "department").first()


def wards_to_label(user: "User") -> QuerySet[Department]:
    """Whose labels `user` may print: wards where they work, and all of a hospital that they do the work of a team for."""
    here = scopes.departments_with(user, "work_here").values("pk")
    teams = scopes.teams_with(user, "fulfil_here").values("hospital")
    found = Department.objects.filter(Q(pk__in=here) | Q(hospital__in=teams), active=True)
    return found.select_related("hospital").order_by("hospital__code", "name")


def to_label(user: "User") -> QuerySet[Equipment]:
    """The pieces whose labels `user` may print; those of no ward belong to the teams of their hospital."""
    teams = scopes.teams_with(user, "fulfil_here").values("hospital")
    wards = wards_to_label(user).order_by().values("pk")
    found = Equipment.objects.filter(
        Q(department__in=wards) | Q(department=None, hospital__in=teams), active=True
    )
    return found.select_related("hospital", "location").order_by("tag")
