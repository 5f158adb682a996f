"""What its sender may still do: take it back, change what came back, ask again, send work back to its team."""

import uuid
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from approvals import decisions
from approvals.models import Approval, ApprovalStep, Decision
from portal.audit.models import Event
from portal.errors import Invalid, NotAllowed, WrongState
from portal.notify.models import Notice
from requests_app import asking, lifecycle
from requests_app.models import ServiceRequest
from requests_app.states import LineState, Priority, RequestState
from requests_app.supplies import drafting
from sla.models import Clock
from tests import journeys, personas

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SimpleNamespace:
    return personas.world()


def changed(request: ServiceRequest, **lines: int) -> ServiceRequest:
    """What its sender makes of it, sent again."""
    drafting.save_draft(
        by=request.filed_by,
        client_key=request.client_key,
        department=request.department,
        quantities={code.replace("_", "-"): quantity for code, quantity in lines.items()},
        run_out="fine",
    )
    return journeys.fresh(journeys.send(journeys.fresh(request)))


def test_taken_back_changed_and_sent_again_is_decided_anew(world: SimpleNamespace) -> None:
    request = journeys.sent(world, TON_BLK=2)
    number, key = request.number, request.public_id
    lifecycle.withdraw(request=request, by=world.nurse)
    request = journeys.fresh(request)
    assert (request.state, request.held_by) == (RequestState.RETURNED, "Asha Menon")
    assert not ApprovalStep.objects.filter(state=ApprovalStep.State.OPEN).exists()
    assert not Clock.objects.filter(request=request, state=Clock.State.RUNNING).exists()
    again = changed(request, TON_BLK=1)
    assert (again.state, again.number, again.public_id) == (RequestState.SUBMITTED, number, key)
    assert [line.quantity for line in again.lines.all()] == [1]
    statuses = list(again.approvals.order_by("pk").values_list("status", flat=True))
    assert statuses == [Approval.Status.WITHDRAWN, Approval.Status.OPEN]
    journeys.approve(again, world.head)
    assert journeys.fresh(again).state == RequestState.APPROVED


def test_nobody_takes_back_what_is_not_theirs_or_is_decided(world: SimpleNamespace) -> None:
    request = journeys.sent(world, TON_BLK=2)
    with pytest.raises(NotAllowed):
        lifecycle.withdraw(request=request, by=world.colleague)
    journeys.approve(request, world.head)
    with pytest.raises((NotAllowed, WrongState)):
        lifecycle.withdraw(request=journeys.fresh(request), by=world.nurse)


def test_the_head_asks_for_more_and_the_sender_is_told(world: SimpleNamespace) -> None:
    request = journeys.sent(world, TON_BLK=2)
    step = journeys.open_steps(request)[0]
    decisions.return_step(
        step_id=step.pk, by=world.head, seen=journeys.seen(request), reason="What it is for"
    )
    request = journeys.fresh(request)
    assert request.state == RequestState.RETURNED
    assert Notice.objects.get(user=world.nurse, kind="request_returned").params["reason"] == "What it is for"
    assert Decision.objects.get().outcome == Decision.Outcome.RETURNED
    assert Event.objects.filter(case=request.public_id, action="step.returned").count() == 1
    again = changed(request, TON_BLK=1)
    assert again.state == RequestState.SUBMITTED
    journeys.approve(again, world.head)
    assert [line.state for line in journeys.fresh(again).lines.all()] == [LineState.WITH_BUYER]


def test_asking_for_more_needs_a_reason_and_four_eyes(world: SimpleNamespace) -> None:
    request = journeys.sent(world, TON_BLK=2)
    step = journeys.open_steps(request)[0]
    with pytest.raises(Invalid):
        decisions.return_step(step_id=step.pk, by=world.head, seen=journeys.seen(request), reason=" ")
    with pytest.raises(NotAllowed):
        decisions.return_step(step_id=step.pk, by=world.nurse, seen=journeys.seen(request), reason="Why?")


def test_the_pages_of_giving_back_and_taking_back(world: SimpleNamespace, client: Client) -> None:
    request = journeys.sent(world, TON_BLK=2)
    step = journeys.open_steps(request)[0]
    head, nurse = personas.signed_in(world.head), personas.signed_in(world.nurse)
    there = reverse("approvals:step-return", args=[step.ref])
    assert "What is missing?" in head.get(there).content.decode()
    assert head.post(there, {"seen": journeys.seen(request)}).status_code == 422
    answer = head.post(there, {"seen": journeys.seen(request), "chip": "purpose"})
    assert answer.status_code == 302
    page = nurse.get(reverse("desk:home")).content.decode()
    assert "To be changed by you" in page
    form = nurse.get(reverse("requests:draft-edit", args=[request.public_id]))
    assert form.status_code == 200
    other = journeys.sent(world, TON_BLK=1)
    nurse.post(reverse("requests:withdraw", args=[other.public_id]))
    assert journeys.fresh(other).state == RequestState.RETURNED


def test_the_same_again_is_a_draft_with_the_same_lines(world: SimpleNamespace) -> None:
    request = journeys.sent(world, TON_BLK=2, GLV_NIT_M=4)
    key = uuid.uuid4()
    copies = [asking.copy(request=request, by=world.colleague, client_key=key) for _twice in "ab"]
    assert copies[0].pk == copies[1].pk
    assert copies[0].state == RequestState.DRAFT
    assert copies[0].filed_by == world.colleague
    assert {line.code: line.quantity for line in copies[0].lines.all()} == {"TON-BLK": 2, "GLV-NIT-M": 4}


def test_what_returned_and_is_no_longer_wanted_can_be_cancelled(world: SimpleNamespace) -> None:
    request = lifecycle.withdraw(request=journeys.sent(world, TON_BLK=2), by=world.nurse)
    lifecycle.cancel(request=request, by=world.nurse, reason="Filed twice")
    assert journeys.fresh(request).state == RequestState.CANCELLED


def test_supplies_are_not_sent_back_to_a_team(world: SimpleNamespace) -> None:
    request = journeys.sent(world, TON_BLK=2)
    with pytest.raises((NotAllowed, WrongState)):
        lifecycle.reopen(request=request, by=world.nurse, reason="Same fault again")


def test_an_emergency_says_who_answered_and_why(world: SimpleNamespace) -> None:
    draft = drafting.save_draft(
        by=world.nurse,
        client_key=uuid.uuid4(),
        department=world.ward,
        quantities={"GLV-NIT-M": 1},
        run_out="now",
    )
    with pytest.raises(Invalid) as refused:
        journeys.send(draft)
    assert set(refused.value.errors) == {"answered_by", "emergency_reason"}
    drafting.save_draft(
        by=world.nurse,
        client_key=draft.client_key,
        department=world.ward,
        quantities={"GLV-NIT-M": 1},
        run_out="now",
        answered_by="Sam, store",
        emergency_reason="no_stock",
    )
    sent = journeys.fresh(journeys.send(journeys.fresh(draft)))
    assert (sent.priority, sent.answered_by, sent.emergency_reason) == (
        Priority.EMERGENCY,
        "Sam, store",
        "no_stock",
    )
