"""What happens to an order in Odoo reaches its lines, once, and nothing is ever made again."""

from types import SimpleNamespace

import pytest

from integrations import reconciliation
from integrations.models import ExternalReference
from portal.audit.models import Event
from requests_app.models import ServiceRequest
from requests_app.states import LineState, RequestState
from requests_app.supplies import fulfilment
from tests import journeys
from tests.fake_odoo.instance import FakeOdoo
from tests.integrations.steps import dispatch_later, line_states, open_exceptions, order, poll

ASKED = {"asked": 1, "changed": 1, "gone": 0}
SAME = {"asked": 1, "changed": 0, "gone": 0}
NOTHING = {"asked": 0, "changed": 0, "gone": 0}


@pytest.fixture
def request_with_order(linked: SimpleNamespace, odoo: FakeOdoo) -> ServiceRequest:
    """Two sensors, ordered and not yet confirmed by the buyer; asked for once."""
    request = journeys.approved(linked, SPO_SEN=2)
    dispatch_later()
    poll()
    assert poll() == SAME
    return request


def receive_on_ward(request: ServiceRequest, world: SimpleNamespace, quantity: int) -> None:
    line = request.lines.get()
    fulfilment.receive(request=journeys.fresh(request), quantities={line.pk: quantity}, by=world.colleague)


