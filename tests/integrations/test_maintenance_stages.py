"""Where a repair stands in Odoo comes back, and where it stands here is written there; each end is taken over once."""

from types import SimpleNamespace

import pytest

from integrations.models import OutboxMessage
from portal.audit.models import Event
from requests_app import lifecycle, work
from requests_app.models import ServiceRequest, WorkRecord
from requests_app.states import RequestState
from tests import repairs
from tests.fake_odoo.instance import FakeOdoo
from tests.integrations.steps import (
    Killed,
    dispatch_later,
    kill,
    open_exceptions,
    poll,
    record,
)
from tests.integrations.steps import (
    cancel_repair as cancel,
)
from tests.integrations.steps import (
    promised as made,
)
from tests.journeys import fresh

State = OutboxMessage.State
AFTER_RETRY = 400  # seconds: longer than the longest wait for a repair
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everything_agrees")]


def take(world: SimpleNamespace, request: ServiceRequest) -> ServiceRequest:
    return work.take(request=fresh(request), by=world.engineer)


def finish(world: SimpleNamespace, request: ServiceRequest) -> ServiceRequest:
    taken = take(world, request)
    return work.finish(request=taken, by=world.engineer, outcome="no_fault_found", minutes=5)


def reopen(world: SimpleNamespace, request: ServiceRequest) -> ServiceRequest:
    return lifecycle.reopen(request=fresh(request), by=world.nurse, reason="Same fault again")


