"""What a draft costs at today's catalogue prices, and a fingerprint of exactly what was shown."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal

from requests_app.models import CatalogueItem, RequestItem, ServiceRequest
from requests_app.models.item import line_amount


@dataclass(frozen=True)
class QuotedLine:
    line: RequestItem
    item: CatalogueItem
    unit_price: Decimal  # today's
    amount: Decimal
    was: Decimal | None  # the price when the line was drafted, if it differs

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


def quote(request: ServiceRequest) -> Quote:
    """Price the lines of a draft from the catalogue of now. One query; changes nothing."""
    lines = []
    drafted = request.lines.with_par(request.department_id).with_serving_team(request.hospital_id)
    for line in drafted.select_related("item__vendor"):
        price = line.item.price
        lines.append(
            QuotedLine(
                line=line,
                item=line.item,
                unit_price=price,
                amount=line_amount(line.quantity, price),
                was=line.unit_price if line.unit_price != price else None,
            )
        )
    goods = sum((line.amount for line in lines), Decimal("0.00"))
    vendors = {line.item.vendor for line in lines if line.line.is_bought and line.item.vendor}
    carriage = sum((vendor.carriage for vendor in vendors), Decimal("0.00"))
    shown = ";".join(f"{line.item.code}:{line.line.quantity}:{line.unit_price:.4f}" for line in lines)
    fingerprint = hashlib.sha256(f"{shown};{carriage:.2f}".encode()).hexdigest()[:32]
    return Quote(
        lines=lines, goods=goods, carriage=carriage, amount=goods + carriage, fingerprint=fingerprint
    )