@pytest.mark.parametrize("odoo", [17, 19], indirect=True)
def test_from_the_buyer_to_the_ward(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = journeys.approved(linked, SPO_SEN=2)
    dispatch_later()
    [there] = odoo.orders()

    odoo.confirm(there["id"])
    assert poll() == ASKED
    assert line_states(request) == {"SPO-SEN": LineState.ORDERED}
    assert request.lines.get().order_name == there["name"]
    assert order(request).state == "purchase"
    assert poll() == SAME

    odoo.receive(there["id"], {there["lines"][0]["id"]: 1})
    assert poll() == ASKED
    assert poll() == SAME
    line = request.lines.get()
    assert (line.state, line.goods_in_quantity, line.received_quantity) == (LineState.AT_GOODS_IN, 1, 0)
    receive_on_ward(request, linked, 1)
    assert line_states(request) == {"SPO-SEN": LineState.PART_RECEIVED}
    assert poll() == SAME

    odoo.receive(there["id"])
    assert poll() == ASKED
    assert poll() == SAME
    line = request.lines.get()
    assert (line.state, line.goods_in_quantity) == (LineState.AT_GOODS_IN, 2)
    receive_on_ward(request, linked, 1)
    assert journeys.fresh(request).state == RequestState.CLOSED

    assert poll() == ASKED, "the last look ends the asking"
    assert poll() == NOTHING
    actions = list(Event.objects.filter(case=request.public_id).values_list("action", flat=True))
    assert [actions.count(a) for a in ("lines.ordered", "lines.at_goods_in")] == [1, 2]
    assert open_exceptions(request) == []
    assert len(odoo.orders()) == 1


def test_confirmed_and_received_between_two_looks(request_with_order: ServiceRequest, odoo: FakeOdoo) -> None:
    odoo.confirm(odoo.orders()[0]["id"])
    odoo.receive(odoo.orders()[0]["id"])

    assert poll() == ASKED
    assert line_states(request_with_order) == {"SPO-SEN": LineState.AT_GOODS_IN}
    assert poll() == SAME


def test_a_cancelled_order_ends_its_lines_and_the_request(
    request_with_order: ServiceRequest, odoo: FakeOdoo
) -> None:
    odoo.cancel(odoo.orders()[0]["id"])

    assert poll() == ASKED
    assert line_states(request_with_order) == {"SPO-SEN": LineState.SUPPLIER_CANCELLED}
    assert journeys.fresh(request_with_order).state == RequestState.CANCELLED
    assert poll() == NOTHING


def test_a_deleted_order_is_owned_and_never_made_again(
    request_with_order: ServiceRequest, odoo: FakeOdoo
) -> None:
    odoo.delete(odoo.orders()[0]["id"])

    assert poll() == {"asked": 1, "changed": 0, "gone": 1}
    assert poll() == NOTHING
    assert dispatch_later(86400) == {}
    assert odoo.orders() == []
    assert order(request_with_order).gone_at is not None
    assert open_exceptions(request_with_order) == [("drift", "buyer")]
    assert line_states(request_with_order) == {"SPO-SEN": LineState.WITH_BUYER}


def test_a_quantity_and_a_price_that_nobody_agreed_to_are_told_once(
    request_with_order: ServiceRequest, odoo: FakeOdoo
) -> None:
    line = odoo.orders()[0]["lines"][0]["id"]
    odoo.change("purchase.order.line", line, product_qty=3, price_unit=98.5)

    assert poll() == ASKED
    exception = request_with_order.exceptions.get()
    assert (exception.kind, exception.owner_role) == ("drift", "buyer")
    assert "3 ordered, 2 agreed" in exception.detail
    assert "price 98.5 GBP, agreed 94 GBP" in exception.detail
    assert poll() == SAME
    exception.closed_at = exception.opened_at
    exception.save()
    assert poll() == SAME, "who closed it knows of it"
    assert open_exceptions(request_with_order) == []

    odoo.change("purchase.order.line", line, price_unit=97.0)
    assert poll() == ASKED
    assert open_exceptions(request_with_order) == [("drift", "buyer")], "a new difference is told again"


def test_a_line_taken_off_the_order_is_told(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = journeys.approved(linked, TON_BLK=1, SCN_BAR=1)
    dispatch_later()
    toner = next(line for line in odoo.orders()[0]["lines"] if line["code"] == "TON-BLK")
    with odoo.store.transaction():
        odoo.env()["purchase.order.line"].unlink([toner["id"]])

    poll()
    assert open_exceptions(request) == [("drift", "buyer")]
    assert "Toner, black was taken off the order" in request.exceptions.get().detail


def test_a_fraction_is_not_a_box(request_with_order: ServiceRequest, odoo: FakeOdoo) -> None:
    there = odoo.orders()[0]
    odoo.confirm(there["id"])
    odoo.receive(there["id"], {there["lines"][0]["id"]: 1.5})

    poll()
    assert request_with_order.lines.get().goods_in_quantity == 1


def test_odoo_out_of_reach_changes_nothing(request_with_order: ServiceRequest, odoo: FakeOdoo) -> None:
    odoo.confirm(odoo.orders()[0]["id"])
    odoo.fault("502", count=10)

    assert poll() == NOTHING
    odoo.clear_faults()
    assert poll() == ASKED


def test_many_orders_missing_at_once_is_another_database(
    linked: SimpleNamespace, odoo: FakeOdoo, caplog, monkeypatch
) -> None:
    monkeypatch.setattr(reconciliation, "MOST_GONE", 1)
    for _ in range(2):
        journeys.approved(linked, SPO_SEN=1)
    dispatch_later()
    for found in odoo.orders():
        odoo.delete(found["id"])

    assert poll()["gone"] == 0
    assert "another database" in caplog.text
    assert not ExternalReference.objects.exclude(gone_at=None).exists()


def test_another_order_of_the_same_number_is_not_ours(
    request_with_order: ServiceRequest, odoo: FakeOdoo
) -> None:
    ExternalReference.objects.filter(parent__isnull=False).update(record_id=4711)
    odoo.change("purchase.order", odoo.orders()[0]["id"], name="P99999")
    odoo.confirm(odoo.orders()[0]["id"])

    assert poll() == ASKED
    assert line_states(request_with_order) == {"SPO-SEN": LineState.WITH_BUYER}
    assert order(request_with_order).name != "P99999"
    assert open_exceptions(request_with_order) == [("drift", "buyer")]
    assert poll() == NOTHING


def test_the_cost_does_not_grow_with_unchanged_orders(
    linked: SimpleNamespace, odoo: FakeOdoo, django_assert_num_queries
) -> None:
    journeys.approved(linked, SPO_SEN=1)
    dispatch_later()
    poll()
    with django_assert_num_queries(6):
        assert poll()["asked"] == 1
    for _ in range(2):
        journeys.approved(linked, SPO_SEN=1)
    dispatch_later()
    poll()
    with django_assert_num_queries(6):
        assert poll() == {"asked": 3, "changed": 0, "gone": 0}


def test_nothing_open_costs_a_query_each_for_orders_and_repairs(
    linked: SimpleNamespace, odoo: FakeOdoo, django_assert_num_queries
) -> None:
    with django_assert_num_queries(2):
        assert poll() == NOTHING
