"""The chooser: types of request, and what somebody's words find among types, items and equipment."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from portal.accounts.models import Department, Hospital, Team
from requests_app import search
from requests_app.models import Category, Equipment
from requests_app.states import Kind

if TYPE_CHECKING:
    from portal.accounts.models import User

SHOWN = 6  # of each group
ALIKE = 0.75  # of two words, from 0 to 1
LONGEST_WORD, MOST_WORDS = 30, 4
WORD = re.compile(r"[^\W\d_]{3,}")
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
    """What the chooser shows to `user` for these words; without words every type. At most four queries,
    one more where nothing is found: then `meant` holds words of items and types that are written alike.
    """
    types = list(offered(ward.hospital))
    context: dict[str, Any] = {"ward": ward, "words": words, "types": types, "items": [], "equipment": []}
    if not words:
        return context
    terms = words.casefold().split()
    named = [one for one in types if all(term in f"{one.name} {one.hint}".casefold() for term in terms)]
    pieces = Equipment.objects.filter(hospital=ward.hospital, active=True)
    for term in terms:
        pieces = pieces.filter(Q(tag__icontains=term) | Q(name__icontains=term))
    context |= {
        "types": named,
        "items": list(search.find_items(ward.hospital, words, limit=SHOWN)),
        "equipment": list(pieces.select_related("location")[:SHOWN]),
        "elsewhere": search.signpost(words, phone=ward.hospital.phone),
    }
    if not any(context[one] for one in ("types", "items", "equipment", "elsewhere")):
        context["meant"] = meant(terms, [*search.names(ward.hospital), *(one.name for one in types)])
    return context


def meant(terms: list[str], names: Iterable[str]) -> str:
    """The words with each that is no word of `names` put as the one that is written most alike; '' where none is. PURE."""
    known = {word for name in names for word in WORD.findall(name.casefold())}
    said = [
        next(iter(get_close_matches(term[:LONGEST_WORD], known, n=1, cutoff=ALIKE)), "")
        for term in terms[:MOST_WORDS]
    ]
    return " ".join(said) if all(said) else ""
