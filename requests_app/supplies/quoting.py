"""What a draft costs at today's catalogue prices, and a fingerprint of exactly what was shown."""

import hashlib
from dataclasses import dataclass, field
from decimal import Decimal

from requests_app.models import CatalogueItem, RequestItem, ServiceRequest
from requests_app.models.item import line_amount
from requests_app.questions import Question
from requests_app.states import Source
from requests_app.supplies import item_questions
from requests_app.supplies.substitutes import Offer, offers_for, swap_for


@dataclass(frozen=True)
class QuotedLine:
    line: RequestItem
    item: CatalogueItem  # what will be sent
    unit_price: Decimal  # today's
    amount: Decimal
    was: Decimal | None  # the price when the line was drafted, if it differs
    instead_of: CatalogueItem | None = None  # what was asked for, where an equal item goes out
    offers: list[Offer] = field(default_factory=list)
    form: int | None = None  # key of the questions that come with it
    swapped: bool = False  # an equal item goes out by itself, in place of what stands on the draft

    @property
    def stopped(self) -> str:
        """Why it cannot be ordered any more, or ''."""
        return self.item.stopped_reason or ("" if self.item.active else "-")


@dataclass(frozen=True)
class Quote:
    lines: list[QuotedLine]
    goods: Decimal
    carriage: Decimal
    amount: Decimal  # for approval: goods + carriage
    fingerprint: str
    questions: dict[int, list[Question]] = field(default_factory=dict)

    def asked(self, quoted: QuotedLine) -> list[Question]:
        """The questions that come with a line, [] for most."""
        return self.questions.get(quoted.form, []) if quoted.form else []


def quote(request: ServiceRequest) -> Quote:
    """Price the lines of a draft from the catalogue of now, with the equal items that go out for what is missing.

    One query, one more while something is stopped or out of stock, one where questions come with it; changes nothing.
    """
    found = request.lines.with_par(request.department_id).with_serving_team(request.hospital_id)
    found = found.select_related("item__vendor", "item__on_hand", "substituted_for", "form_version")
    drafted = list(found.annotate(asks=item_questions.published("item")))
    offers = offers_for(line.item for line in drafted)
    taken = {line.item_id for line in drafted}
    lines = []
    for line in drafted:
        swap = swap_for(line.item, offers.get(line.item_id, []), taken=taken)
        if swap:
            taken.add(swap.pk)
        lines.append(_quoted(line, swap, offers.get(line.item_id, [])))
    goods = sum((line.amount for line in lines), Decimal("0.00"))
    vendors = {line.item.vendor for line in lines if line.item.source != Source.STORE and line.item.vendor}
    carriage = sum((vendor.carriage for vendor in vendors), Decimal("0.00"))
    shown = ";".join(f"{line.item.code}:{line.line.quantity}:{line.unit_price:.4f}" for line in lines)
    fingerprint = hashlib.sha256(f"{shown};{carriage:.2f}".encode()).hexdigest()[:32]
    return Quote(
        lines=lines,
        goods=goods,
        carriage=carriage,
        amount=goods + carriage,
        fingerprint=fingerprint,
        questions=item_questions.read(line.form for line in lines),
    )


def _quoted(line: RequestItem, swap: CatalogueItem | None, offers: list[Offer]) -> QuotedLine:
    item = swap or line.item
    return QuotedLine(
        line=line,
        item=item,
        unit_price=item.price,
        amount=line_amount(line.quantity, item.price),
        was=line.unit_price if line.unit_price != item.price else None,
        instead_of=line.item if swap else line.substituted_for,
        offers=[] if swap else offers,
        swapped=swap is not None,
        form=line.form_version_id or line.asks,  # type: ignore[attr-defined]
    )
