"""What an order's state in Odoo means for the lines that it was made for. Pure: no query, no writing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.formats import localize
from django.utils.translation import gettext as _

from integrations.models import ExternalReference
from integrations.odoo.purchase_orders import LineState as OdooLine
from integrations.odoo.purchase_orders import OrderState
from requests_app.models import RequestItem
from requests_app.states import FINISHED_LINES, LineState

PLACED = ("purchase", "done")
CANCELLED = "cancel"
FULL = "full"
AWAITED = (LineState.WITH_BUYER, LineState.ORDERED, LineState.AT_GOODS_IN, LineState.PART_RECEIVED)
ROUNDING = Decimal("0.006")  # Odoo keeps prices to the cent by default; less than this is no change
EXACT = Decimal("0.001")


@dataclass
class News:
    """What is new: line ids to move, goods-in totals by line id, and sentences about what nobody agreed to."""

    placed: list[int] = field(default_factory=list)
    goods_in: dict[int, int] = field(default_factory=dict)
    cancelled: list[int] = field(default_factory=list)
    drift: str = ""
    closes: bool = False
    foreign: bool = False

    def matters(self, order: ExternalReference) -> bool:
        return bool(
            self.placed
            or self.goods_in
            or self.cancelled
            or self.closes
            or (self.drift and self.drift != order.drift)
        )


def read_news(
    order: ExternalReference, parts: Sequence[ExternalReference], state: OrderState, *, currency: str
) -> News:
    """Compare what Odoo says with the references and lines as they are. `parts` come with their request lines."""
    if parts and state.name != order.name and not any(part.record_id in state.lines for part in parts):
        words = _("Another order stands where %(order)s was.") % {"order": order.name}
        return News(drift=words, closes=True, foreign=True)
    news = News()
    drift: list[str] = []
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
            drift += _differences(line, agreed[part.external_id], there, full=full, currency=currency)
    missing = set(agreed) - {part.external_id for part in parts}
    drift += [_("%(line)s is not on the order.") % {"line": agreed[key]["name"]} for key in sorted(missing)]
    if drift:
        news.drift = " ".join([f"{state.name}:", *drift])
    finished = bool(parts) and all(part.line is None or part.line.state in FINISHED_LINES for part in parts)
    news.closes = finished or state.state == CANCELLED
    return news


def _differences(
    line: RequestItem, agreed: dict[str, str], there: OdooLine | None, *, full: bool, currency: str
) -> list[str]:
    """What the buyer made different from what was agreed, as sentences."""
    if there is None:
        return [_("%(line)s was taken off the order.") % _named(line)]
    found = []
    units = whole_units(there.received)
    quantity, price = Decimal(agreed["quantity"]), Decimal(agreed["price_unit"])
    if abs(there.quantity - quantity) >= EXACT:
        found.append(
            _("%(line)s: %(count)s ordered, %(agreed)s agreed.")
            % _named(line, count=localize(there.quantity.normalize()), agreed=localize(quantity))
        )
    if abs(there.price_unit - price) >= ROUNDING:
        found.append(
            _("%(line)s: price %(price)s %(currency)s, agreed %(agreed)s %(currency)s.")
            % _named(
                line,
                price=localize(there.price_unit),
                agreed=localize(price.normalize()),
                currency=currency,
            )
        )
    if full and there.received + EXACT < quantity:
        found.append(_("%(line)s: %(count)s came and no more is expected.") % _named(line, count=units))
    if units < line.goods_in_quantity:
        found.append(_("%(line)s: goods were sent back.") % _named(line))
    return found


def _named(line: RequestItem, **more: object) -> dict[str, object]:
    return {"line": line.name, **more}


def whole_units(received: Decimal) -> int:
    """Order units that have wholly come: 2.9999999 is 3 (a float of Odoo's), 2.5 is 2."""
    return max(int(received + EXACT), 0)
