"""Products and vendors: which record in Odoo carries a code."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from integrations.odoo.connection import OdooConnection

CHUNK = 500


@dataclass(frozen=True)
class Product:
    id: int
    uom_id: int
    name: str


@dataclass(frozen=True)
class Vendor:
    id: int
    name: str


def read_products(connection: OdooConnection, codes: Iterable[str]) -> dict[str, Product]:
    """Active products by internal reference. A code that two products carry is left out: a person must choose.

    Raises OdooError.
    """
    rows = _by_code(connection, "product.product", "default_code", codes, ["name", "uom_id"])
    return {code: Product(row["id"], row["uom_id"][0], row["name"]) for code, row in rows.items()}


def read_vendors(connection: OdooConnection, refs: Iterable[str]) -> dict[str, Vendor]:
    """Active companies by reference, without those that two partners share. Raises OdooError."""
    rows = _by_code(connection, "res.partner", "ref", refs, ["name"])
    return {ref: Vendor(row["id"], row["name"]) for ref, row in rows.items()}


def read_stock(connection: OdooConnection, ids: Iterable[int]) -> dict[int, float]:
    """What is on hand of these products, in the unit of the product, over all places of the account's company.

    A product that is gone is left out. Raises OdooError.
    """
    wanted, found = sorted(set(ids)), {}
    for start in range(0, len(wanted), CHUNK):
        rows = connection.execute(
            "product.product",
            "search_read",
            [["id", "in", wanted[start : start + CHUNK]]],
            fields=["qty_available"],
        )
        found.update({row["id"]: float(row["qty_available"]) for row in rows})
    return found


def _by_code(
    connection: OdooConnection, model: str, key: str, codes: Iterable[str], fields: list[str]
) -> dict[str, dict[str, Any]]:
    wanted = sorted({code for code in codes if code})
    found: dict[str, dict[str, Any]] = {}
    shared: set[str] = set()
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        for row in connection.execute(model, "search_read", [[key, "in", chunk]], fields=[key, *fields]):
            if row[key] in found:
                shared.add(row[key])
            found[row[key]] = row
    return {code: row for code, row in found.items() if code not in shared}
