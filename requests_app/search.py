"""Finding catalogue items by name, synonym or code, and saying where things are that are not in the catalogue."""

from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from portal.accounts.models import Hospital
from requests_app import signposts
from requests_app.models import CatalogueItem, Substitute

LIMIT = 12


def find_items(hospital: Hospital, words: str, *, limit: int = LIMIT) -> QuerySet[CatalogueItem]:
    """Active items of `hospital` whose name, synonyms, code or group hold every word; best match first. One query."""
    terms = words.casefold().split()
    if not terms:
        return CatalogueItem.objects.none()
    found = _sold_at(hospital)
    for term in terms:
        found = found.filter(search_text__contains=term)
    rank = Case(
        When(Q(code__iexact=words.strip()) | Q(barcode=words.strip()), then=Value(0)),
        When(Q(name__istartswith=terms[0]) | Q(code__istartswith=terms[0]), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return found.order_by(rank, "name")[:limit]


def names(hospital: Hospital) -> QuerySet[CatalogueItem, str]:
    """What the items of `hospital` are called, at most 5,000. One query."""
    sold = CatalogueItem.objects.filter(hospital=hospital, active=True, one_off=False)
    return sold.values_list("name", flat=True)[:5_000]


def all_items(hospital: Hospital) -> QuerySet[CatalogueItem]:
    """Every active item of `hospital`, for `portal.web.keyset`."""
    return _sold_at(hospital)


def _sold_at(hospital: Hospital) -> QuerySet[CatalogueItem]:
    """What may be found: nothing that somebody asked for once, in their own words."""
    found = CatalogueItem.objects.filter(hospital=hospital, active=True, one_off=False)
    other = Substitute.objects.filter(
        item=OuterRef("pk"), other__active=True, other__stopped_reason=""
    ).values("other__code")
    return found.select_related("vendor", "on_hand").annotate(alternative_code=Subquery(other[:1]))


def signpost(words: str, *, phone: str = "") -> str:
    """Where to ask for what is not sold here, or ''."""
    return signposts.refusal(words, phone=phone)
