"""From the store and from goods-in to the ward: who may, how much, and when it is over."""

import itertools
from types import SimpleNamespace

import pytest

from portal.audit.models import Event
from portal.errors import Invalid, NotAllowed, WrongState
from requests_app.models import RequestItem, ServiceRequest, StateChange
from requests_app.states import LineState, RequestState
from requests_app.supplies import fulfilment
from tests.journeys import approved, fresh, link

pytestmark = pytest.mark.django_db


def line(request: ServiceRequest, code: str) -> RequestItem:
    return request.lines.get(code=code)


def from_store(world: SimpleNamespace, quantity: int = 6) -> ServiceRequest:
    """On its way from the store."""
    request = approved(world, GLV_NIT_M=quantity)
    ids = [line(request, "GLV-NIT-M").pk]
    fulfilment.pick(request=request, line_ids=ids, by=world.storekeeper)
    fulfilment.send_on_the_way(request=request, line_ids=ids, by=world.storekeeper)
    return fresh(request)


def receive(request: ServiceRequest, by: object, **quantities: int) -> ServiceRequest:
    wanted = {line(request, code.replace("_", "-")).pk: quantity for code, quantity in quantities.items()}
    return fulfilment.receive(request=request, quantities=wanted, by=by)


def test_part_of_it_keeps_the_line_open_and_the_rest_closes_the_request(world: SimpleNamespace) -> None:
    request = from_store(world)
    receive(request, world.colleague, GLV_NIT_M=4)
    assert fresh(request).state == RequestState.IN_FULFILMENT
    rest = line(request, "GLV-NIT-M")
    assert (rest.state, rest.outstanding) == (LineState.TO_PICK, 2)
    with pytest.raises(WrongState):
        receive(request, world.nurse, GLV_NIT_M=2)
    fulfilment.pick(request=request, line_ids=[rest.pk], by=world.storekeeper)
    with pytest.raises(WrongState):  # picked is not sent
        receive(request, world.nurse, GLV_NIT_M=2)
    fulfilment.send_on_the_way(request=request, line_ids=[rest.pk], by=world.storekeeper)
    receive(request, world.nurse, GLV_NIT_M=2)
    request = fresh(request)
    assert request.state == RequestState.CLOSED
    assert (line(request, "GLV-NIT-M").received_quantity, line(request, "GLV-NIT-M").outstanding) == (6, 0)
    moves = list(StateChange.objects.filter(request=request).values_list("from_state", "to_state"))
    assert [to for _from, to in moves] == ["submitted", "approved", "in_fulfilment", "fulfilled", "closed"]
    assert all(before == after for (_f, before), (after, _t) in itertools.pairwise(moves))


@pytest.mark.parametrize("quantity", [-1, 7, 10**9])
def test_more_or_less_than_can_be_is_refused_beside_the_line(world: SimpleNamespace, quantity: int) -> None:
    request = from_store(world)
    with pytest.raises(Invalid) as refusal:
        receive(request, world.nurse, GLV_NIT_M=quantity)
    assert list(refusal.value.errors) == [f"line-{line(request, 'GLV-NIT-M').pk}"]
    assert line(request, "GLV-NIT-M").received_quantity == 0


def test_nothing_arrived_is_no_receipt(world: SimpleNamespace) -> None:
    with pytest.raises(Invalid):
        receive(from_store(world), world.nurse, GLV_NIT_M=0)


@pytest.mark.parametrize("persona", ["other_nurse", "stranger", "storekeeper", "finance", "system"])
def test_only_the_ward_confirms(world: SimpleNamespace, persona: str) -> None:
    with pytest.raises(NotAllowed):
        receive(from_store(world), getattr(world, persona), GLV_NIT_M=6)


def test_who_decided_does_not_confirm(world: SimpleNamespace) -> None:
    link(world)
    request = approved(world, GLV_NIT_M=30, note="a new bay")
    ids = [line(request, "GLV-NIT-M").pk]
    fulfilment.pick(request=request, line_ids=ids, by=world.storekeeper)
    fulfilment.send_on_the_way(request=request, line_ids=ids, by=world.storekeeper)
    assert Event.objects.get(case=request.public_id, action="step.approved").actor == world.head
    with pytest.raises(NotAllowed):
        receive(request, world.head, GLV_NIT_M=30)
    assert receive(request, world.ward_lead, GLV_NIT_M=30).state == RequestState.CLOSED


