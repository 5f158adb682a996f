"""Finding catalogue items by name, synonym or code, and saying where things are that are not in the catalogue."""

from collections.abc import Iterable

from django.db.models import OuterRef, QuerySet, Subquery

from portal.accounts.models import Hospital
from requests_app import signposts
from requests_app.finding import matching
from requests_app.finding.matching import Question
from requests_app.models import CatalogueItem, Substitute

LIMIT = 12


def find_items(hospital: Hospital, words: str | Question, *, limit: int = LIMIT) -> list[CatalogueItem]:
    """Active items of `hospital` whose name, synonyms, code or group hold every word; best match first.

    Two queries, one for a question that is read already.
    """
    asked = matching.read(words) if isinstance(words, str) else words
    return matching.among(sold_at([hospital]), asked, limit=limit)


def names(hospital: Hospital) -> QuerySet[CatalogueItem, str]:
    """What the items of `hospital` are called, at most 5,000. One query."""
    sold = CatalogueItem.objects.filter(hospital=hospital, active=True, one_off=False)
    return sold.values_list("name", flat=True)[:5_000]


def all_items(hospital: Hospital) -> QuerySet[CatalogueItem]:
    """Every active item of `hospital`, for `portal.web.keyset`."""
    return sold_at([hospital])


def sold_at(hospitals: Iterable[Hospital]) -> QuerySet[CatalogueItem]:
    """What may be found there: nothing that somebody asked for once, in their own words."""
    found = CatalogueItem.objects.filter(
        hospital__in=[one.pk for one in hospitals], active=True, one_off=False
    )
    other = Substitute.objects.filter(
        item=OuterRef("pk"), other__active=True, other__stopped_reason=""
    ).values("other__code")
    return found.select_related("vendor", "on_hand").annotate(alternative_code=Subquery(other[:1]))


def signpost(words: str, *, phone: str = "") -> str:
    """Where to ask for what is not sold here, or ''."""
    return signposts.refusal(words, phone=phone)
