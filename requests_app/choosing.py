"""The chooser: types of request, and what somebody's words find among types, items and equipment."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from portal.accounts.models import Department, Hospital, Team
from requests_app import search
from requests_app.models import Category, Equipment
from requests_app.states import Kind

if TYPE_CHECKING:
    from portal.accounts.models import User

SHOWN = 6  # of each group
TILES = 4  # on home, each with a key


def offered(hospital: Hospital) -> QuerySet[Category]:
    """Types that people of `hospital` may ask for: published, with a team there, or served otherwise. In their order."""
    teams = Team.objects.filter(hospital=hospital, active=True).values("code")
    return Category.objects.filter(
        Q(team_code="") | Q(team_code__in=teams) | Q(kind__in=(Kind.SUPPLY, Kind.REPAIR)), active=True
    )


def tiles(hospital: Hospital) -> list[Category]:
    """The types that stand on home. One query."""
    return list(offered(hospital)[:TILES])


def found(user: "User", ward: Department, words: str) -> dict[str, Any]:
    """What the chooser shows to `user` for these words; without words every type. At most four queries."""
    types = list(offered(ward.hospital))
    context: dict[str, Any] = {"ward": ward, "words": words, "types": types, "items": [], "equipment": []}
    if not words:
        return context
    terms = words.casefold().split()
    named = [one for one in types if all(term in f"{one.name} {one.hint}".casefold() for term in terms)]
    pieces = Equipment.objects.filter(hospital=ward.hospital, active=True)
    for term in terms:
        pieces = pieces.filter(Q(tag__icontains=term) | Q(name__icontains=term))
    return context | {
        "types": named,
        "items": list(search.find_items(ward.hospital, words, limit=SHOWN)),
        "equipment": list(pieces.select_related("location")[:SHOWN]),
        "elsewhere": search.signpost(words, phone=ward.hospital.phone),
    }
