"""Products and what vendors ask for them. A product and its template share one id here."""

from tests.fake_odoo.models.base import AnyModel
from tests.fake_odoo.orm import KINDS


class Product(AnyModel):
    def display(self, row: dict) -> str:
        return f"[{row['default_code']}] {row['name']}" if row.get("default_code") else row["name"]

    def compute_qty_available(self, row: dict) -> float:
        return row.get("stock", 0.0) + sum(line["qty_received"] for line in self._lines(row))

    def compute_virtual_available(self, row: dict) -> float:
        ordered = (line for line in self._lines(row) if self._state(line) in ("purchase", "done"))
        return sum(line["product_qty"] for line in ordered)

    def _lines(self, row: dict) -> list[dict]:
        return self.env["purchase.order.line"].where(product_id=row["id"])

    def _state(self, line: dict) -> str:
        return self.env["purchase.order"].row(line["order_id"])["state"]

    def offer(self, product_id: int, partner_id: int) -> dict | None:
        """The price list row of a vendor for a product, if there is one."""
        template = self.row(product_id)["product_tmpl_id"]
        for found in self.env["product.supplierinfo"].where(product_tmpl_id=template, partner_id=partner_id):
            return found
        return None


KINDS["product.product"] = Product
KINDS["product.template"] = Product
