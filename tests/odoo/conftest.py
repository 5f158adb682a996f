"""The servers that the contract suite runs against: the stand-in as 17 and as 19, and a real one if it is given."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from integrations.odoo import purchase_orders
from integrations.odoo.connection import OdooConnection, connect
from integrations.odoo.purchase_orders import Order, OrderLine, PlacedOrder
from tests.fake_odoo.fixtures import fake_odoo, running
from tests.fake_odoo.instance import FakeOdoo

__all__ = ["fake_odoo"]
REAL = ("ODOO_TEST_URL", "ODOO_TEST_DB", "ODOO_TEST_USER", "ODOO_TEST_PASSWORD")
REAL_GIVEN = all(os.environ.get(name) for name in REAL)


@dataclass
class Target:
    """A server to test, and what may be ordered there. `fake` is None for a real one."""

    url: str
    db: str
    user: str
    password: str
    fake: FakeOdoo | None = None
    made: set[int] = field(default_factory=set)

    def connect(self) -> OdooConnection:
        return connect(url=self.url, db=self.db, user=self.user, password=self.password, timeout=60)

    def needs_fake(self, reason: str) -> FakeOdoo:
        if self.fake is None:
            pytest.skip(f"a real Odoo cannot be made to do this: {reason}")
        return self.fake

    def order(self, connection: OdooConnection, *, lines: int = 2, **changes: object) -> Order:
        """An order with external ids of its own, for a vendor and products that the account may read."""
        mark = uuid.uuid4().hex[:12]
        products = connection.execute(
            "product.product",
            "search_read",
            [["purchase_ok", "=", True], ["type", "!=", "service"]],
            fields=["uom_id"],
            limit=lines,
            order="id",
        )
        vendors = connection.execute(
            "res.partner", "search", [["is_company", "=", True]], limit=1, order="id desc"
        )
        if len(products) < lines or not vendors:
            pytest.skip(f"the account reads {len(products)} products and {len(vendors)} vendors")
        made = [
            OrderLine(
                f"hsp.test_pol_{mark}_{number}",
                product["id"],
                Decimal(number + 2),
                product["uom_id"][0],
                Decimal("12.5") + number,
                f"Line {number} of {mark}",
            )
            for number, product in enumerate(products)
        ]
        given = {
            "external_id": f"hsp.test_po_{mark}",
            "partner_id": vendors[0],
            "origin": f"TEST-{mark}",
            "lines": made,
        }
        return Order(**{**given, **changes})  # type: ignore[arg-type]

    def create(self, connection: OdooConnection, order: Order) -> PlacedOrder:
        placed = purchase_orders.create(connection, order)
        self.made.add(placed.id)
        return placed

    def orders_of(self, connection: OdooConnection, origin: str) -> list[int]:
        found = connection.execute("purchase.order", "search", [["origin", "=", origin]])
        self.made |= set(found)
        return found

    def clean(self) -> None:
        """Cancels and deletes what these tests made, and nothing else."""
        if self.fake or not self.made:
            return
        connection = self.connect()
        ids = connection.execute(
            "purchase.order", "search", [["id", "in", sorted(self.made)], ["origin", "like", "TEST-"]]
        )
        if ids:
            connection.execute("purchase.order", "button_cancel", ids)
            connection.execute("purchase.order", "unlink", ids)


@pytest.fixture(
    params=[
        17,
        19,
        pytest.param(
            "real",
            marks=[
                pytest.mark.odoo,
                pytest.mark.skipif(not REAL_GIVEN, reason=f"set {' '.join(REAL)}: make test-odoo"),
            ],
        ),
    ]
)
def target(request: pytest.FixtureRequest, tmp_path) -> Iterator[Target]:
    if request.param == "real":
        target = Target(*(os.environ[name] for name in REAL))
        yield target
        target.clean()
        return
    with running(version=request.param, store=tmp_path / "odoo") as fake:
        yield Target(fake.url, fake.db, fake.user, fake.password, fake)


@pytest.fixture
def connection(target: Target) -> OdooConnection:
    return target.connect()
