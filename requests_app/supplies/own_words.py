"""Asking for something that is not in the catalogue. It becomes an item that serves one request and is never found again."""

import uuid
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.accounts.models import Hospital
from portal.errors import Invalid
from portal.facts import verb
from requests_app import signposts
from requests_app.models import CatalogueItem, RequestItem
from requests_app.states import Source

if TYPE_CHECKING:
    from portal.accounts.models import User

PREFIX = "OWN-"  # of codes; no item of a catalogue begins so
LONGEST_NAME, LONGEST_PURPOSE = 120, 300
HIGHEST_GUESS = Decimal("999999.99")


@dataclass(frozen=True)
class OwnWords:
    """As typed. `key`: of the form that it was typed into, so that a second press adds no second line."""

    key: uuid.UUID
    name: str
    quantity: str
    purpose: str
    price: str = ""

    @property
    def code(self) -> str:
        return f"{PREFIX}{self.key.hex[:22]}".upper()

    @property
    def units(self) -> int:
        text = self.quantity.strip() or "1"
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else 0

    @property
    def guess(self) -> Decimal | None:
        """The price that was guessed, 0 without one; None while it cannot be read."""
        try:
            guess = Decimal(self.price.strip().replace(",", ".") or "0")
        except InvalidOperation:
            return None
        return guess.quantize(Decimal("0.01")) if guess.is_finite() and 0 <= guess <= HIGHEST_GUESS else None


def problems(words: OwnWords, *, phone: str = "") -> dict[str, list[str]]:
    """What keeps it from the list, by field: sentences that say what to do, or where such a thing is had."""
    errors: dict[str, list[str]] = {}
    name, purpose = words.name.strip(), words.purpose.strip()
    if not 3 <= len(name) <= LONGEST_NAME:
        errors["own_name"] = [_("Say what it is, in 3 to %(most)s characters.") % {"most": LONGEST_NAME}]
    elif elsewhere := signposts.refusal(name, phone=phone):
        errors["own_name"] = [elsewhere]
    if not words.units >= 1:
        errors["own_quantity"] = [_("Enter how many, %(least)s to %(most)s.") % {"least": 1, "most": 9_999}]
    if not 3 <= len(purpose) <= LONGEST_PURPOSE:
        errors["own_purpose"] = [_("Say what it is for, so that somebody can decide it and find it.")]
    if words.guess is None:
        errors["own_price"] = [_("Enter a price such as 12.50, or leave it empty.")]
    return errors


@verb
def make_item(*, hospital: Hospital, words: OwnWords, by: "User") -> CatalogueItem:
    """The item that stands for `words` at `hospital`; the same words again answer with the same item.

    It is bought, of no supplier yet, and flagged so that no policy decides it alone. Raises Invalid (own_name,
    own_quantity, own_purpose, own_price).
    """
    errors = problems(words, phone=hospital.phone)
    if errors:
        raise Invalid(errors)
    item, _made = CatalogueItem.objects.get_or_create(
        hospital=hospital,
        code=words.code,
        defaults={
            "name": words.name.strip(),
            "description": words.purpose.strip(),
            "group": "own words",
            "order_unit": "each",
            "order_unit_plural": "each",
            "price": words.guess or Decimal("0.00"),
            "source": Source.BUY,
            "usual_max": 9_999,
            "flags": ["free_text"],
            "one_off": True,
        },
    )
    return item


def may_use(item: CatalogueItem, by: "User") -> bool:
    """Items of a catalogue are everybody's; somebody's own words are theirs alone. One query for those."""
    return not item.one_off or RequestItem.objects.filter(item=item, request__filed_by=by).exists()
