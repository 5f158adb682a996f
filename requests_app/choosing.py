"""The chooser: types of request, and what somebody's words find among types, items and equipment."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from portal.accounts.models import Department, Hospital, Team
from requests_app import search
from requests_app.equipment import equipment_finding
from requests_app.finding import matching
from requests_app.finding import words as words_of
from requests_app.finding.matching import Question
from requests_app.finding.type_words import ALSO_CALLED
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
    asked = matching.read(words)
    context |= {
        "types": called(types, asked),
        "items": search.find_items(ward.hospital, asked, limit=SHOWN),
        "equipment": pieces([ward.hospital], asked, limit=SHOWN),
        "elsewhere": search.signpost(words, phone=ward.hospital.phone),
    }
    if not any(context[one] for one in ("types", "items", "equipment", "elsewhere")):
        known = [*search.names(ward.hospital), *(one.name for one in types)]
        context["meant"] = meant(words.casefold().split(), known)
    return context


def called(types: Iterable[Category], asked: Question) -> list[Category]:
    """Those of `types` that the words are the name, the hint or another name of; best match first. No query."""
    if not asked.words:
        return []
    fits = [(matching.alike(_text_of(one), asked), place, one) for place, one in enumerate(types)]
    return [one for how, _place, one in sorted(fits, key=lambda fit: fit[:2]) if how < matching.MISSING]


def _text_of(category: Category) -> str:
    also = str(ALSO_CALLED.get(category.code, "")).split(",")
    return words_of.indexed([category.name, category.code, category.hint, *also])


def pieces(hospitals: Iterable[Hospital], asked: Question, *, limit: int = SHOWN) -> list[Equipment]:
    """Equipment in use at these hospitals that the words name; best match first. One query, none without words."""
    return matching.among(equipment_finding.in_use(hospitals), asked, limit=limit)


def meant(terms: list[str], names: Iterable[str]) -> str:
    """The words with each that is no word of `names` put as the one that is written most alike; '' where none is. PURE."""
    known = {word for name in names for word in WORD.findall(name.casefold())}
    said = [
        next(iter(get_close_matches(term[:LONGEST_WORD], known, n=1, cutoff=ALIKE)), "")
        for term in terms[:MOST_WORDS]
    ]
    return " ".join(said) if all(said) else ""
