"""Purchase orders: from a request for quotation to goods that are expected."""

from tests.fake_odoo import errors
from tests.fake_odoo.models.base import AnyModel
from tests.fake_odoo.models.stock import expect
from tests.fake_odoo.orm import KINDS
from tests.fake_odoo.values import DATETIME


class PurchaseOrder(AnyModel):
    on_records = AnyModel.on_records | {"button_confirm", "button_cancel", "button_draft", "button_approve"}

    def defaults(self, given: dict) -> dict:
        company = given.get("company_id") or self.env.user.get("company_id") or 1
        known = {
            "company_id": company,
            "picking_type_id": 1,
            "user_id": self.env.uid,
            "state": "draft",
            "date_order": self.env.now.strftime(DATETIME),
            "name": "New",
        }
        if given or self.env.version < 19:
            known["currency_id"] = self.env["res.company"].row(company)["currency_id"]
        return known

    def before_save(self, given: dict, row: dict | None) -> None:
        asked = [given["company_id"]] if given.get("company_id") else []
        asked += self.env.context.get("allowed_company_ids") or []
        if not self.env.superuser and not set(asked) <= set(self.env.company_ids):
            raise errors.AccessError("Access to unauthorized or invalid companies.")

    def after_save(self, row: dict, given: dict) -> None:
        if row["name"] == "New":
            name = f"P{self.env.store.next('purchase.order.name'):05d}"
            self.env.store.update(self.name, row["id"], {"name": name})
        if not row["date_planned"]:
            dates = [line["date_planned"] for line in self._lines(row) if line["date_planned"]]
            self.env.store.update(self.name, row["id"], {"date_planned": min(dates, default=False)})

    def before_delete(self, row: dict) -> None:
        if row["state"] != "cancel":
            raise errors.UserError("In order to delete a purchase order, you must cancel it first.")

    # computed

    def _lines(self, row: dict) -> list[dict]:
        return self.env["purchase.order.line"].where(order_id=row["id"])

    def _pickings(self, row: dict) -> list[dict]:
        return self.env["stock.picking"].where(purchase_id=row["id"])

    def compute_amount_untaxed(self, row: dict) -> float:
        lines = self.env["purchase.order.line"]
        return round(sum(lines.compute_price_subtotal(line) for line in self._lines(row)), 2)

    def compute_amount_tax(self, row: dict) -> float:
        lines = self.env["purchase.order.line"]
        return round(sum(lines.tax(line) for line in self._lines(row)), 2)

    def compute_amount_total(self, row: dict) -> float:
        return round(self.compute_amount_untaxed(row) + self.compute_amount_tax(row), 2)

    def compute_receipt_status(self, row: dict) -> str | bool:
        states = {picking["state"] for picking in self._pickings(row)} - {"cancel"}
        if not states:
            return False
        return "full" if states == {"done"} else "partial" if "done" in states else "pending"

    def compute_invoice_status(self, row: dict) -> str:
        unbilled = any(line["qty_received"] > line["qty_invoiced"] for line in self._lines(row))
        return "to invoice" if unbilled and row["state"] in ("purchase", "done") else "no"

    def compute_picking_ids(self, row: dict) -> list[int]:
        return sorted((picking["id"] for picking in self._pickings(row)), reverse=True)

    def compute_incoming_picking_count(self, row: dict) -> int:
        return len(self._pickings(row))

    # buttons

    def button_confirm(self, ids: list[int]) -> bool:
        for row in self.rows(ids):
            if row["state"] not in ("draft", "sent"):
                continue
            if self.env.version >= 19 and any(
                not line["product_id"] and not line["display_type"] for line in self._lines(row)
            ):
                raise errors.UserError(
                    "Some order lines are missing a product, you need to correct them before going further."
                )
            company = self.env["res.company"].row(row["company_id"])
            two_steps = (
                company.get("po_double_validation") == "two_step"
                and not self.env.superuser
                and self.compute_amount_total(row) >= company["po_double_validation_amount"]
            )
            self._set(row, state="to approve") if two_steps else self._approve(row)
        return True

    def button_approve(self, ids: list[int], force: bool = False) -> dict:
        for row in self.rows(ids):
            if row["state"] == "to approve" and self.env.superuser:
                self._approve(row)
        return {}

    def _approve(self, row: dict) -> None:
        lock = self.env["res.company"].row(row["company_id"]).get("po_lock") == "lock"
        locked = {} if self.env.version < 19 else {"locked": lock}
        state = "done" if lock and self.env.version < 19 else "purchase"
        self._set(row, state=state, date_approve=self.env.now.strftime(DATETIME), **locked)
        self._note_prices(row)
        moves = [
            [line["id"], line["product_qty"]]
            for line in self._lines(row)
            if line["product_qty"] > 0 and line["product_id"]
        ]
        if moves:
            expect(self.env, self.row(row["id"]), moves)

    def _note_prices(self, row: dict) -> None:
        """Confirming writes the vendor into the price list of products that did not have it."""
        products = self.env["product.product"]
        for line in self._lines(row):
            if line["product_id"] and not products.offer(line["product_id"], row["partner_id"]):
                self.env.as_superuser()["product.supplierinfo"]._create(
                    {
                        "partner_id": row["partner_id"],
                        "currency_id": row["currency_id"],
                        "delay": 0,
                        "product_tmpl_id": products.row(line["product_id"])["product_tmpl_id"],
                        "price": line["price_unit"],
                        "sequence": 99,
                    }
                )

    def button_cancel(self, ids: list[int]) -> None:
        for row in self.rows(ids):
            if self.env.version >= 19:
                if row["locked"]:
                    raise errors.UserError(
                        f"Unable to cancel purchase order(s): {row['name']}. You must first unlock them."
                    )
            elif any(picking["state"] == "done" for picking in self._pickings(row)):
                raise errors.UserError(
                    f"Unable to cancel purchase order {row['name']} as some receptions "
                    "have already been done."
                )
            for picking in self._pickings(row):
                if picking["state"] != "done":
                    self.env.store.update("stock.picking", picking["id"], {"state": "cancel"})
            self._set(row, state="cancel")

    def button_draft(self, ids: list[int]) -> dict:
        for row in self.rows(ids):
            self._set(row, state="draft")
        return {}

    def _set(self, row: dict, **values: object) -> None:
        self.env.store.update(
            self.name, row["id"], {**values, "write_date": self.env.stamp(), "write_uid": self.env.uid}
        )


KINDS["purchase.order"] = PurchaseOrder
