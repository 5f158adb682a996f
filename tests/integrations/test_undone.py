"""What a decision promised the world and its taker took back never leaves; what leaves is what was agreed."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from approvals import adjusting, undoing
from approvals.models import Decision
from integrations import dispatch, maintenance_outbox, outbox
from integrations.models import OutboxMessage
from portal import clock
from portal.clock import now
from portal.errors import WrongState
from portal.facts import verb
from requests_app import access, lifecycle, linking
from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from tests import repairs
from tests.consistency.damage import set_columns
from tests.fake_odoo.instance import FakeOdoo
from tests.integrations.steps import dispatch_later, message, open_exceptions, promised
from tests.journeys import approve, fresh, open_steps, seen, sent

pytestmark = [pytest.mark.django_db]
State = OutboxMessage.State


def agreed(world: SimpleNamespace, **lines: int) -> tuple[ServiceRequest, int]:
    """A request that the head and procurement agreed to, and the key of its last step."""
    request = sent(world, **(lines or {"NPW_KIT": 2}))
    approve(request, world.head)
    return fresh(request), approve(request, world.procurement).pk


@pytest.mark.usefixtures("everything_agrees")
def test_exactly_one_order_after_a_decision_was_taken_back(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request, step = agreed(linked)
    undoing.undo(step_id=step, by=linked.procurement)
    assert dispatch_later() == {}
    assert odoo.orders() == []
    approve(request, linked.procurement)
    assert dispatch_later() == {"delivered": 1}
    [order] = odoo.orders()
    assert (order["origin"], [line["quantity"] for line in order["lines"]]) == (request.number, [2.0])
    assert sorted(OutboxMessage.objects.values_list("state", flat=True)) == ["done", "void"]


@pytest.mark.usefixtures("everything_agrees")
def test_it_stands_once_a_dispatcher_has_it(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request, step = agreed(linked)
    decided = Decision.objects.get(step=step).decided_at
    OutboxMessage.objects.update(next_attempt_at=now())  # as if it were due before
    held = dispatch.claim()
    assert held
    with clock.at(decided + timedelta(seconds=5)), pytest.raises(WrongState, match="being sent"):
        undoing.undo(step_id=step, by=linked.procurement)
    assert fresh(request).state == RequestState.APPROVED
    assert not Decision.objects.filter(outcome="withdrawn").exists()
    assert dispatch.deliver(held).value == "delivered"


@pytest.mark.usefixtures("everything_agrees")
def test_less_and_taken_back_is_ordered_whole(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = sent(linked, NPW_KIT=2, SPO_SEN=3, GLV_NIT_M=2, note="a new bay")
    approve(request, linked.head)
    amount, step = fresh(request).amount, open_steps(request)[0]
    lines = {line.code: line.public_id for line in request.lines.all()}
    adjusting.adjust_and_approve(
        step_id=step.pk,
        by=linked.procurement,
        seen=seen(request),
        quantities={lines["NPW-KIT"]: 1, lines["SPO-SEN"]: 0},
        reason="enough on the ward",
    )
    assert fresh(request).amount < amount
    undoing.undo(step_id=step.pk, by=linked.procurement)
    assert fresh(request).amount == amount
    assert set(request.lines.values_list("code", "quantity", "state", "approved_quantity")) == {
        ("NPW-KIT", 2, "asked", None),
        ("SPO-SEN", 3, "asked", None),
        ("GLV-NIT-M", 2, "asked", None),
    }
    approve(request, linked.procurement)
    dispatch_later()
    ordered = {line["code"]: line["quantity"] for order in odoo.orders() for line in order["lines"]}
    assert ordered == {"NPW-KIT": 2.0, "SPO-SEN": 3.0}


@pytest.mark.usefixtures("everything_agrees")
def test_what_was_made_less_leaves_as_it_was_agreed(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = sent(linked, NPW_KIT=2, SPO_SEN=3, note="a new bay")
    approve(request, linked.head)
    lines = {line.code: line.public_id for line in request.lines.all()}
    adjusting.adjust_and_approve(
        step_id=open_steps(request)[0].pk,
        by=linked.procurement,
        seen=seen(request),
        quantities={lines["NPW-KIT"]: 1, lines["SPO-SEN"]: 0},
        reason="enough on the ward",
    )
    assert dispatch_later() == {"delivered": 1}
    assert [line["quantity"] for order in odoo.orders() for line in order["lines"]] == [1.0]


def test_what_was_changed_behind_the_decision_never_leaves(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    """A script or a hand raised it after the decision: it is held, and finance has it."""
    request, _step = agreed(linked)
    line = request.lines.get()
    set_columns(line, unit_price=line.unit_price * 2)
    assert dispatch_later() == {"refused": 1}
    assert odoo.orders() == []
    assert open_exceptions(request) == [("policy_deviation", "finance")]
    held = message(request)
    assert (held.state, held.error_kind) == (State.DEAD, "not_agreed")
    set_columns(line, unit_price=line.unit_price)
    outbox.send_again(key=held.key, by=linked.operator, reason="as agreed again")
    assert open_exceptions(request) == []
    assert dispatch_later() == {"delivered": 1}


def test_what_lost_its_decision_never_leaves(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request, step = agreed(linked)
    set_columns(Decision.objects.get(step=step), outcome="returned")
    assert dispatch_later() == {"refused": 1}
    assert odoo.orders() == []
    assert open_exceptions(request) == [("missing_approval", "procurement")]


@pytest.mark.usefixtures("everything_agrees")
def test_a_new_cost_centre_of_the_ward_holds_nothing_back(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request, _step = agreed(linked)
    ward = request.department
    ward.cost_centre = "9999"
    ward.save()
    assert dispatch_later() == {"delivered": 1}


def test_what_the_policy_agreed_to_leaves_as_it_was_and_not_changed(
    equipped: SimpleNamespace, odoo: FakeOdoo
) -> None:
    first, second = (
        repairs.sent(equipped),
        repairs.sent(equipped, equipment=repairs.ECG, symptoms=["battery"]),
    )
    assert not Decision.objects.exists(), "nobody has to decide this"
    set_columns(second, service="repair_a")
    assert dispatch_later() == {"delivered": 1, "refused": 1}
    assert [there["external_id"] for there in odoo.repairs()] == [f"hsp.mr_{first.public_id}"]
    assert open_exceptions(second) == [("policy_deviation", "finance")]


@pytest.mark.usefixtures("everything_agrees")
def test_cancelled_after_the_decision_and_before_the_claim_is_void(
    equipped: SimpleNamespace, odoo: FakeOdoo
) -> None:
    repair = repairs.sent(equipped)
    assert promised(repair).state == State.PENDING
    lifecycle.cancel(request=fresh(repair), by=equipped.nurse, reason="Solved it ourselves")
    assert promised(repair).state == State.VOID
    assert dispatch_later() == {}
    assert odoo.repairs() == []


def test_a_repair_is_promised_once_more_after_it_was_taken_back(
    equipped: SimpleNamespace, odoo: FakeOdoo
) -> None:
    @verb
    def back_and_again(*, by: Any) -> None:
        locked = access.lock_id(repair.pk)
        outbox.take_back(request=locked, by=by)
        assert promised(repair).state == State.VOID
        maintenance_outbox.enqueue_maintenance(request=locked, by=by)

    repair = repairs.sent(equipped)
    back_and_again(by=equipped.engineer)
    assert dispatch_later() == {"delivered": 1}
    assert len(odoo.repairs()) == 1


def test_what_is_linked_later_waits_for_the_ten_seconds_too(world: SimpleNamespace) -> None:
    request, _step = agreed(world)
    assert open_exceptions(request) == [("no_product", "buyer")]
    linking.link_items(links={"NPW-KIT": (101, 1)}, by=world.system)
    linking.link_vendors(links={request.lines.get().vendor.code: 21}, by=world.system)
    assert outbox.retry_unlinked(by=world.system) == 1
    assert message(request).not_before >= fresh(request).released_at + timedelta(seconds=10)
