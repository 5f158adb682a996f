"""The kinds of records that have behaviour of their own; importing this registers them."""

from tests.fake_odoo.models import base, maintenance, partners, products, purchase, purchase_line, stock

__all__ = ["base", "maintenance", "partners", "products", "purchase", "purchase_line", "stock"]
