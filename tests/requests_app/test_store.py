"""The store picks in part, sends, gives up; nothing that was agreed is ever lost on the way to the ward."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.audit.models import Event
from portal.errors import Invalid, NotAllowed, WrongState
from portal.notify.models import Notice
from requests_app.models import CaseException, RequestItem, ServiceRequest
from requests_app.states import LineState, Priority, RequestState
from requests_app.supplies import fulfilment, lateness, shortage, stock
from requests_app.supplies.advancing import today_at, working_days_after
from requests_app.supplies.differing import Difference
from tests.journeys import approved, fresh, link
from tests.requests_app.test_stock_and_substitutes import has

pytestmark = pytest.mark.django_db
L = LineState
MOMENT = timedelta(seconds=1)


def gloves(request: ServiceRequest) -> RequestItem:
    return request.lines.get(code="GLV-NIT-M")


def pick(request: ServiceRequest, by: Any, count: int | None = None, **more: Any) -> RequestItem:
    line = gloves(request)
    counted = {} if count is None else {line.pk: count}
    fulfilment.pick(request=fresh(request), line_ids=[line.pk], by=by, quantities=counted, **more)
    return gloves(request)


def send(request: ServiceRequest, by: Any) -> RequestItem:
    fulfilment.send_on_the_way(request=fresh(request), line_ids=[gloves(request).pk], by=by)
    return gloves(request)


def receive(request: ServiceRequest, by: Any, count: int, kind: str = "") -> RequestItem:
    pk = gloves(request).pk
    differences = {pk: Difference(kind)} if kind else {}
    fulfilment.receive(request=fresh(request), quantities={pk: count}, differences=differences, by=by)
    return gloves(request)


def told(kind: str) -> list[str]:
    return list(Notice.objects.filter(kind=kind).order_by("pk").values_list("user__username", flat=True))


def make_urgent(request: ServiceRequest, priority: str = Priority.URGENT) -> ServiceRequest:
    ServiceRequest.objects.filter(pk=request.pk).update(priority=priority)
    return fresh(request)


# ---- part picks ----


def test_a_part_is_picked_and_the_rest_is_to_follow_on_a_day(world: SimpleNamespace) -> None:
    request = approved(world, GLV_NIT_M=6)
    day = today_at(request) + timedelta(days=3)
    line = pick(request, world.storekeeper, 4, expected_on=day)
    assert (line.state, line.picked_quantity, line.follow_quantity, line.to_pick) == (L.PICKED, 4, 2, 0)
    assert line.expected_on == day
    assert told("lines_to_follow") == [world.nurse.username]
    assert send(request, world.storekeeper).state == L.ON_THE_WAY
    line = receive(request, world.colleague, 4)
    assert (line.state, line.received_quantity, line.follow_quantity) == (L.TO_FOLLOW, 4, 2)
    assert fresh(request).state == RequestState.IN_FULFILMENT
    assert not CaseException.objects.exists()  # what is to follow was said: nothing differs
    line = pick(request, world.storekeeper)
    assert (line.state, line.picked_quantity, line.follow_quantity, line.expected_on) == (
        L.PICKED,
        2,
        0,
        None,
    )
    send(request, world.storekeeper)
    assert receive(request, world.nurse, 2).state == L.RECEIVED
    assert fresh(request).state == RequestState.CLOSED


def test_none_of_it_is_there(world: SimpleNamespace) -> None:
    request = approved(world, GLV_NIT_M=6)
    line = pick(request, world.storekeeper, 0)
    assert (line.state, line.picked_quantity, line.follow_quantity) == (L.TO_FOLLOW, 0, 6)
    assert fresh(request).state == RequestState.IN_FULFILMENT
    with pytest.raises(WrongState):
        send(request, world.storekeeper)
    with pytest.raises(Invalid):
        receive(request, world.nurse, 7)


def test_a_part_goes_while_the_rest_is_picked(world: SimpleNamespace) -> None:
    request = approved(world, GLV_NIT_M=6)
    pick(request, world.storekeeper, 4)
    send(request, world.storekeeper)
    line = pick(request, world.storekeeper, 1)
    assert (line.state, line.on_its_way, line.picked_quantity, line.follow_quantity) == (
        L.ON_THE_WAY,
        4,
        1,
        1,
    )
    line = receive(request, world.nurse, 4)
    assert line.state == L.PICKED
    with pytest.raises(WrongState):
        receive(request, world.nurse, 1)


@pytest.mark.parametrize("count", [-1, 7, 10**9])
def test_more_or_less_than_is_in_the_store_is_not_picked(world: SimpleNamespace, count: int) -> None:
    request = approved(world, GLV_NIT_M=6)
    with pytest.raises(Invalid) as refusal:
        pick(request, world.storekeeper, count)
    assert list(refusal.value.errors) == [f"line-{gloves(request).pk}"]
    assert gloves(request).state == L.TO_PICK


@pytest.mark.parametrize("days", [-1, 371])
def test_the_rest_is_promised_for_a_day_to_come(world: SimpleNamespace, days: int) -> None:
    request = approved(world, GLV_NIT_M=6)
    with pytest.raises(Invalid) as refusal:
        pick(request, world.storekeeper, 2, expected_on=today_at(request) + timedelta(days=days))
    assert list(refusal.value.errors) == ["expected_on"]


def test_the_database_keeps_the_sum(world: SimpleNamespace) -> None:
    line = gloves(approved(world, GLV_NIT_M=6))
    for wrong in (
        {"picked_quantity": 7},
        {"received_quantity": 1},
        {"sent_quantity": 4, "follow_quantity": 3},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            RequestItem.objects.filter(pk=line.pk).update(**wrong)
    link(world)
    bought = approved(world, SPO_SEN=1).lines.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestItem.objects.filter(pk=bought.pk).update(sent_quantity=1)


# ---- it will not come ----


def test_the_lead_gives_up_the_rest_and_the_ward_is_told(world: SimpleNamespace) -> None:
    request = approved(world, GLV_NIT_M=6)
    pick(request, world.storekeeper, 4)
    wanted = {"request": request, "line_id": gloves(request).pk, "reason": "No longer made"}
    with pytest.raises(NotAllowed):
        fulfilment.strike(**wanted, by=world.storekeeper)
    with pytest.raises(Invalid):
        fulfilment.strike(**wanted | {"reason": " "}, by=world.store_lead)
    fulfilment.strike(**wanted, by=world.store_lead)
    line = gloves(request)
    assert (line.state, line.approved_quantity, line.follow_quantity) == (L.PICKED, 4, 0)
    assert told("line_struck") == [world.nurse.username]
    with pytest.raises(WrongState):
        fulfilment.strike(**wanted, by=world.store_lead)
    send(request, world.storekeeper)
    receive(request, world.nurse, 4)
    assert fresh(request).state == RequestState.CLOSED


def test_a_request_of_which_nothing_comes_ends(world: SimpleNamespace) -> None:
    request = approved(world, GLV_NIT_M=6)
    fulfilment.strike(
        request=request, line_id=gloves(request).pk, reason="No longer made", by=world.store_lead
    )
    line = gloves(request)
    assert (line.state, line.approved_quantity) == (L.CANCELLED, 0)
    assert fresh(request).state == RequestState.CANCELLED


# ---- urgent, and none in the store ----


def test_urgent_and_none_found_is_the_leads_until_it_is_picked(world: SimpleNamespace) -> None:
    has(world, GLV_NIT_L=0)  # what could be taken instead
    request = make_urgent(approved(world, GLV_NIT_M=6), Priority.EMERGENCY)
    pick(request, world.storekeeper, 0)
    exception = CaseException.objects.get()
    assert (exception.kind, exception.owner_role) == ("urgent_supply", "team_lead")
    assert abs(exception.due_at - exception.opened_at - timedelta(minutes=30)) < MOMENT
    assert told("exception_opened") == [world.store_lead.username]
    pick(request, world.storekeeper)
    assert fresh(exception).closed_at is not None


def test_agreed_while_the_store_is_known_to_have_none(world: SimpleNamespace) -> None:
    has(world, GLV_NIT_M=0, GLV_NIT_L=0)
    request = make_urgent(approved(world, GLV_NIT_M=6))
    for _again in range(2):
        shortage.look(request=request, by=world.system)
    exception = CaseException.objects.get()
    assert abs(exception.due_at - exception.opened_at - timedelta(hours=4)) < MOMENT


def test_what_has_a_substitute_is_no_shortage(world: SimpleNamespace) -> None:
    has(world, GLV_NIT_M=0)
    stock.record_levels(levels={world.items["GLV-NIT-L"].pk: 9}, at=clock.now())
    gloves_item, other = world.items["GLV-NIT-M"], world.items["GLV-NIT-L"]
    gloves_item.substitutes.get_or_create(other=other, defaults={"kind": "similar"})
    shortage.look(request=make_urgent(approved(world, GLV_NIT_M=6)), by=world.system)
    shortage.look(request=approved(world, GLV_NIT_M=6), by=world.system)  # routine
    assert not CaseException.objects.exists()


# ---- late ----


def test_a_promise_that_is_over_is_told_once(world: SimpleNamespace) -> None:
    link(world)
    request = approved(world, SPO_SEN=2)
    line = request.lines.get()
    fulfilment.ordered(request=request, line_ids=[line.pk], by=world.system, order_name="P1", placed=True)
    line = fresh(line)
    assert line.expected_on == working_days_after(today_at(request), line.lead_days)
    assert lateness.sweep() == 0
    with clock.at(clock.now() + timedelta(days=line.lead_days + 10)):
        assert [lateness.sweep() for _time in range(3)] == [1, 0, 0]
    exception = CaseException.objects.get()
    assert (exception.kind, exception.owner_role) == ("late_supply", "buyer")
    assert told("supply_late") == [world.nurse.username]


def test_what_stands_at_goods_in_is_not_late(world: SimpleNamespace) -> None:
    link(world)
    request = approved(world, SPO_SEN=2)
    pk = request.lines.get().pk
    fulfilment.ordered(request=request, line_ids=[pk], by=world.system, order_name="P1", placed=True)
    fulfilment.goods_in(request=request, quantities={pk: 2}, by=world.system, order_name="P1")
    with clock.at(clock.now() + timedelta(days=60)):
        assert lateness.sweep() == 0


def test_the_store_is_late_with_what_was_to_follow(world: SimpleNamespace) -> None:
    request = approved(world, GLV_NIT_M=6)
    pick(request, world.storekeeper, 4, expected_on=today_at(request) + timedelta(days=2))
    with clock.at(clock.now() + timedelta(days=4)):
        assert lateness.sweep() == 1
    assert CaseException.objects.get().owner_role == "team_lead"


@pytest.mark.parametrize(("start", "days", "end"), [(4, 1, 7), (4, 5, 11), (5, 1, 7), (6, 1, 7), (0, 0, 0)])
def test_saturdays_and_sundays_are_not_counted(start: int, days: int, end: int) -> None:
    monday = clock.now().date()
    monday -= timedelta(days=monday.weekday())
    assert working_days_after(monday + timedelta(days=start), days) == monday + timedelta(days=end)


# ---- nothing is lost ----

KINDS = ["", "short", "damaged", "expired", "cold_chain", "wrong_item", "wrong_unit", "over", "no_paper"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["pick", "pick", "send", "receive", "receive", "strike"]),
        st.integers(0, 8),
        st.sampled_from(KINDS),
    ),
    max_size=12,
)


STATE_AT = {"corridor": L.ON_THE_WAY, "trolley": L.PICKED, "shelf": L.TO_PICK, "following": L.TO_FOLLOW}


class Ledger:
    """The oracle: where each box is, moved one at a time by the rules as the ward would tell them."""

    def __init__(self, count: int) -> None:
        self.asked, self.at = count, dict.fromkeys(range(count), "shelf")

    def where(self, *places: str) -> list[int]:
        return [box for box, place in self.at.items() if place in places]

    def move(self, boxes: list[int], place: str) -> None:
        self.at |= dict.fromkeys(boxes, place)

    def pick(self, count: int) -> bool:
        there = self.where("shelf") + self.where("following")
        if not there or count > len(there):
            return False
        self.move(there[count:], "following")
        self.move(there[:count], "trolley")
        return True

    def send(self) -> bool:
        boxes = self.where("trolley")
        self.move(boxes, "corridor")
        return bool(boxes)

    def receive(self, count: int, kind: str) -> bool:
        coming = self.where("corridor")
        if not coming or (count == 0 and not kind):
            return False
        if kind == "over":
            fits = count > len(coming)
        elif kind in ("", "no_paper"):
            fits = count <= len(coming)
        else:
            fits = count < len(coming)
        if not fits:
            return False
        self.move(coming[:count], "ward")
        self.move(coming[count:], "shelf")
        return True

    def strike(self) -> bool:
        boxes = self.where("shelf", "following")
        self.move(boxes, "never")
        return bool(boxes)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_every_box_that_was_agreed_is_somewhere(world: SimpleNamespace, steps: list[Any]) -> None:
    with transaction.atomic():
        request = approved(world, GLV_NIT_M=6)
        ledger = Ledger(6)
        for what, count, kind in steps:
            if not fresh(request).is_open:
                break
            _both(world, request, ledger, what, count, kind)
            line = gloves(request)
            found = (line.to_pick, line.follow_quantity, line.picked_quantity, line.on_its_way)
            places = ("shelf", "following", "trolley", "corridor")
            assert found == tuple(len(ledger.where(place)) for place in places)
            assert line.received_quantity == len(ledger.where("ward"))
            assert line.approved_quantity == 6 - len(ledger.where("never"))
            assert line.approved_quantity == sum(found) + line.received_quantity
            if fresh(request).is_open:
                nearest = next(
                    place for place in ("corridor", "trolley", "shelf", "following") if ledger.where(place)
                )
                assert line.state == STATE_AT[nearest]
        _explained(request)
        transaction.set_rollback(True)


def _both(
    world: SimpleNamespace, request: ServiceRequest, ledger: Ledger, what: str, count: int, kind: str
) -> None:
    """Do it to the portal and to the ledger: both take it, or both refuse it."""
    line = gloves(request)
    before = (len(Event.objects.filter(case=request.public_id)), dict(ledger.at))
    try:
        with transaction.atomic():
            if what == "pick":
                pick(request, world.storekeeper, count)
            elif what == "send":
                send(request, world.storekeeper)
            elif what == "strike":
                fulfilment.strike(request=request, line_id=line.pk, reason="None left", by=world.store_lead)
            else:
                receive(request, world.colleague, count, kind)
        taken = True
    except (Invalid, WrongState):
        taken = False
    said = {"pick": lambda: ledger.pick(count), "send": ledger.send, "strike": ledger.strike}
    allowed = said[what]() if what in said else ledger.receive(count, kind)
    assert taken == allowed, (what, count, kind, before)


def _explained(request: ServiceRequest) -> None:
    """The audit events alone give the same quantities."""
    sums = dict.fromkeys(("picked", "sent", "lost", "arrived", "struck"), 0)
    for event in Event.objects.filter(case=request.public_id, action__startswith="lines."):
        for name in sums:
            sums[name] += sum((event.after.get(name) or {}).values())
    line = gloves(request)
    assert line.picked_quantity == sums["picked"] - sums["sent"]
    assert line.sent_quantity == sums["sent"] - sums["lost"]
    assert line.received_quantity == sums["arrived"]
    assert line.approved_quantity == 6 - sums["struck"]