def test_the_stages_come_back_and_the_end_ends_it_here(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = repairs.sent(equipped)
    dispatch_later()
    [there] = odoo.repairs()
    assert poll() == {"asked": 1, "changed": 0, "gone": 0}

    odoo.move_repair(there["id"], "In Progress")
    assert poll() == {"asked": 1, "changed": 1, "gone": 0}
    assert (record(request).state, record(request).stage) == ("begun", "In Progress")
    assert fresh(request).state == RequestState.APPROVED

    odoo.move_repair(there["id"], "Repaired")
    assert poll()["changed"] == 1
    request = fresh(request)
    assert (request.state, request.outcome) == (RequestState.CLOSED, "fixed_on_ward")
    assert WorkRecord.objects.get(request=request).by.is_system
    assert record(request).closed_at is not None
    assert poll() == {"asked": 0, "changed": 0, "gone": 0}
    assert dispatch_later(86400) == {}, "nothing is written where it stands right"
    told = Event.objects.filter(case=request.public_id, action="maintenance.moved")
    assert list(told.order_by("pk").values_list("reason", flat=True)) == ["In Progress", "Repaired"]


def test_scrap_is_not_worth_repairing(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = take(equipped, repairs.sent(equipped))
    dispatch_later()
    odoo.move_repair(odoo.repairs()[0]["id"], "Scrap")
    poll()

    assert (fresh(request).state, fresh(request).outcome) == (RequestState.CLOSED, "not_worth_repairing")


def test_what_did_harm_is_not_closed_from_there(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = repairs.sent(equipped, safe="no_removed", clean="incident")
    dispatch_later()
    odoo.move_repair(odoo.repairs()[0]["id"], "Repaired")

    assert poll()["changed"] == 1
    assert poll()["changed"] == 0
    assert fresh(request).state == RequestState.APPROVED
    assert ("drift", "service_manager") in open_exceptions(request)


def test_the_portal_was_first(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = repairs.sent(equipped)
    dispatch_later()
    finish(equipped, request)

    assert dispatch_later() == {"delivered": 1}
    [there] = odoo.repairs()
    assert (there["stage"], there["done"]) == ("Repaired", True)
    assert there["close_date"]
    assert record(request).closed_at is not None
    assert poll()["asked"] == 0


def test_done_before_it_was_sent_is_made_and_then_done(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = repairs.sent(equipped)
    finish(equipped, request)

    assert dispatch_later() == {"delivered": 2}
    [there] = odoo.repairs()
    assert there["done"]
    assert record(request).state == "done"


def test_a_stage_of_their_own_stays(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = repairs.sent(equipped)
    dispatch_later()
    finish(equipped, request)
    odoo.move_repair(odoo.repairs()[0]["id"], "Scrap")

    assert dispatch_later() == {"delivered": 1}
    assert odoo.repairs()[0]["stage"] == "Scrap"


def test_reopened_goes_on_in_the_same_record(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = repairs.sent(equipped)
    dispatch_later()
    odoo.move_repair(odoo.repairs()[0]["id"], "Repaired")
    poll()
    reopen(equipped, request)

    assert dispatch_later() == {"delivered": 1}
    [there] = odoo.repairs()
    assert (there["stage"], there["done"]) == ("New Request", False)
    assert record(request).closed_at is None
    odoo.move_repair(there["id"], "Repaired")
    poll()
    assert fresh(request).state == RequestState.CLOSED
    assert len(odoo.repairs()) == 1


def test_reopened_while_its_end_was_on_the_way(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = repairs.sent(equipped)
    dispatch_later()
    finish(equipped, request)

    def meanwhile(_placed: object) -> None:
        if fresh(request).state == RequestState.CLOSED:
            reopen(equipped, request)

    assert dispatch_later(after_create=meanwhile) == {"delivered": 2}
    assert odoo.repairs()[0]["stage"] == "New Request"


def test_cancelled_before_it_was_sent(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = repairs.sent(equipped)
    cancel(equipped, request)

    assert made(request).state == State.VOID
    assert dispatch_later(86400) == {}
    assert odoo.repairs() == []


def test_cancelled_afterwards_is_cancelled_there(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = repairs.sent(equipped)
    dispatch_later()
    cancel(equipped, request)

    assert dispatch_later() == {"delivered": 1}
    assert odoo.repairs()[0]["archive"] is True
    assert record(request).closed_at is not None
    assert open_exceptions(request) == []


@pytest.mark.parametrize("lost", ["worker", "answer"])
def test_cancelled_after_a_lost_try_is_found_and_cancelled_there(
    equipped: SimpleNamespace, odoo: FakeOdoo, lost: str
) -> None:
    request = repairs.sent(equipped)
    if lost == "worker":
        with pytest.raises(Killed):
            dispatch_later(after_create=kill)
    else:
        odoo.fault("lose_response", method="load")
        dispatch_later()
    cancel(equipped, request)

    assert dispatch_later(AFTER_RETRY) == {"delivered": 2}
    assert [there["archive"] for there in odoo.repairs()] == [True]


def test_cancelled_while_its_record_is_made(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = repairs.sent(equipped)

    def meanwhile(_placed: object) -> None:
        if fresh(request).state == RequestState.APPROVED:
            cancel(equipped, request)

    assert dispatch_later(after_create=meanwhile) == {"delivered": 2}
    assert [there["archive"] for there in odoo.repairs()] == [True]


def test_cancelled_there_is_told_and_not_cancelled_here(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = repairs.sent(equipped)
    dispatch_later()
    odoo.cancel_repair(odoo.repairs()[0]["id"])

    assert poll()["changed"] == 1
    assert fresh(request).state == RequestState.APPROVED
    assert open_exceptions(request) == [("drift", "service_manager")]
    finish(equipped, request)
    assert dispatch_later() == {"delivered": 1}
    assert open_exceptions(request) == [], "it has ended here and there"


def test_deleted_there_is_owned_and_never_made_again(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = repairs.sent(equipped)
    dispatch_later()
    odoo.delete_repair(odoo.repairs()[0]["id"])

    assert poll() == {"asked": 1, "changed": 0, "gone": 1}
    assert poll()["asked"] == 0
    finish(equipped, request)
    assert dispatch_later(86400) == {}
    assert odoo.repairs() == []
    assert open_exceptions(request) == [("drift", "service_manager")]


def test_deleted_there_before_its_end_was_written(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = repairs.sent(equipped)
    dispatch_later()
    finish(equipped, request)
    odoo.delete_repair(odoo.repairs()[0]["id"])

    assert dispatch_later() == {"delivered": 1}
    assert record(request).gone_at is not None
    assert odoo.repairs() == []


def test_another_record_of_the_same_number_is_not_ours(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = repairs.sent(equipped)
    dispatch_later()
    with odoo.store.transaction():
        [name] = odoo.store.find("ir.model.data", model="maintenance.request")
        odoo.store.update("ir.model.data", name["id"], {"name": "somebody_elses"})

    assert poll()["gone"] == 1
    assert "Another record" in request.exceptions.get().detail


def test_what_a_look_costs_does_not_grow(
    equipped: SimpleNamespace, odoo: FakeOdoo, django_assert_num_queries
) -> None:
    for tags in ([repairs.PUMP], [repairs.ECG, repairs.BED]):
        for tag in tags:
            repairs.sent(equipped, equipment=tag, symptoms=["else"], other="squeaks")
        dispatch_later()
        poll()
        with django_assert_num_queries(5):
            assert poll()["changed"] == 0
