"""Search domains and questions about fields and rights, as the portal's checks and tests ask them."""

from pathlib import Path

import pytest

from tests.fake_odoo.fixtures import running
from tests.fake_odoo.instance import FakeOdoo
from tests.odoo.loading import link


@pytest.mark.parametrize(
    ("domain", "found"),
    [
        ([["default_code", "in", ["MED-001", "MED-002"]]], 2),
        ([["default_code", "not in", ["MED-001", "MED-002"]], ["default_code", "=like", "MED-0__"]], 18),
        (["|", ["default_code", "=", "MED-001"], ["name", "ilike", "consumable 002"]], 2),
        (["&", ["default_code", "=", "MED-001"], ["name", "like", "consumable 001"]], 0),
        (["!", ["default_code", "like", "MED-0"]], 2),
        ([["name", "not ilike", "CONSUMABLE"]], 2),
        ([["standard_price", ">", 28.5]], 1),
        ([["seller_ids", "in", [1]]], 1),
        ([["company_id", "=", False], ["active", "=", False]], 1),
    ],
)
def test_domain(fake_odoo: FakeOdoo, domain: list, found: int) -> None:
    assert link(fake_odoo).execute("product.product", "search_count", domain) == found


def test_fields_are_those_of_the_version(tmp_path: Path) -> None:
    for version, there, gone in (
        (17, "product_uom", "product_uom_id"),
        (19, "product_uom_id", "product_uom"),
    ):
        with running(version=version, store=tmp_path) as odoo:
            known = link(odoo).execute(
                "purchase.order.line", "fields_get", [], attributes=["type", "relation"]
            )
            assert known[there] == {"type": "many2one", "relation": "uom.uom"}
            assert gone not in known


def test_rights_are_asked_as_the_version_has_it(tmp_path: Path) -> None:
    with running(version=17, store=tmp_path) as odoo:
        connection = link(odoo)
        assert connection.execute("purchase.order", "check_access_rights", "create", raise_exception=False)
        assert not connection.execute(
            "product.product", "check_access_rights", "write", raise_exception=False
        )
    with running(version=19, store=tmp_path) as odoo:
        connection = link(odoo)
        assert connection.execute("purchase.order", "has_access", [], "create")
        assert not connection.execute("product.product", "has_access", [], "write")
