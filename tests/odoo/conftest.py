"""The servers that the contract suite runs against: the stand-in as 17, as 19 and as 19 over JSON-2, and a real one if given."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from integrations.odoo import maintenance_requests, purchase_orders
from integrations.odoo.connection import JSON2, JSONRPC, OdooConnection, connect
from integrations.odoo.maintenance_requests import MaintenanceRequest, MaintenanceState
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
    protocol: str = JSONRPC
    made: set[int] = field(default_factory=set)
    repairs: set[int] = field(default_factory=set)

    def connect(self, **changes: Any) -> OdooConnection:
        """With the password, or with the API key over JSON-2."""
        given = {name: getattr(self, name) for name in ("url", "db", "user", "password", "protocol")}
        return connect(**{**given, "timeout": 60, **changes})

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

    def repair(self, connection: OdooConnection, **changes: object) -> MaintenanceRequest:
        """A maintenance request with an external id of its own, for the last team that the account may read."""
        mark = uuid.uuid4().hex[:12]
        teams = connection.execute("maintenance.team", "search_read", [], fields=["name"], order="id desc")
        if not teams:
            pytest.skip("the account reads no maintenance team")
        given = {
            "external_id": f"hsp.test_mr_{mark}",
            "name": f"Infusion pump 10231 (TEST-{mark})",
            "description": "Portal number: TEST<br/>What is wrong: &lt;alarm&gt; &amp; leak",
            "priority": "2",
            "team_id": teams[0]["id"],
            "request_date": date(2031, 5, 4),
        }
        return MaintenanceRequest(**{**given, **changes})  # type: ignore[arg-type]

    def make(self, connection: OdooConnection, repair: MaintenanceRequest) -> MaintenanceState:
        state = maintenance_requests.create(connection, repair)
        self.repairs.add(state.id)
        return state

    def repairs_named(self, connection: OdooConnection, name: str) -> list[int]:
        found = connection.execute("maintenance.request", "search", [["name", "=", name]])
        self.repairs |= set(found)
        return found

    def clean(self) -> None:
        """Cancels and deletes what these tests made, and nothing else."""
        if self.fake:
            return
        connection = self.connect()
        ours = [["id", "in", sorted(self.repairs)], ["name", "like", "TEST-"]]
        if repairs := self.repairs and connection.execute("maintenance.request", "search", ours):
            connection.execute("maintenance.request", "unlink", repairs)
        if not self.made:
            return
        ids = connection.execute(
            "purchase.order", "search", [["id", "in", sorted(self.made)], ["origin", "like", "TEST-"]]
        )
        if ids:
            connection.execute("purchase.order", "button_cancel", ids)
            connection.execute("purchase.order", "unlink", ids)


@pytest.fixture(
    params=[
        (17, JSONRPC),
        (19, JSONRPC),
        (19, JSON2),
        pytest.param(
            ("real", os.environ.get("ODOO_TEST_PROTOCOL", JSONRPC)),
            marks=[
                pytest.mark.odoo,
                pytest.mark.skipif(not REAL_GIVEN, reason=f"set {' '.join(REAL)}: make test-odoo"),
            ],
        ),
    ],
    ids=lambda param: f"{param[0]}-{param[1]}",
)
def target(request: pytest.FixtureRequest, tmp_path) -> Iterator[Target]:
    version, protocol = request.param
    if version == "real":
        target = Target(*(os.environ[name] for name in REAL), protocol=protocol)
        yield target
        target.clean()
        return
    with running(version=version, store=tmp_path / "odoo") as fake:
        secret = fake.api_key if protocol == JSON2 else fake.password
        yield Target(fake.url, fake.db, fake.user, secret, fake, protocol)


@pytest.fixture
def connection(target: Target) -> OdooConnection:
    return target.connect()
