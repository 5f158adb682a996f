"""Finding catalogue items by name, synonym or code, and saying where things are that are not in the catalogue."""

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Hospital
from requests_app.models import CatalogueItem

LIMIT = 12

# What staff look for and other departments supply: words -> where it is had.
NOT_HERE = (
    (
        ("medicine", "paracetamol", "antibiotic", "tablet", "fluid"),
        _("Medicines and fluids come from the pharmacy."),
    ),
    (("controlled", "morphine", "opioid"), _("Controlled drugs: go to the pharmacy in person.")),
    (("blood", "platelet", "plasma"), _("Blood products come from the laboratory: ring them.")),
    (("instrument", "steril", "theatre set"), _("Sterile instrument sets come from sterile services.")),
    (("milk", "feed", "formula"), _("Milk and feeds come from dietetics.")),
    (("meal", "food", "lunch"), _("Patient meals come from catering.")),
)


def find_items(hospital: Hospital, words: str, *, limit: int = LIMIT) -> QuerySet[CatalogueItem]:
    """Active items of `hospital` whose name, synonyms, code or group hold every word; best match first. One query."""
    terms = words.casefold().split()
    if not terms:
        return CatalogueItem.objects.none()
    found = CatalogueItem.objects.filter(hospital=hospital, active=True).select_related(
        "vendor", "alternative"
    )
    for term in terms:
        found = found.filter(search_text__contains=term)
    rank = Case(
        When(code__iexact=words.strip(), then=Value(0)),
        When(Q(name__istartswith=terms[0]) | Q(code__istartswith=terms[0]), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return found.order_by(rank, "name")[:limit]


def all_items(hospital: Hospital) -> QuerySet[CatalogueItem]:
    """Every active item of `hospital`, for `portal.web.keyset`."""
    return CatalogueItem.objects.filter(hospital=hospital, active=True).select_related(
        "vendor", "alternative"
    )


def signpost(words: str) -> str:
    """Where to ask for what is not sold here, or ''."""
    text = words.casefold()
    return next((str(where) for keys, where in NOT_HERE if any(key in text for key in keys)), "")
