"""The catalogue finds itself in Odoo by its codes."""

from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from integrations import linking, tasks
from integrations.models import OutboxMessage
from portal.audit.models import Event
from requests_app.models import CatalogueItem, Vendor
from tests import journeys
from tests.fake_odoo.instance import FakeOdoo
from tests.integrations.steps import open_exceptions


def test_items_and_vendors_get_the_ids_that_odoo_uses(world: SimpleNamespace, odoo: FakeOdoo) -> None:
    linked = linking.link_catalogue(by=world.system)

    assert linked.items == CatalogueItem.objects.filter(active=True).count()
    assert linked.missing_items == []
    products = {row["default_code"]: row for row in odoo.store.rows["product.product"].values()}
    for item in CatalogueItem.objects.filter(active=True):
        assert (item.odoo_product_id, item.odoo_uom_id) == (
            products[item.code]["id"],
            products[item.code]["uom_id"],
        )
    assert not Vendor.objects.filter(active=True, odoo_partner_id=None).exclude(
        code__in=linked.missing_vendors
    )
    assert Event.objects.filter(action="catalogue.items_linked").count() == 1

    again = linking.link_catalogue(by=world.system)
    assert (again.items, again.vendors) == (0, 0)
    assert Event.objects.filter(action="catalogue.items_linked").count() == 1


def test_a_code_that_odoo_has_twice_is_left_to_a_person(world: SimpleNamespace, odoo: FakeOdoo) -> None:
    other = next(
        row["id"] for row in odoo.store.rows["product.product"].values() if row["default_code"] == "TON-BLK"
    )
    odoo.change("product.product", other, default_code="SPO-SEN")
    linked = linking.link_catalogue(by=world.system)

    assert {"SPO-SEN", "TON-BLK"} <= set(linked.missing_items)
    assert world.items["SPO-SEN"].odoo_product_id is None


def test_the_command_says_what_it_linked_and_what_it_missed(world: SimpleNamespace, odoo: FakeOdoo) -> None:
    CatalogueItem.objects.filter(code="SPO-SEN").update(code="SPO-NEW")
    out = StringIO()
    call_command("link_odoo", stdout=out)

    assert "Linked" in out.getvalue()
    assert "SPO-NEW" in out.getvalue()


def test_the_command_says_when_odoo_cannot_be_reached(world: SimpleNamespace, settings) -> None:
    settings.ODOO_URL, settings.ODOO_DB = "http://127.0.0.1:9", "none"
    settings.ODOO_USER, settings.ODOO_PASSWORD = "nobody", "nothing"

    with pytest.raises(CommandError, match="cannot be reached"):
        call_command("link_odoo")


def test_the_sweep_links_what_is_missing_and_sends_what_waited(
    world: SimpleNamespace, odoo: FakeOdoo
) -> None:
    request = journeys.approved(world, SPO_SEN=1)
    assert open_exceptions(request) == [("no_product", "buyer")]

    tasks.poll_odoo.run()  # the body alone: the task as such closes the connection that this test stands on
    assert open_exceptions(request) == []
    assert OutboxMessage.objects.filter(request=request).count() == 1
    assert linking.link_what_is_missing(by=world.system) is None, "not again within ten minutes"
