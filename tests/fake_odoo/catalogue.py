"""Vendors, products, maintenance teams and equipment from the portal's own CSV files, so that both sides know the same codes."""

import csv
from pathlib import Path

from tests.fake_odoo import samples, seed
from tests.fake_odoo.store import Store


def load_vendors(store: Store, path: Path) -> None:
    """Columns code and name; a vendor that is there already gets the name of the file."""
    known = {row["ref"]: row["id"] for row in store.rows["res.partner"].values() if row.get("ref")}
    for row in _rows(path):
        if row["code"] in known:
            store.update("res.partner", known[row["code"]], {"name": row["name"]})
        else:
            seed.add(
                store,
                "res.partner",
                None,
                ref=row["code"],
                name=row["name"],
                is_company=True,
                supplier_rank=1,
                email=False,
            )


def load_catalogue(store: Store, version: int, path: Path) -> None:
    """Columns code, name, price, vendor (code or name), lead (days) and stock; updates what is there already.

    Stock is what the store begins with: it is set once, for what is new.
    """
    known = {row["default_code"]: row["id"] for row in store.rows["product.product"].values()}
    partners = list(store.rows["res.partner"].values())
    vendors = {row[key]: row["id"] for key in ("name", "ref") for row in partners if row.get(key)}
    for row in _rows(path):
        price = float((row.get("price") or "0").replace(",", "") or 0)
        if row["code"] in known:
            id_ = known[row["code"]]
            store.update("product.product", id_, {"name": row["name"], "standard_price": price})
            store.update("product.template", id_, {"name": row["name"]})
        else:
            id_ = known[row["code"]] = samples.product(store, version, None, row["code"], row["name"], price)
            store.update("product.product", id_, {"stock": float(row.get("stock") or 0)})
        vendor = vendors.get(row.get("vendor") or "")
        if vendor:
            _offer(store, version, id_, vendor, price, int((row.get("lead") or "0").split()[0] or 0))


def _offer(store: Store, version: int, product_id: int, vendor: int, price: float, delay: int) -> None:
    for row in store.rows["product.supplierinfo"].values():
        if row["product_tmpl_id"] == product_id and row["partner_id"] == vendor:
            if (row["price"], row["delay"]) != (price, delay):
                store.update("product.supplierinfo", row["id"], {"price": price, "delay": delay})
            return
    samples.offer(store, version, product_id, vendor, price, delay=delay)


def load_teams(store: Store, path: Path) -> None:
    """Column name: one maintenance team of each name, whatever the hospital."""
    known = {row["name"] for row in store.rows["maintenance.team"].values()}
    for name in dict.fromkeys(row["name"] for row in _rows(path)):
        if name not in known:
            seed.add(store, "maintenance.team", None, name=name, company_id=1)


def load_equipment(store: Store, path: Path) -> None:
    """Columns name, serial and tag: a piece without a serial number carries the number of its label there."""
    known = {row["serial_no"] for row in store.rows["maintenance.equipment"].values()}
    for row in _rows(path):
        serial = row.get("serial") or row["tag"]
        if serial not in known:
            known.add(serial)
            seed.add(
                store,
                "maintenance.equipment",
                None,
                name=f"{row['name']} {row['tag']}",
                serial_no=serial,
                company_id=1,
                category_id=False,
                maintenance_team_id=1,
            )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return [
            {key: (value or "").strip() for key, value in row.items() if key} for row in csv.DictReader(file)
        ]
