"""Items that somebody asks for often: theirs alone, marked with a star, shown before they search."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from portal.accounts.models import Hospital
from portal.clock import now
from portal.facts import verb
from requests_app.models import CatalogueItem, Favourite

if TYPE_CHECKING:
    from portal.accounts.models import User

MOST = 30  # shown


def of(user: "User", hospital: Hospital) -> QuerySet[CatalogueItem]:
    """Their favourites at `hospital` by name. One query."""
    marked = Favourite.objects.filter(user=user).values("item")
    found = CatalogueItem.objects.filter(pk__in=marked, hospital=hospital, active=True, one_off=False)
    return found.select_related("vendor", "on_hand").order_by("name")[:MOST]


@verb
def toggle(*, hospital: Hospital, code: str, by: "User") -> bool:
    """Put the star on, or take it off. True when it is on now; a code that is not in the catalogue changes nothing.

    A convenience of one person, so that it is not put on record.
    """
    item = CatalogueItem.objects.filter(hospital=hospital, code=code, one_off=False).first()
    if item is None:
        return False
    gone, _rows = Favourite.objects.filter(user=by, item=item).delete()
    if not gone:
        Favourite.objects.get_or_create(user=by, item=item, defaults={"since": now()})
    return not gone
