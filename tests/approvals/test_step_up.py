"""The password once more: asked for exactly from the limit on, by the verb itself; one answer holds five minutes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from approvals import step_up
from approvals.adjusting import adjust_and_approve
from approvals.decisions import approve_step, reject_step
from approvals.models import Decision
from portal.clock import at
from portal.errors import NotAllowed
from requests_app.models import ServiceRequest
from tests.api.calls import caller, refused
from tests.journeys import open_steps, seen, sent
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
MOMENT = datetime(2030, 5, 14, 9, 0, tzinfo=UTC)


def costing(world: SimpleNamespace, amount: str, count: int = 1) -> ServiceRequest:
    """`count` of one line, each of exactly this amount, without carriage."""
    item = world.items["SPO-SEN"]
    item.price, item.flags, item.usual_max = Decimal(amount), [], 100
    item.save()
    item.vendor.carriage = Decimal(0)
    item.vendor.save()
    request = sent(world, SPO_SEN=count)
    assert request.base_amount == count * Decimal(amount)
    return request


@pytest.mark.parametrize(("amount", "asked"), [("4999.99", False), ("5000.00", True), ("5000.01", True)])
def test_asked_exactly_from_the_limit_on(world: SimpleNamespace, amount: str, asked: bool) -> None:
    request = costing(world, amount)
    assert step_up.needed(request) is asked
    step, shown = open_steps(request)[0], seen(request)
    if asked:
        with pytest.raises(NotAllowed) as refusal:
            approve_step(step_id=step.pk, by=world.head, seen=shown)
        assert refusal.value.code == "confirm_first"
        assert not Decision.objects.exists()
    approve_step(step_id=step.pk, by=world.head, seen=shown, confirmed=asked)
    assert Decision.objects.get().confirmed is asked


def test_the_limit_is_a_setting(world: SimpleNamespace, settings: Any) -> None:
    settings.APPROVE_CONFIRM_FROM = 100
    request = costing(world, "100.00")
    with pytest.raises(NotAllowed):
        approve_step(step_id=open_steps(request)[0].pk, by=world.head, seen=seen(request))


@pytest.mark.parametrize(("left", "asked"), [(3, True), (2, True), (1, False)])
def test_less_of_it_takes_the_password_for_what_is_left(
    world: SimpleNamespace, left: int, asked: bool
) -> None:
    request = costing(world, "2500.00", count=4)
    [step] = open_steps(request)
    less = {"step_id": step.pk, "by": world.head, "seen": seen(request), "reason": "Enough"}
    quantities = {request.lines.get().public_id: left}
    if asked:
        with pytest.raises(NotAllowed) as refusal:
            adjust_and_approve(**less, quantities=quantities)
        assert refusal.value.code == "confirm_first"
        assert request.lines.get().quantity == 4
    else:
        adjust_and_approve(**less, quantities=quantities)
        assert request.lines.get().quantity == 1


@pytest.mark.parametrize(("left", "status"), [(2, 422), (1, 302)])
def test_the_page_takes_it_for_what_is_left_as_well(world: SimpleNamespace, left: int, status: int) -> None:
    request = costing(world, "2500.00", count=4)
    [step] = open_steps(request)
    typed = {"seen": seen(request), "chip": "enough", f"line-{request.lines.get().public_id}": left}
    page = reverse("approvals:step-adjust", args=[step.ref])
    browser = signed_in(world.head)
    assert browser.post(page, typed).status_code == status
    assert browser.post(page, typed | {f"line-{request.lines.get().public_id}": "9" * 5000}).status_code in (
        422,
        409,
    )


def test_a_no_takes_no_password(world: SimpleNamespace) -> None:
    request = costing(world, "5000.00")
    [step] = open_steps(request)
    reject_step(step_id=step.pk, by=world.head, seen=seen(request), reason="Too much")


def test_who_may_not_decide_is_told_that_and_not_asked_for_a_password(world: SimpleNamespace) -> None:
    request = costing(world, "5000.00")
    with pytest.raises(NotAllowed) as refusal:
        approve_step(step_id=open_steps(request)[0].pk, by=world.nurse, seen=seen(request))
    assert refusal.value.code == "not_allowed"


def test_one_answer_holds_five_minutes() -> None:
    session: dict[str, str] = {}
    assert not step_up.fresh(session)
    with at(MOMENT):
        step_up.confirm(session)
        assert step_up.fresh(session)
    with at(MOMENT + timedelta(minutes=4, seconds=59)):
        assert step_up.fresh(session)
    with at(MOMENT + timedelta(minutes=5)):
        assert not step_up.fresh(session)
    with at(MOMENT - timedelta(seconds=1)):
        assert not step_up.fresh(session)


def test_a_token_cannot_and_a_session_that_confirmed_can(world: SimpleNamespace) -> None:
    request = costing(world, "5000.00")
    there = f"/api/v1/approvals/{open_steps(request)[0].ref}/approve"
    refused(caller(world.head).send("POST", there, {"seen": seen(request)}), 403, "confirm_first")
    browser = signed_in(world.head)
    assert _post(browser, there, seen(request)) == 403
    session = browser.session
    step_up.confirm(session)
    session.save()
    assert _post(browser, there, seen(request)) == 200
    assert Decision.objects.get().confirmed


def _post(browser: Client, there: str, shown: str) -> int:
    return browser.post(there, {"seen": shown}, content_type="application/json").status_code


def test_the_card_says_so_before(world: SimpleNamespace) -> None:
    costing(world, "5000.00")
    [card] = caller(world.head).get("approvals")["results"]
    assert card["password"] is True
    assert reverse("api:step-adjust", args=[card["ref"]]) == card["adjust"]
