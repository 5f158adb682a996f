"""What the supply form shows beside its fields: lines with units and prices, what the search found, the total."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.forms import BoundField

from portal.accounts.models import Department
from requests_app import search
from requests_app.forms import LINE, SupplyForm
from requests_app.models import CatalogueItem
from requests_app.models.item import line_amount
from requests_app.quoting import quote
from requests_app.states import Source


@dataclass(frozen=True)
class Row:
    code: str
    bound: BoundField
    item: CatalogueItem | None  # None: there is no such item
    quantity: int | None  # None while what is typed is no number of units
    amount: Decimal | None
    was: Decimal | None  # the price at which it was added, if that is another one

    @property
    def describedby(self) -> str:
        """The ids of what explains the field."""
        units = f"units-{self.code}"
        return f"{self.bound.auto_id}_error {units}" if self.bound.errors else units


@dataclass(frozen=True)
class Total:
    amount: Decimal  # with carriage
    carriage: Decimal


def rows_of(form: SupplyForm) -> list[Row]:
    """The lines of the form as typed, at today's prices. One query (two for a saved draft)."""
    hospital = form.chosen.hospital_id if form.chosen else None
    items = {
        item.code: item
        for item in CatalogueItem.objects.filter(hospital=hospital, code__in=form.codes).select_related(
            "alternative", "vendor"
        )
    }
    prices = {line.code: line.unit_price for line in form.draft.lines.all()} if form.draft else {}
    rows = []
    for code in form.codes:
        item, quantity = items.get(code), form.typed(code)
        rows.append(
            Row(
                code=code,
                bound=form[f"{LINE}{code}"],
                item=item,
                quantity=quantity,
                amount=line_amount(quantity, item.price) if item and quantity else None,
                was=prices[code] if item and prices.get(code, item.price) != item.price else None,
            )
        )
    return rows


def found(ward: Department | None, words: str) -> dict[str, Any]:
    """What the search shows: hits, and where to ask for what is not sold here."""
    if ward is None or not words:
        return {"ward": ward, "words": "", "hits": [], "elsewhere": ""}
    hits = list(search.find_items(ward.hospital, words))
    return {"ward": ward, "words": words, "hits": hits, "elsewhere": search.signpost(words)}


def page(form: SupplyForm, *, words: str = "") -> dict[str, Any]:
    """Everything that the supply form's template needs; the places offered are those of the ward that is chosen now."""
    form.offer_places()
    rows, draft = rows_of(form), form.kept or form.draft
    return {
        "form": form,
        "draft": draft,
        "unsaved": bool(form.errors) and form.kept is None,
        "rows": rows,
        "total": total_of(rows),
        "say_why": any(row.item and row.quantity and row.quantity > row.item.usual_max for row in rows),
        "quote": quote(draft) if draft and (form.kept or not form.errors) else None,
        **found(form.chosen, words or (form.words if form.do == "search" else "")),
    }


def total_of(rows: list[Row]) -> Total | None:
    """The total of the lines as typed; None while there is none or one of them cannot be read. No query."""
    if not rows or any(row.amount is None for row in rows):
        return None
    items = [row.item for row in rows if row.item]
    vendors = {item.vendor for item in items if item.source != Source.STORE and item.vendor}
    carriage = sum((vendor.carriage for vendor in vendors), Decimal("0.00"))
    return Total(sum((row.amount for row in rows if row.amount), carriage), carriage)
