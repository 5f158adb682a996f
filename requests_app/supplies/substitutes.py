"""What may be had in place of an item. Equal ones are taken by themselves when it is sent; similar ones are agreed to."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from requests_app.models import CatalogueItem, Substitute
from requests_app.supplies.stock import is_out

EQUAL = Substitute.Kind.EQUAL


@dataclass(frozen=True)
class Offer:
    other: CatalogueItem
    equal: bool
    note: str


def is_missing(item: CatalogueItem) -> bool:
    """Stopped, or known to be out of stock: something else may be wanted."""
    return not item.is_sold or is_out(item)


def offers_for(items: Iterable[CatalogueItem]) -> dict[int, list[Offer]]:
    """By item id, what can be had today in its place, equal first. One query, none while nothing is missing."""
    missing = [item.pk for item in items if is_missing(item)]
    found: dict[int, list[Offer]] = {}
    if not missing:
        return found
    rows = Substitute.objects.filter(item__in=missing).select_related("other__vendor", "other__on_hand")
    for row in rows:
        if not is_missing(row.other):
            found.setdefault(row.item_id, []).append(Offer(row.other, row.kind == EQUAL, row.note))
    return found


def swap_for(item: CatalogueItem, offers: Iterable[Offer], *, taken: Collection[int]) -> CatalogueItem | None:
    """The equal item that goes out in place of one that is missing, or None.

    Same source and same pack, so that neither the team nor the number changes; none of `taken` (ids on the list).
    """
    pack = ("source", "order_unit", "contains_quantity", "contains_unit")
    for offer in offers:
        same = all(getattr(offer.other, name) == getattr(item, name) for name in pack)
        if offer.equal and same and offer.other.pk not in taken:
            return offer.other
    return None
