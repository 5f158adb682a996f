"""One approved line is one order line in Odoo, whatever happens between the two machines."""

from types import SimpleNamespace

import pytest

from integrations import dispatch, outbox, results
from integrations.models import ExternalReference, OutboxMessage
from integrations.results import Outcome
from portal.audit.models import Event
from requests_app import linking
from requests_app.models import CaseException
from requests_app.states import LineState, RequestState
from requests_app.supplies import fulfilment
from tests import journeys
from tests.fake_odoo.instance import FakeOdoo
from tests.integrations.steps import (
    LEASE_OVER,
    Killed,
    dispatch_later,
    kill,
    later,
    line_states,
    message,
    open_exceptions,
    order,
    outcomes,
)

State = OutboxMessage.State
AFTER_RETRY = 400  # seconds: longer than the longest wait for the line


def delivered_once(odoo: FakeOdoo, request) -> None:
    """Exactly one order with exactly the agreed line, and everything here says so."""
    [found] = odoo.orders()
    [line] = found["lines"]
    sensor = request.lines.get()
    assert (line["code"], line["quantity"], line["price_unit"]) == ("SPO-SEN", 2.0, 94.0)
    assert line["external_id"] == f"hsp.pol_{sensor.public_id}"
    assert found["origin"] == request.number
    assert message(request).state == State.DONE
    assert (order(request).record_id, order(request).name) == (found["id"], found["name"])
    assert journeys.fresh(request).state == RequestState.IN_FULFILMENT
    assert (sensor.state, sensor.order_name) == (LineState.WITH_BUYER, found["name"])
    assert Event.objects.filter(case=request.public_id, action="outbox.delivered").count() == 1