def test_only_the_store_picks(world: SimpleNamespace) -> None:
    request = approved(world, GLV_NIT_M=6)
    for person in (world.nurse, world.head, world.buyer):
        with pytest.raises(NotAllowed):
            fulfilment.pick(request=request, line_ids=[line(request, "GLV-NIT-M").pk], by=person)


def test_what_is_picked_is_not_picked_again(world: SimpleNamespace) -> None:
    request = approved(world, GLV_NIT_M=6)
    ids = [line(request, "GLV-NIT-M").pk]
    fulfilment.pick(request=request, line_ids=ids, by=world.storekeeper)
    with pytest.raises(WrongState):
        fulfilment.pick(request=request, line_ids=ids, by=world.storekeeper)
    fulfilment.send_on_the_way(request=request, line_ids=ids, by=world.storekeeper)
    assert Event.objects.filter(case=request.public_id, action="lines.picked").count() == 1


def test_a_line_of_another_request_is_no_line_of_this_one(world: SimpleNamespace) -> None:
    request, other = approved(world, GLV_NIT_M=6), approved(world, CAN_20=1)
    with pytest.raises(WrongState):
        fulfilment.pick(request=request, line_ids=[line(other, "CAN-20").pk], by=world.storekeeper)


def test_goods_in_is_absolute_and_hearing_it_again_changes_nothing(world: SimpleNamespace) -> None:
    link(world)
    request = approved(world, SPO_SEN=2)
    sensor = line(request, "SPO-SEN")
    fulfilment.ordered(request=request, line_ids=[sensor.pk], by=world.system, order_name="P1", placed=True)
    for total in (1, 1, 2, 2, 1):
        fulfilment.goods_in(request=request, quantities={sensor.pk: total}, by=world.system, order_name="P1")
    assert line(request, "SPO-SEN").goods_in_quantity == 2
    assert Event.objects.filter(case=request.public_id, action="lines.at_goods_in").count() == 2
    assert fresh(request).state == RequestState.IN_FULFILMENT


def test_every_order_cancelled_ends_the_request_and_one_of_two_does_not(world: SimpleNamespace) -> None:
    link(world)
    request = approved(world, SPO_SEN=2, GLV_NIT_M=1)
    fulfilment.order_cancelled(
        request=request, line_ids=[line(request, "SPO-SEN").pk], by=world.system, order_name="P1"
    )
    assert fresh(request).state == RequestState.APPROVED
    only = approved(world, SPO_SEN=2)
    fulfilment.order_cancelled(
        request=only, line_ids=[line(only, "SPO-SEN").pk], by=world.system, order_name="P2"
    )
    assert fresh(only).state == RequestState.CANCELLED


def test_the_rest_of_an_order_that_is_cancelled_is_not_waited_for(world: SimpleNamespace) -> None:
    link(world)
    request = approved(world, SPO_SEN=3, note="a new bay")
    sensor = line(request, "SPO-SEN")
    odoo = {"by": world.system, "order_name": "P1"}
    fulfilment.goods_in(request=request, quantities={sensor.pk: 1}, **odoo)
    fulfilment.order_cancelled(request=request, line_ids=[sensor.pk], **odoo)
    assert fresh(request).state != RequestState.CLOSED  # one stands at goods-in, for the ward to confirm
    receive(request, world.colleague, SPO_SEN=1)
    assert fresh(request).state == RequestState.CLOSED


def test_what_a_supplier_sent_beyond_the_order_is_not_agreed_when_the_rest_is_cancelled(
    world: SimpleNamespace,
) -> None:
    link(world)
    request = approved(world, SPO_SEN=2)
    ids = [line(request, "SPO-SEN").pk]
    fulfilment.ordered(request=request, line_ids=ids, by=world.system, order_name="P1", placed=True)
    fulfilment.goods_in(request=request, quantities={ids[0]: 5}, by=world.system, order_name="P1")
    fulfilment.order_cancelled(request=request, line_ids=ids, by=world.system, order_name="P1")
    assert (line(request, "SPO-SEN").approved_quantity, line(request, "SPO-SEN").outstanding) == (2, 2)
    assert receive(fresh(request), world.nurse, SPO_SEN=2).state == RequestState.CLOSED
