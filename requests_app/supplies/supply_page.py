"""What the supply form shows beside its fields: lines with units, prices and stock, what the search found, the total."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.forms import BoundField

from requests_app import search
from requests_app.forms import LINE
from requests_app.models import CatalogueItem, Favourite, RequestItem
from requests_app.models.item import line_amount
from requests_app.states import Source
from requests_app.supplies import favourites, recent, substitutes
from requests_app.supplies.quoting import quote
from requests_app.supplies.recent import Asked
from requests_app.supplies.stock import OnHand, on_hand
from requests_app.supplies.substitutes import Offer
from requests_app.supplies.supply_form import SupplyForm

if TYPE_CHECKING:
    from portal.accounts.models import User


@dataclass(frozen=True)
class Row:
    code: str
    bound: BoundField
    item: CatalogueItem | None  # None: there is no such item
    quantity: int | None  # None while what is typed is no number of units
    amount: Decimal | None
    was: Decimal | None  # the price at which it was added, if that is another one
    starred: bool = False
    instead_of: str = ""  # what was asked for, where this stands in its place
    swap: CatalogueItem | None = None  # the equal item that goes out by itself
    offers: list[Offer] = field(default_factory=list)  # similar ones, to be agreed to
    agreed: str = ""  # the code of the one that is ticked
    lately: Asked | None = None
    asked: list[BoundField] = field(default_factory=list)

    @property
    def stock(self) -> OnHand | None:
        return on_hand(self.item) if self.item else None

    @property
    def describedby(self) -> str:
        """The ids of what explains the field."""
        units = f"units-{self.code}"
        return f"{self.bound.auto_id}_error {units}" if self.bound.errors else units


@dataclass(frozen=True)
class Hit:
    item: CatalogueItem
    starred: bool
    offers: list[Offer]

    @property
    def stock(self) -> OnHand | None:
        return on_hand(self.item)


@dataclass(frozen=True)
class Total:
    amount: Decimal  # with carriage
    carriage: Decimal


def rows_of(form: SupplyForm) -> list[Row]:
    """The lines of the form as typed, at today's prices. Two queries, more where something is missing or was asked for."""
    items = form.items
    held = {line.code: line for line in form.held}
    keys = {item.pk for item in items.values()}
    starred = _starred(form.by, keys)
    offers = substitutes.offers_for(items.values())
    besides = form.draft.pk if form.draft else None
    lately = recent.asked_lately(form.by, form.chosen, keys, besides=besides)
    return [_row(form, code, items.get(code), held, starred, offers, lately) for code in form.codes]


def _row(
    form: SupplyForm,
    code: str,
    item: CatalogueItem | None,
    held: Mapping[str, RequestItem],
    starred: set[int],
    offers: Mapping[int, list[Offer]],
    lately: Mapping[int, Asked],
) -> Row:
    quantity, line = form.typed(code), held.get(code)
    bound = form[f"{LINE}{code}"]
    if item is None:
        return Row(code=code, bound=bound, item=None, quantity=quantity, amount=None, was=None)
    found = offers.get(item.pk, [])
    swap = substitutes.swap_for(item, found, taken={one.pk for one in form.items.values()})
    return Row(
        code=code,
        bound=bound,
        item=item,
        quantity=quantity,
        amount=line_amount(quantity, (swap or item).price) if quantity else None,
        was=line.unit_price if line and line.unit_price != item.price else None,
        starred=item.pk in starred,
        instead_of=line.substituted_for.name if line and line.substituted_for else "",
        swap=swap,
        offers=[] if swap else found,
        agreed=form.agreed_for(code),
        lately=lately.get(item.pk),
        asked=form.questions_of(code),
    )


def _starred(user: "User", items: set[int]) -> set[int]:
    """Which of `items` (keys) the person marked. One query, none for no item."""
    if not items:
        return set()
    return set(Favourite.objects.filter(user=user, item__in=items).values_list("item_id", flat=True))


def found(form: SupplyForm, words: str) -> dict[str, Any]:
    """What the search shows: hits, or favourites while nothing is typed, and where to ask for what is not sold here."""
    ward, user = form.chosen, form.by
    shown: dict[str, Any] = {"ward": ward, "words": "", "hits": [], "elsewhere": "", "favourites": False}
    if ward is None:
        return shown
    if not words:
        marked = [Hit(item, True, []) for item in favourites.of(user, ward.hospital)]
        return shown | {"hits": marked, "favourites": bool(marked)}
    items = list(search.find_items(ward.hospital, words))
    starred = _starred(user, {item.pk for item in items})
    offers = substitutes.offers_for(items)
    hits = [Hit(item, item.pk in starred, offers.get(item.pk, [])) for item in items]
    return shown | {"words": words, "hits": hits, "elsewhere": search.signpost(words)}


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
        "own_open": any(form[name].value() for name in ("own_name", "own_purpose")),
        **found(form, words or (form.words if form.do in ("search", "star") else "")),
    }


def total_of(rows: list[Row]) -> Total | None:
    """The total of the lines as typed; None while there is none or one of them cannot be read. No query."""
    if not rows or any(row.amount is None for row in rows):
        return None
    items = [row.swap or row.item for row in rows if row.item]
    vendors = {item.vendor for item in items if item.source != Source.STORE and item.vendor}
    carriage = sum((vendor.carriage for vendor in vendors), Decimal("0.00"))
    return Total(sum((row.amount for row in rows if row.amount), carriage), carriage)


def line_to_add_to(form: SupplyForm, code: str) -> Asked | None:
    """The line of the last 24 hours that `code` may be added to, if there is one."""
    item = form.items.get(code)
    if item is None:
        return None
    besides = form.draft.pk if form.draft else None
    asked = recent.asked_lately(form.by, form.chosen, [item.pk], besides=besides).get(item.pk)
    return asked if asked and asked.may_add else None