@pytest.mark.parametrize("odoo", [17, 19], indirect=True)
def test_one_order_per_vendor(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = journeys.approved(linked, SPO_SEN=2, TON_BLK=1, SCN_BAR=1, GLV_NIT_M=3)

    assert dispatch.run() == {}, "nobody sends before the decision stands"
    assert dispatch_later() == {"delivered": 2}
    assert dispatch_later(86400) == {}

    orders = {found["vendor_ref"]: found for found in odoo.orders()}
    assert {ref: found["state"] for ref, found in orders.items()} == {"KES": "draft", "HIT": "draft"}
    sent = {line["code"]: line for found in orders.values() for line in found["lines"]}
    units = {code: item.odoo_uom_id for code, item in linked.items.items()}
    for line in request.lines.exclude(source="store"):
        there = sent.pop(line.code)
        assert there["product_id"] == line.item.odoo_product_id
        assert (there["quantity"], there["price_unit"]) == (line.approved_quantity, float(line.unit_price))
        assert there["uom_id"] == line.item.odoo_uom_id
        assert there["external_id"] == f"hsp.pol_{line.public_id}"
    assert (sent, len(units)) == ({}, len(linked.items))
    references = ExternalReference.objects.filter(request=request)
    assert references.filter(model=ExternalReference.ORDER).count() == 2
    assert {r.line.code: r.parent.name for r in references.filter(model=ExternalReference.ORDER_LINE)} == {
        line["code"]: found["name"] for found in orders.values() for line in found["lines"]
    }
    assert line_states(request) == {
        "SPO-SEN": LineState.WITH_BUYER,
        "TON-BLK": LineState.WITH_BUYER,
        "SCN-BAR": LineState.WITH_BUYER,
        "GLV-NIT-M": LineState.TO_PICK,
    }


@pytest.mark.parametrize("fault", ["lose_response", "drop", "502", "busy"])
def test_a_failure_on_the_way_is_tried_again(linked: SimpleNamespace, odoo: FakeOdoo, fault: str) -> None:
    request = journeys.approved(linked, SPO_SEN=2)
    odoo.fault(fault, method="load")

    expected = Outcome.RETRY if fault == "busy" else Outcome.UNREACHABLE
    assert dispatch_later() == {expected.value: 1}
    assert (message(request).state, message(request).attempts) == (State.PENDING, 1)
    assert message(request).last_error
    assert dispatch_later(12) == {}, "not at once: it waits at least 5 s"
    assert dispatch_later(AFTER_RETRY) == {"delivered": 1}

    delivered_once(odoo, request)
    assert outcomes(message(request)) == ["failed", "delivered"]
    assert open_exceptions(request) == []


def test_the_reply_is_lost_after_the_order_was_read(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = journeys.approved(linked, SPO_SEN=2)
    odoo.fault("drop", method="get_external_id")

    assert dispatch_later() == {"unreachable": 1}
    assert dispatch_later(AFTER_RETRY) == {"delivered": 1}
    delivered_once(odoo, request)


def test_a_request_that_arrives_twice(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = journeys.approved(linked, SPO_SEN=2)
    odoo.fault("duplicate", method="load")

    dispatch_later()
    delivered_once(odoo, request)


def test_an_answer_that_comes_after_everybody_gave_up(
    linked: SimpleNamespace, odoo: FakeOdoo, settings
) -> None:
    request = journeys.approved(linked, SPO_SEN=2)
    settings.ODOO_TIMEOUT = 0.4
    late = odoo.fault("late", method="load")

    assert dispatch_later() == {"unreachable": 1}
    late.release()
    settings.ODOO_TIMEOUT = 10
    assert dispatch_later(AFTER_RETRY) == {"delivered": 1}
    delivered_once(odoo, request)


def test_a_worker_that_dies_between_create_and_record(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = journeys.approved(linked, SPO_SEN=2)

    with pytest.raises(Killed):
        dispatch_later(after_create=kill)
    assert len(odoo.orders()) == 1
    assert message(request).state == State.CLAIMED
    assert not ExternalReference.objects.exists()
    assert dispatch_later(60) == {}, "its lease still runs"
    assert dispatch_later(11 + LEASE_OVER) == {"delivered": 1}

    delivered_once(odoo, request)
    assert outcomes(message(request)) == ["lost", "delivered"]


def test_the_result_of_a_worker_that_was_given_up_is_refused(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = journeys.approved(linked, SPO_SEN=2)
    with later(11):
        slow = dispatch.claim()
    assert slow is not None
    with later(11 + LEASE_OVER):
        quick = dispatch.claim()
        assert quick is not None
        assert quick.token != slow.token
        assert dispatch.deliver(slow) is Outcome.STALE
        assert message(request).state == State.CLAIMED
        assert dispatch.deliver(quick) is Outcome.DELIVERED
        assert dispatch.deliver(slow) is Outcome.STALE

    delivered_once(odoo, request)
    assert outcomes(message(request)) == ["lost", "delivered"]


def test_what_was_sent_is_never_sent_again(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = journeys.approved(linked, SPO_SEN=2)
    dispatch_later()
    odoo.delete(odoo.orders()[0]["id"])

    assert dispatch_later(86400) == {}
    assert odoo.orders() == []
    assert message(request).state == State.DONE


def test_what_odoo_refuses_gets_an_owner_and_its_own_words(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    linking.link_vendors(links={"KES": 999_999}, by=linked.system)
    request = journeys.approved(linked, SPO_SEN=2)

    assert dispatch_later() == {"refused": 1}
    assert dispatch_later(86400) == {}
    dead = message(request)
    assert (dead.state, dead.attempts, outcomes(dead)) == (State.DEAD, 1, ["refused"])
    assert dead.last_error
    assert open_exceptions(request) == [("sync_rejected", "integration_operator")]
    exception = request.exceptions.get(kind="sync_rejected")
    assert dead.last_error in exception.detail
    assert "Kestrel Devices" in exception.detail
    assert odoo.orders() == []
    assert line_states(request) == {"SPO-SEN": LineState.WITH_BUYER}


def test_a_refused_order_goes_out_after_it_was_put_right(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    partner = linked.vendors["KES"].odoo_partner_id
    linking.link_vendors(links={"KES": 999_999}, by=linked.system)
    request = journeys.approved(linked, SPO_SEN=2)
    assert dispatch_later() == {"refused": 1}

    linking.link_vendors(links={"KES": partner}, by=linked.system)
    outbox.send_again(key=message(request).key, by=linked.system, reason="The vendor is back")
    assert dispatch_later() == {"delivered": 1}
    delivered_once(odoo, request)
    assert open_exceptions(request) == []
    assert Event.objects.get(case=request.public_id, action="outbox.again").reason == "The vendor is back"


def test_a_message_that_kills_its_workers_is_buried(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = journeys.approved(linked, SPO_SEN=2)
    for crash in range(dispatch.MOST_CRASHES):
        with pytest.raises(Killed):
            dispatch_later(11 + crash * LEASE_OVER, after_create=kill)

    assert dispatch_later(11 + 8 * LEASE_OVER, after_create=kill) == {"refused": 1}
    assert dispatch_later(86400, after_create=kill) == {}
    assert outcomes(message(request)) == ["lost"] * 8 + ["refused"]
    assert open_exceptions(request) == [("sync_rejected", "integration_operator")]
    assert len(odoo.orders()) == 1


def test_our_own_mistake_in_one_message_does_not_stop_the_others(
    linked: SimpleNamespace, odoo: FakeOdoo
) -> None:
    broken = journeys.approved(linked, SPO_SEN=2)
    request = journeys.approved(linked, TON_BLK=1)
    bad = message(broken)
    del bad.payload["lines"][0]["quantity"]
    bad.save()

    assert dispatch_later() == {"retry": 1, "delivered": 1}
    assert message(request).state == State.DONE
    assert message(broken).error_kind == "unexpected"
    for day in range(1, 8):
        dispatch_later(day * 86400)
    assert message(broken).state == State.DEAD
    assert open_exceptions(broken) == [("sync_rejected", "integration_operator")]


def test_a_wrong_password_buries_nothing_and_is_told_once(
    linked: SimpleNamespace, odoo: FakeOdoo, settings
) -> None:
    request, other = journeys.approved(linked, SPO_SEN=2), journeys.approved(linked, TON_BLK=1)
    settings.ODOO_PASSWORD = "changed"
    assert dispatch_later() == {"unreachable": 1}
    assert dispatch_later(12) == {"unreachable": 1}
    told = CaseException.objects.filter(kind="sync_rejected", closed_at=None)
    assert [(e.request, e.owner_role) for e in told] == [(None, "integration_operator")]

    settings.ODOO_PASSWORD = odoo.password
    assert dispatch_later(AFTER_RETRY) == {"delivered": 2}
    assert {message(request).state, message(other).state} == {State.DONE}
    assert not told.all().exists()


def test_the_batch_is_left_at_the_first_failure_of_the_line(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    for _ in range(3):
        journeys.approved(linked, SPO_SEN=1)
    odoo.fault("502", count=10)

    assert dispatch_later() == {"unreachable": 1}
    assert OutboxMessage.objects.filter(attempts=0).count() == 2


def test_after_an_outage_everything_goes_out_with_the_first_success(
    linked: SimpleNamespace, odoo: FakeOdoo
) -> None:
    for _ in range(2):
        journeys.approved(linked, SPO_SEN=1)
    odoo.fault("502", count=60)
    for tick in range(10):
        dispatch_later(11 + tick * 120)
    waits = OutboxMessage.objects.values_list("claimed_at", "next_attempt_at")
    assert max((due - tried).total_seconds() for tried, due in waits if tried) <= results.LONGEST_OUTAGE_WAIT
    odoo.clear_faults()

    assert dispatch_later(11 + 9 * 120 + results.LONGEST_OUTAGE_WAIT) == {"delivered": 2}
    assert len(odoo.orders()) == 2


def test_a_request_cancelled_before_the_claim(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = journeys.approved(linked, SPO_SEN=2)
    cancel(request, linked)

    assert dispatch_later() == {}
    assert (message(request).state, odoo.orders()) == (State.VOID, [])


def test_a_request_cancelled_after_a_lost_try_is_not_sent_and_is_looked_at(
    linked: SimpleNamespace, odoo: FakeOdoo
) -> None:
    request = journeys.approved(linked, SPO_SEN=2)
    with pytest.raises(Killed):
        dispatch_later(after_create=kill)
    cancel(request, linked)
    assert dispatch_later(11 + LEASE_OVER) == {"void": 1}

    assert message(request).state == State.VOID
    assert open_exceptions(request) == [("drift", "buyer")]
    assert len(odoo.orders()) == 1


def test_a_request_cancelled_while_its_order_is_made_is_flagged(
    linked: SimpleNamespace, odoo: FakeOdoo
) -> None:
    request = journeys.approved(linked, SPO_SEN=2)

    assert dispatch_later(after_create=lambda _placed: cancel(request, linked)) == {"delivered": 1}
    assert journeys.fresh(request).state == RequestState.CANCELLED
    assert order(request).name == odoo.orders()[0]["name"]
    assert open_exceptions(request) == [("drift", "buyer")]
    assert order(request).name in request.exceptions.get(kind="drift").detail


def test_an_answer_that_names_the_order_of_another_request_is_refused(
    linked: SimpleNamespace, odoo: FakeOdoo
) -> None:
    """Another database at the same address gives out the same numbers again."""
    first = journeys.approved(linked, SPO_SEN=1)
    dispatch_later()
    number = odoo.orders()[0]["id"]
    second = journeys.approved(linked, SPO_SEN=2)
    ExternalReference.objects.filter(request=first, parent=None).update(record_id=number + 1)

    assert dispatch_later() == {"refused": 1}
    assert open_exceptions(second) == [("sync_rejected", "integration_operator")]


def test_waiting_doubles_and_is_bounded() -> None:
    waits = [results.wait_before(attempt, results.LONGEST_WAIT).total_seconds() for attempt in range(2, 40)]

    assert waits[0] == 5
    assert all(5 <= wait <= 6 * 3600 for wait in waits)
    assert waits[6] > 100
    assert waits[-1] >= 3 * 3600


def test_an_idle_tick_costs_one_query(
    linked: SimpleNamespace, odoo: FakeOdoo, django_assert_num_queries
) -> None:
    journeys.approved(linked, SPO_SEN=2)

    with django_assert_num_queries(1):
        assert dispatch.run() == {}


def cancel(request, world: SimpleNamespace) -> None:
    """Every order for it was cancelled: the one way in which an approved request ends without goods."""
    fulfilment.order_cancelled(
        request=journeys.fresh(request), line_ids=[request.lines.get().pk], by=world.system, order_name=""
    )
