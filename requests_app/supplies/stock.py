"""What the central store has: as it was read from the purchasing system, with its age. Never a promise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.clock import now
from portal.facts import verb
from requests_app.models import CatalogueItem, StockOnHand
from requests_app.states import Source

OLD = timedelta(minutes=15)  # from here on its age is said
UNKNOWN = timedelta(hours=2)  # from here on it says nothing any more


@dataclass(frozen=True)
class OnHand:
    quantity: int  # order units
    read_at: datetime
    old: bool

    @property
    def out(self) -> bool:
        return self.quantity <= 0


def on_hand(item: CatalogueItem) -> OnHand | None:
    """What the store has of `item` (loaded with `on_hand`); None: unknown, or it is not kept there. No query."""
    row = getattr(item, "on_hand", None) if item.source == Source.STORE else None
    if row is None or now() - row.read_at > UNKNOWN:
        return None
    return OnHand(max(row.quantity, 0), row.read_at, now() - row.read_at > OLD)


def is_out(item: CatalogueItem) -> bool:
    """Is it known that the store has none?"""
    known = on_hand(item)
    return known is not None and known.out


@verb
def record_levels(*, levels: Mapping[int, int], at: datetime) -> int:
    """Keep what was read at `at`: order units by catalogue item id. Two queries. Returns how many items.

    A machine's reading: nobody acts, so that nothing is put on record.
    """
    known = set(CatalogueItem.objects.filter(pk__in=levels).values_list("pk", flat=True))
    rows = [StockOnHand(item_id=pk, quantity=levels[pk], read_at=at) for pk in levels if pk in known]
    StockOnHand.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["item"], update_fields=["quantity", "read_at"]
    )
    return len(rows)
