"""Lines of a purchase order: price, unit and date come from the vendor's price list unless they are given."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tests.fake_odoo import errors
from tests.fake_odoo.models.base import AnyModel
from tests.fake_odoo.orm import KINDS
from tests.fake_odoo.values import DATETIME

CENT = Decimal("0.01")


def to_cents(value: float) -> float:
    return float(Decimal(str(round(value, 6))).quantize(CENT, ROUND_HALF_UP))


class PurchaseOrderLine(AnyModel):
    @property
    def uom_field(self) -> str:
        return "product_uom_id" if self.env.version >= 19 else "product_uom"

    @property
    def tax_field(self) -> str:
        return "tax_ids" if self.env.version >= 19 else "taxes_id"

    def defaults(self, given: dict) -> dict:
        known: dict = {"sequence": 10, "product_qty": 1.0}
        if not given.get("product_id"):
            return known
        order = self.env["purchase.order"].row(given["order_id"])
        products = self.env["product.product"]
        product = products.row(given["product_id"])
        offer = products.offer(product["id"], order["partner_id"]) or {}
        when = datetime.strptime(order["date_order"], DATETIME) + timedelta(days=offer.get("delay", 0))  # noqa: DTZ007
        code = offer.get("product_code")
        return {
            **known,
            "name": f"[{code}] {product['name']}" if code else products.display(product),
            "price_unit": offer.get("price", product["standard_price"]),
            "date_planned": when.strftime(DATETIME),
            self.tax_field: product.get("taxes") or [],
            self.uom_field: product["uom_id"] if self.env.version >= 19 else product["uom_po_id"],
        }

    def before_save(self, given: dict, row: dict | None) -> None:
        self._round(given)
        both = {**(row or {}), **given}
        if self.env.version < 19:
            if not both.get("product_id") and not both.get("display_type"):
                raise errors.ValidationError(
                    "The operation cannot be completed: Missing required fields on "
                    "accountable purchase order line."
                )
            self._check_unit(both)

    def _round(self, given: dict) -> None:
        """Columns of two decimals (the default accuracy); from 19 on a price keeps all it was given."""
        for name in ("product_qty", *(("price_unit",) if self.env.version < 19 else ())):
            if name in given:
                given[name] = to_cents(given[name])

    def _check_unit(self, line: dict) -> None:
        product = self.env.store.rows["product.product"].get(line.get("product_id"))
        units = self.env.store.rows["uom.uom"]
        asked = units.get(line.get(self.uom_field))
        if product and asked and asked["category_id"] != units[product["uom_id"]]["category_id"]:
            raise errors.UserError(
                f"The unit of measure {asked['name']} defined on the order line doesn't belong to the same category "
                f"as the unit of measure {units[product['uom_id']]['name']} defined on the product. Please correct "
                "the unit of measure defined on the order line or on the product, they should belong to the same "
                "category."
            )

    def after_save(self, row: dict, given: dict) -> None:
        if {"product_qty", "price_unit"} & set(given):
            self.env.store.update("purchase.order", row["order_id"], {"write_date": self.env.stamp()})

    def compute_price_subtotal(self, row: dict) -> float:
        return to_cents(row["product_qty"] * row["price_unit"] * (1 - row["discount"] / 100))

    def tax(self, row: dict) -> float:
        rates = [self.env["account.tax"].row(id_)["amount"] for id_ in row[self.tax_field]]
        return to_cents(self.compute_price_subtotal(row) * sum(rates) / 100)

    def compute_state(self, row: dict) -> str:
        return self.env["purchase.order"].row(row["order_id"])["state"]

    def compute_company_id(self, row: dict) -> int:
        return self.env["purchase.order"].row(row["order_id"])["company_id"]


KINDS["purchase.order.line"] = PurchaseOrderLine
