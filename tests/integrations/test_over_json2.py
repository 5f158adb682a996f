"""Everything that the portal asks of Odoo, asked over JSON-2 with an API key."""

from types import SimpleNamespace
from typing import Any

import pytest

from integrations import linking, stock
from portal.clock import now
from requests_app.states import LineState, RequestState
from tests import journeys, repairs
from tests.fake_odoo.instance import FakeOdoo
from tests.integrations.steps import dispatch_later, line_states, poll, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def keyed(odoo: FakeOdoo, settings: Any) -> FakeOdoo:
    settings.ODOO_PROTOCOL, settings.ODOO_PASSWORD = "json2", odoo.api_key
    return odoo


def test_catalogue_stock_orders_and_goods_in(world: SimpleNamespace, keyed: FakeOdoo) -> None:
    linked = linking.link_catalogue(by=world.system)
    assert (linked.items > 0, linked.missing_items) == (True, [])
    assert stock.poll(now=now()) > 0

    request = journeys.approved(world, SPO_SEN=2)
    assert dispatch_later() == {"delivered": 1}
    [order] = keyed.orders()
    keyed.confirm(order["id"])
    keyed.receive(order["id"])
    assert poll()["changed"] == 1
    assert line_states(request) == {"SPO-SEN": LineState.AT_GOODS_IN}


def test_a_repair(world: SimpleNamespace, keyed: FakeOdoo) -> None:
    repairs.equip(world)
    linking.link_catalogue(by=world.system)
    request = repairs.sent(world)
    assert dispatch_later() == {"delivered": 1}
    keyed.move_repair(record(request).record_id, "Repaired")
    assert poll()["changed"] == 1
    assert journeys.fresh(request).state == RequestState.CLOSED


def test_a_key_that_ran_out_is_told_once(world: SimpleNamespace, keyed: FakeOdoo, settings: Any) -> None:
    linking.link_catalogue(by=world.system)
    first, second = journeys.approved(world, SPO_SEN=1), journeys.approved(world, SPO_SEN=2)
    settings.ODOO_PASSWORD = "run-out"
    assert dispatch_later() == {"unreachable": 1}
    told = world.hospital.caseexception_set.get(closed_at=None)
    assert (told.kind, told.owner_role) == ("sync_rejected", "integration_operator")
    assert "API key" in told.detail
    settings.ODOO_PASSWORD = keyed.api_key
    dispatch_later(400)
    assert dispatch_later(800) in ({}, {"delivered": 1})
    assert len(keyed.orders()) == 2, (first, second)
