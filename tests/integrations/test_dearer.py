"""An order that costs more than was agreed: within 5 % and 50 it goes on and is told, above somebody says yes or no."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from approvals.content import hash_of
from approvals.decisions import approve_step, reject_step, return_step
from approvals.models import Approval, ApprovalStep, Decision
from approvals.panel import panel
from integrations.models import ExternalReference, OutboxMessage
from integrations.odoo.purchase_orders import LineState as OdooLine
from integrations.odoo.purchase_orders import OrderState
from integrations.reading import read_news
from portal.audit.models import Event
from portal.desk.consistency.examination import examine
from portal.errors import StaleState, WrongState
from portal.notify.models import Notice
from requests_app.models import RequestItem, ServiceRequest
from requests_app.states import LineState, RequestState, Source
from requests_app.supplies import fulfilment
from tests import journeys
from tests.fake_odoo.instance import FakeOdoo
from tests.integrations.steps import dispatch_later, open_exceptions, poll

ABOVE = ("price_above_approval", "buyer")


def dearer(agreed: str, asked: str, quantity: int = 1, rate: str = "1") -> bool:
    """Does somebody have to decide, when a line agreed at `agreed` is ordered at `asked`?"""
    line = RequestItem(
        pk=1, code="X", name="X", quantity=quantity, source=Source.BUY, state=LineState.ORDERED
    )
    agreement = {"external_id": "a", "name": "X", "quantity": str(quantity), "price_unit": agreed}
    order = ExternalReference(name="P1", message=OutboxMessage(payload={"lines": [agreement]}))
    part = ExternalReference(line=line, record_id=7, external_id="a")
    there = OdooLine(7, Decimal(quantity), Decimal(0), Decimal(asked), 3)
    state = OrderState(1, "P1", "purchase", "pending", Decimal(asked), {7: there})
    news = read_news(order, [part], state, currency="GBP", rate=Decimal(rate))
    assert news.drift
    assert bool(news.told) != bool(news.dearer), "who decides about a price is not told about it as well"
    return bool(news.dearer)


@pytest.mark.parametrize(
    ("asked", "decided"), [("104.99", False), ("105.00", False), ("105.01", True), ("99.00", False)]
)
def test_five_percent(asked: str, decided: bool) -> None:
    assert dearer("100.00", asked) is decided


@pytest.mark.parametrize(("asked", "decided"), [("2049.99", False), ("2050.00", False), ("2050.01", True)])
def test_fifty_for_a_line(asked: str, decided: bool) -> None:
    assert dearer("2000.00", asked) is decided


@pytest.mark.parametrize(("asked", "decided"), [("204.99", False), ("205.00", False), ("205.01", True)])
def test_fifty_counts_the_whole_line(asked: str, decided: bool) -> None:
    assert dearer("200.00", asked, quantity=10) is decided


@pytest.mark.parametrize(("asked", "decided"), [("4099.98", False), ("4100.00", False), ("4100.02", True)])
def test_fifty_is_of_the_base_currency(asked: str, decided: bool) -> None:
    assert dearer("4000.00", asked, rate="0.5") is decided


@pytest.fixture
def ordered(linked: SimpleNamespace, odoo: FakeOdoo) -> ServiceRequest:
    """Two sensors at 94, agreed to by the head and ordered."""
    request = journeys.approved(linked, SPO_SEN=2)
    dispatch_later()
    odoo.confirm(odoo.orders()[0]["id"])
    poll()
    return journeys.fresh(request)


def at(odoo: FakeOdoo, price: float) -> None:
    """The buyer orders the first line at `price`; the portal looks."""
    odoo.change("purchase.order.line", odoo.orders()[0]["lines"][0]["id"], price_unit=price)
    poll()


def test_a_small_rise_goes_on_and_is_told(ordered: ServiceRequest, odoo: FakeOdoo) -> None:
    at(odoo, 98.70)
    assert open_exceptions(ordered) == [("drift", "buyer")]
    assert journeys.open_steps(ordered) == []


def test_the_last_to_agree_says_yes(linked: SimpleNamespace, ordered: ServiceRequest, odoo: FakeOdoo) -> None:
    at(odoo, 105.28)
    assert open_exceptions(ordered) == [ABOVE]
    before = journeys.fresh(ordered)
    assert before.state == ordered.state == RequestState.IN_FULFILMENT
    assert before.held_by == ordered.held_by, "the buyers have it, not who is asked about its price"
    [step] = journeys.open_steps(ordered)
    assert (step.asked_role, step.approval.round) == ("head", 2)
    assert "£105.28 at the order, agreed was £94.00" in step.why
    approve_step(step_id=step.pk, by=linked.head, seen=asked(step))
    assert open_exceptions(ordered) == []
    assert journeys.fresh(ordered).state == before.state
    assert Decision.objects.filter(actor=linked.head).count() == 2
    assert Event.objects.get(case=ordered.public_id, action="price.agreed").actor == linked.head
    assert Notice.objects.get(user=linked.buyer, kind="price_agreed").case == ordered.public_id
    at(odoo, 105.00)
    assert journeys.open_steps(ordered) == [], "less than what was agreed to asks nobody"
    at(odoo, 106.00)
    assert len(journeys.open_steps(ordered)) == 1


def asked(step: ApprovalStep) -> str:
    return hash_of(step.approval.content)


def test_a_no_leaves_it_with_the_buyer(
    linked: SimpleNamespace, ordered: ServiceRequest, odoo: FakeOdoo
) -> None:
    at(odoo, 105.28)
    [step] = journeys.open_steps(ordered)
    with pytest.raises(WrongState):
        return_step(step_id=step.pk, by=linked.head, seen=asked(step), reason="Why?")
    with pytest.raises(StaleState):
        reject_step(step_id=step.pk, by=linked.head, seen=journeys.seen(ordered), reason="Too dear")
    reject_step(step_id=step.pk, by=linked.head, seen=asked(step), reason="Too dear")
    assert journeys.fresh(ordered).state == RequestState.IN_FULFILMENT
    assert open_exceptions(ordered) == [ABOVE]
    told = Notice.objects.get(user=linked.buyer, kind="price_refused")
    assert told.params["reason"] == "Too dear"
    assert Approval.objects.get(request=ordered, round=2).status == Approval.Status.REJECTED


def test_another_price_takes_the_place_of_the_question(
    linked: SimpleNamespace, ordered: ServiceRequest, odoo: FakeOdoo
) -> None:
    at(odoo, 105.28)
    [first] = journeys.open_steps(ordered)
    at(odoo, 120.00)
    [second] = journeys.open_steps(ordered)
    with pytest.raises(WrongState):
        approve_step(step_id=first.pk, by=linked.head, seen=asked(first))
    at(odoo, 94.00)
    assert journeys.open_steps(ordered) == []
    assert journeys.fresh(second).state == "withdrawn"
    assert open_exceptions(ordered) == []


def test_what_all_came_is_not_asked_about_and_stays_with_the_buyer(
    linked: SimpleNamespace, ordered: ServiceRequest, odoo: FakeOdoo
) -> None:
    at(odoo, 105.28)
    odoo.receive(odoo.orders()[0]["id"])
    poll()
    line = ordered.lines.get()
    fulfilment.receive(request=journeys.fresh(ordered), quantities={line.pk: 2}, by=linked.colleague)
    poll()
    assert journeys.fresh(ordered).state == RequestState.CLOSED
    assert journeys.open_steps(ordered) == []
    assert open_exceptions(ordered) == [ABOVE]


def test_the_page_shows_the_decision_and_the_question(
    linked: SimpleNamespace, ordered: ServiceRequest, odoo: FakeOdoo
) -> None:
    at(odoo, 105.28)
    shown = panel(ordered, linked.head)
    assert [(row.mark, row.yours) for row in shown.steps] == [("now", True)]
    assert [(one.number, len(one.said)) for one in shown.earlier] == [(1, 1)]


def test_the_record_adds_up_before_and_after_the_answer(
    linked: SimpleNamespace, ordered: ServiceRequest, odoo: FakeOdoo
) -> None:
    at(odoo, 105.28)
    assert [one.sentence for one in examine().findings] == []
    [step] = journeys.open_steps(ordered)
    approve_step(step_id=step.pk, by=linked.head, seen=asked(step))
    assert [one.sentence for one in examine().findings] == []
