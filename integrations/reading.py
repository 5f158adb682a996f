"""What an order's state in Odoo means for the lines that it was made for. Pure: no query, no writing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import localize
from django.utils.translation import gettext as _

from integrations.models import ExternalReference
from integrations.odoo.purchase_orders import LineState as OdooLine
from integrations.odoo.purchase_orders import OrderState
from requests_app.models import RequestItem
from requests_app.models.item import CENT
from requests_app.states import FINISHED_LINES, LineState

PLACED = ("purchase", "done")
CANCELLED = "cancel"
FULL = "full"
AWAITED = (LineState.WITH_BUYER, LineState.ORDERED, LineState.AT_GOODS_IN, LineState.PART_RECEIVED)
ROUNDING = Decimal("0.006")  # Odoo keeps prices to the cent by default; less than this is no change
EXACT = Decimal("0.001")
# The price of an order may be above what was agreed by so much (and so much a line, in the base currency): go on and tell.
DEARER_PERCENT, DEARER_AMOUNT = Decimal(5), Decimal(50)


@dataclass
class News:
    """What is new: line ids to move, goods-in totals by line id, and sentences about what nobody agreed to.

    `dearer`: the lines whose price is above what goes on by itself, {line, name, agreed, price}; their sentences are in
    `drift` too, `told` has the others.
    """

    placed: list[int] = field(default_factory=list)
    goods_in: dict[int, int] = field(default_factory=dict)
    cancelled: list[int] = field(default_factory=list)
    drift: str = ""
    told: str = ""
    dearer: list[dict[str, str]] = field(default_factory=list)
    closes: bool = False
    foreign: bool = False

    def matters(self, order: ExternalReference) -> bool:
        return bool(
            self.placed
            or self.goods_in
            or self.cancelled
            or self.closes
            or (self.drift and self.drift != order.drift)
            or (order.drift and not self.drift)
        )


def read_news(
    order: ExternalReference,
    parts: Sequence[ExternalReference],
    state: OrderState,
    *,
    currency: str,
    rate: Decimal,
) -> News:
    """Compare what Odoo says with the references and lines as they are. `parts` come with their request lines.

    `rate`: from `currency` to the base currency.
    """
    if parts and state.name != order.name and not any(part.record_id in state.lines for part in parts):
        words = _("Another order stands where %(order)s was.") % {"order": order.name}
        return News(drift=words, told=words, closes=True, foreign=True)
    news = News()
    drift: list[str] = []
    prices: list[str] = []
    agreed = {line["external_id"]: line for line in order.message.payload["lines"]}
    for part in parts:
        line, there = part.line, state.lines.get(part.record_id)
        if line is None or line.state not in AWAITED:
            continue
        units = whole_units(there.received) if there else 0
        if state.state in PLACED and line.state == LineState.WITH_BUYER:
            news.placed.append(line.pk)
        if units > line.goods_in_quantity and line.outstanding:
            news.goods_in[line.pk] = units
        if state.state == CANCELLED:
            if max(units, line.goods_in_quantity):
                drift.append(
                    _("%(line)s: the rest was cancelled after %(count)s came.") % _named(line, count=units)
                )
            news.cancelled.append(line.pk)
        else:
            full = state.receipt_status == FULL
            price = _price(line, agreed[part.external_id], there, currency=currency)
            dear = _dearer(line, agreed[part.external_id], there, rate=rate)
            news.dearer += dear
            prices += price if dear else []
            drift += _differences(line, agreed[part.external_id], there, full=full)
            drift += [] if dear else price
    missing = set(agreed) - {part.external_id for part in parts}
    drift += [_("%(line)s is not on the order.") % {"line": agreed[key]["name"]} for key in sorted(missing)]
    if drift:
        news.told = " ".join([f"{state.name}:", *drift])
    if drift or prices:
        news.drift = " ".join([f"{state.name}:", *drift, *prices])
    finished = bool(parts) and all(part.line is None or part.line.state in FINISHED_LINES for part in parts)
    news.closes = finished or state.state == CANCELLED
    return news


def _differences(
    line: RequestItem, agreed: dict[str, str], there: OdooLine | None, *, full: bool
) -> list[str]:
    """What the buyer made different from what was agreed, as sentences."""
    if there is None:
        return [_("%(line)s was taken off the order.") % _named(line)]
    found = []
    units = whole_units(there.received)
    quantity = Decimal(agreed["quantity"])
    if abs(there.quantity - quantity) >= EXACT:
        found.append(
            _("%(line)s: %(count)s ordered, %(agreed)s agreed.")
            % _named(line, count=localize(there.quantity.normalize()), agreed=localize(quantity))
        )
    if full and there.received + EXACT < quantity:
        found.append(_("%(line)s: %(count)s came and no more is expected.") % _named(line, count=units))
    if units < line.goods_in_quantity:
        found.append(_("%(line)s: goods were sent back.") % _named(line))
    return found


def _price(line: RequestItem, agreed: dict[str, str], there: OdooLine | None, *, currency: str) -> list[str]:
    """Another price than was agreed, as a sentence."""
    price = Decimal(agreed["price_unit"])
    if there is None or abs(there.price_unit - price) < ROUNDING:
        return []
    known = {"price": localize(there.price_unit), "agreed": localize(price.normalize()), "currency": currency}
    return [
        _("%(line)s: price %(price)s %(currency)s, agreed %(agreed)s %(currency)s.") % _named(line, **known)
    ]


def _dearer(
    line: RequestItem, agreed: dict[str, str], there: OdooLine | None, *, rate: Decimal
) -> list[dict[str, str]]:
    """The line, if it costs more than goes on by itself: compared with what was agreed of it."""
    price = Decimal(agreed["price_unit"])
    if there is None or there.price_unit - price < ROUNDING:
        return []
    more = there.price_unit - price
    amount = (more * Decimal(agreed["quantity"]) * rate).quantize(CENT, ROUND_HALF_UP)
    if more * 100 <= price * DEARER_PERCENT and amount <= DEARER_AMOUNT:
        return []
    return [{"line": line.code, "name": line.name, "agreed": str(price), "price": str(there.price_unit)}]


def _named(line: RequestItem, **more: object) -> dict[str, object]:
    return {"line": line.name, **more}


def whole_units(received: Decimal) -> int:
    """Order units that have wholly come: 2.9999999 is 3 (a float of Odoo's), 2.5 is 2."""
    return max(int(received + EXACT), 0)
