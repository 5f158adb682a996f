"""What an order says: the snapshot that the outbox keeps, taken from approved lines. No network, no writing."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from integrations.odoo.purchase_orders import Order, OrderLine
from portal.clock import now
from requests_app.models import RequestItem, ServiceRequest, Vendor

SATURDAY = 5


def is_linked(line: RequestItem) -> bool:
    """Does Odoo know what this line asks for, in which unit, and from whom?"""
    vendor = line.vendor
    return bool(line.item.odoo_product_id and line.item.odoo_uom_id and vendor and vendor.odoo_partner_id)


def vendor_mark(vendor: Vendor) -> str:
    """The vendor inside an external id: no spaces there, and two vendors never share one."""
    plain = re.sub(r"[^A-Za-z0-9.-]", "-", vendor.code)
    return plain if plain == vendor.code else f"{plain}-{vendor.pk}"


def message_key(request: ServiceRequest, vendor: Vendor, generation: int) -> str:
    return f"odoo.po:{request.public_id}:{vendor.code}:{generation}"


def snapshot(
    request: ServiceRequest, vendor: Vendor, lines: Iterable[RequestItem], generation: int
) -> dict[str, Any]:
    """The order as JSON: decimals and dates as text. `generation` tells a later order to the same vendor apart."""
    lines = list(lines)
    return {
        "external_id": f"hsp.po_{request.public_id}_{vendor_mark(vendor)}_{generation}",
        "vendor": {"code": vendor.code, "name": vendor.name},
        "partner_id": vendor.odoo_partner_id,
        "company_id": request.hospital.odoo_company_id,
        "origin": request.number,
        "planned_on": planned_on(request, lines).isoformat(),
        "lines": [_line(line, request) for line in lines],
    }


def _line(line: RequestItem, request: ServiceRequest) -> dict[str, Any]:
    pack = f"{line.unit} = {line.contains_quantity} {line.contains_unit}" if line.contains_unit else line.unit
    return {
        "external_id": f"hsp.pol_{line.public_id}",
        "line": line.public_id,
        "code": line.code,
        "name": f"[{line.code}] {line.name} ({pack})",
        "product_id": line.item.odoo_product_id,
        "uom_id": line.item.odoo_uom_id,
        "quantity": str(quantity_of(line)),
        "price_unit": str(line.unit_price),
        "planned_on": planned_on(request, [line]).isoformat(),
    }


def order_of(payload: dict[str, Any]) -> Order:
    """The order as the adapter sends it, from the snapshot alone. Noon UTC is the same date in most zones."""
    return Order(
        external_id=payload["external_id"],
        partner_id=payload["partner_id"],
        origin=payload["origin"],
        company_id=payload["company_id"],
        lines=[
            OrderLine(
                external_id=line["external_id"],
                product_id=line["product_id"],
                quantity=Decimal(line["quantity"]),
                uom_id=line["uom_id"],
                price_unit=Decimal(line["price_unit"]),
                name=line["name"],
                date_planned=datetime.combine(date.fromisoformat(line["planned_on"]), time(12), UTC),
            )
            for line in payload["lines"]
        ],
    )


def relinked(payload: dict[str, Any], lines: Iterable[RequestItem]) -> dict[str, Any]:
    """The same order with the ids that Odoo goes by today; what was agreed and the external ids stay."""
    by_id = {line.public_id: line for line in lines}
    first = by_id[payload["lines"][0]["line"]]
    return {
        **payload,
        "partner_id": first.vendor.odoo_partner_id if first.vendor else payload["partner_id"],
        "lines": [
            {
                **line,
                "product_id": by_id[line["line"]].item.odoo_product_id,
                "uom_id": by_id[line["line"]].item.odoo_uom_id,
            }
            for line in payload["lines"]
        ],
    }


def quantity_of(line: RequestItem) -> int:
    """Order units that were agreed."""
    return line.quantity if line.approved_quantity is None else line.approved_quantity


def planned_on(request: ServiceRequest, lines: Iterable[RequestItem]) -> date:
    """The date the ward gave, else the longest lead time in working days from today at the hospital."""
    if request.needed_by:
        return request.needed_by
    day = now().astimezone(ZoneInfo(request.hospital.time_zone)).date()
    for _working_day in range(max(line.lead_days for line in lines)):
        day += timedelta(days=1)
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
    return day
