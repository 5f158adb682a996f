"""What an approval promises the world, in its own transaction."""

from types import SimpleNamespace

import pytest

from integrations import outbox
from integrations.models import OutboxMessage
from portal.audit.models import Event
from portal.errors import NotFound, WrongState
from requests_app import casework, linking
from requests_app.models import CaseException, Vendor
from requests_app.states import LineState
from requests_app.supplies import fulfilment
from tests import journeys
from tests.integrations.steps import dispatch_later, line_states, message, open_exceptions

LINKS = {"SPO-SEN": (101, 1), "TON-BLK": (102, 1), "SCN-BAR": (103, 1)}


@pytest.fixture
def linked_by_hand(world: SimpleNamespace) -> SimpleNamespace:
    """Linked without any Odoo: nothing here may ask for one."""
    linking.link_items(links=LINKS, by=world.system)
    linking.link_vendors(links={"KES": 21, "HIT": 22}, by=world.system)
    return world


def test_one_message_per_vendor_with_what_was_agreed(linked_by_hand: SimpleNamespace) -> None:
    request = journeys.approved(linked_by_hand, SPO_SEN=2, TON_BLK=1, SCN_BAR=1, GLV_NIT_M=3)

    toner, sensor = sorted(OutboxMessage.objects.all(), key=lambda m: m.payload["vendor"]["code"])
    lines = {line.code: line for line in request.lines.all()}
    assert sensor.key == f"odoo.po:{request.public_id}:KES:1"
    assert sensor.payload["external_id"] == f"hsp.po_{request.public_id}_KES_1"
    assert sensor.payload["origin"] == request.number
    assert sensor.payload["partner_id"] == 21
    assert sensor.payload["lines"] == [
        {
            "external_id": f"hsp.pol_{lines['SPO-SEN'].public_id}",
            "line": lines["SPO-SEN"].public_id,
            "code": "SPO-SEN",
            "name": "[SPO-SEN] Saturation sensor, adult, reusable (each)",
            "product_id": 101,
            "uom_id": 1,
            "quantity": "2",
            "price_unit": "94.0000",
            "planned_on": sensor.payload["planned_on"],
        }
    ]
    assert {line["code"]: line["quantity"] for line in toner.payload["lines"]} == {
        "TON-BLK": "1",
        "SCN-BAR": "1",
    }
    assert " " not in sensor.payload["external_id"] + toner.payload["external_id"]


def test_a_store_line_makes_no_message(linked_by_hand: SimpleNamespace) -> None:
    journeys.approved(linked_by_hand, GLV_NIT_M=3)

    assert not OutboxMessage.objects.exists()


def test_a_person_can_take_the_decision_back_before_it_leaves(linked_by_hand: SimpleNamespace) -> None:
    request = journeys.approved(linked_by_hand, SPO_SEN=1)

    waits = message(request).not_before - request.released_at
    assert 9 < waits.total_seconds() < 11
    assert message(request).next_attempt_at == message(request).not_before


def test_what_odoo_does_not_know_stays_with_the_buyer_and_the_rest_leaves(world: SimpleNamespace) -> None:
    linking.link_items(links={"SPO-SEN": (101, 1)}, by=world.system)
    linking.link_vendors(links={"KES": 21}, by=world.system)
    request = journeys.approved(world, SPO_SEN=1, TON_BLK=1)

    assert [line["code"] for line in message(request).payload["lines"]] == ["SPO-SEN"]
    assert open_exceptions(request) == [("no_product", "buyer")]
    assert request.exceptions.get().key == "TON-BLK"
    assert line_states(request)["TON-BLK"] == LineState.WITH_BUYER


def test_a_line_that_is_linked_later_goes_out_as_an_order_of_its_own(world: SimpleNamespace) -> None:
    linking.link_items(links={"TON-BLK": (102, 1)}, by=world.system)
    linking.link_vendors(links={"HIT": 22}, by=world.system)
    request = journeys.approved(world, SCN_BAR=1, TON_BLK=1)
    assert outbox.retry_unlinked(by=world.system) == 0

    linking.link_items(links={"SCN-BAR": (103, 1)}, by=world.system)
    assert outbox.retry_unlinked(by=world.system) == 1
    assert outbox.retry_unlinked(by=world.system) == 0

    first, second = OutboxMessage.objects.order_by("id")
    assert (first.key[-6:], [line["code"] for line in first.payload["lines"]]) == (":HIT:1", ["TON-BLK"])
    assert (second.key[-6:], [line["code"] for line in second.payload["lines"]]) == (":HIT:2", ["SCN-BAR"])
    assert second.payload["external_id"] == f"hsp.po_{request.public_id}_HIT_2"
    assert open_exceptions(request) == []


def test_hearing_of_the_approval_twice_promises_once(linked_by_hand: SimpleNamespace) -> None:
    request = journeys.approved(linked_by_hand, SPO_SEN=1)

    assert outbox.enqueue_purchase_orders(request=request, by=linked_by_hand.system) == []
    assert OutboxMessage.objects.count() == 1


def test_two_vendors_never_share_an_external_id(linked_by_hand: SimpleNamespace) -> None:
    for code, name in (("KES", "K ES"), ("HIT", "K-ES")):
        Vendor.objects.filter(code=code).update(code=name)
    journeys.approved(linked_by_hand, SPO_SEN=1, TON_BLK=1)

    ids = {message.payload["external_id"] for message in OutboxMessage.objects.all()}
    assert len(ids) == 2
    assert not any(" " in external_id for external_id in ids)


def test_without_an_odoo_messages_wait(linked_by_hand: SimpleNamespace, settings) -> None:
    settings.ODOO_URL = ""
    request = journeys.approved(linked_by_hand, SPO_SEN=1)

    assert dispatch_later(3600) == {}
    assert (message(request).state, message(request).attempts) == (OutboxMessage.State.PENDING, 0)


def test_cancelling_voids_what_waits(linked_by_hand: SimpleNamespace) -> None:
    request = journeys.approved(linked_by_hand, SPO_SEN=1)
    line = request.lines.get()
    fulfilment.order_cancelled(request=request, line_ids=[line.pk], by=linked_by_hand.system, order_name="")

    assert journeys.fresh(request).state == "cancelled"
    assert message(request).state == OutboxMessage.State.VOID
    assert open_exceptions(request) == [], "nothing was ever tried, so there is nothing to look for"
    assert Event.objects.filter(case=request.public_id, action="outbox.void").count() == 1


def test_cancelling_ends_the_buyers_search_for_a_product(world: SimpleNamespace) -> None:
    request = journeys.approved(world, SPO_SEN=1)
    assert open_exceptions(request) == [("no_product", "buyer")]
    fulfilment.order_cancelled(
        request=request, line_ids=[request.lines.get().pk], by=world.system, order_name=""
    )

    assert open_exceptions(request) == []


def test_only_a_refused_message_is_promised_again(linked_by_hand: SimpleNamespace) -> None:
    request = journeys.approved(linked_by_hand, SPO_SEN=1)
    by = linked_by_hand.system

    with pytest.raises(WrongState):
        outbox.send_again(key=message(request).key, by=by, reason="again")
    with pytest.raises(NotFound):
        outbox.send_again(key="odoo.po:nothing:X:1", by=by, reason="again")


def test_the_same_line_gets_one_exception(world: SimpleNamespace) -> None:
    request = journeys.approved(world, SPO_SEN=1)
    outbox.enqueue_purchase_orders(request=request, by=world.system)

    assert CaseException.objects.filter(request=request).count() == 1
    casework.close_exception(exception=request.exceptions.get(), by=world.buyer, reason="Bought by telephone")
