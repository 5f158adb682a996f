"""load() as a test calls it."""

from integrations.odoo.connection import OdooConnection, connect
from tests.fake_odoo.instance import FakeOdoo

ROW = ["hsp.a", "7", "A", "1", "2"]
COLUMNS = ["id", "partner_id/.id", "origin", "order_line/product_id/.id", "order_line/product_qty"]
QUIET = {"mode": "update", "noupdate": True}


def link(odoo: FakeOdoo) -> OdooConnection:
    return connect(url=odoo.url, db=odoo.db, user=odoo.user, password=odoo.password)


def load(odoo: FakeOdoo, rows: list[list], columns: list[str] = COLUMNS, **context: object) -> dict:
    return link(odoo).execute("purchase.order", "load", columns, rows, context=context)
