"""A budget that stops: it can be asked for, and nothing is agreed to beyond it; one that advises stops nothing."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from approvals.budgets import keeping, ledger
from approvals.budgets.due import Sums
from approvals.models import BudgetEntry, BudgetPeriod, Decision
from portal.clock import now
from portal.errors import WrongState
from requests_app import lifecycle
from requests_app.models import CaseException, ServiceRequest
from requests_app.states import RequestState
from tests import glass, journeys, personas
from tests.approvals.budgets.money import a_budget, held, sums_of

pytestmark = pytest.mark.django_db


def opened(request: ServiceRequest) -> list[CaseException]:
    return list(request.exceptions.filter(kind="over_budget", closed_at=None))


def up_to_the_last(request: ServiceRequest) -> tuple:
    """Everybody but the last agreed: the last step and who decides it."""
    while True:
        steps = journeys.open_steps(request)
        waiting = request.approvals.get().steps.filter(state__in=["open", "waiting"]).count()
        if waiting == 1:
            return steps[0], steps[0].approvers.first().user
        journeys.approve(request, steps[0].approvers.first().user, steps[0].asked_role)


def test_it_can_be_asked_for_and_the_last_yes_is_refused(world: SimpleNamespace) -> None:
    budget = a_budget(world, "1000", "capital", check="stop", period="year", cost_centre="")
    request = journeys.sent(world, PMP_SYR=1)
    assert request.state == RequestState.SUBMITTED and held(request).reserved == request.amount
    [exception] = opened(request)
    assert exception.owner_role == "head"
    step, decider = up_to_the_last(request)
    with pytest.raises(WrongState) as refused:
        journeys.approve(request, decider)
    assert refused.value.code == "over_budget"
    assert refused.value.fields["left"] == "1000.00" and refused.value.fields["currency"] == "GBP"
    assert "£1,000.00" in refused.value.message
    assert journeys.fresh(request).state == RequestState.SUBMITTED
    assert not Decision.objects.filter(step=step).exists()
    assert sums_of(budget) == Sums(reserved=request.amount)


def test_once_there_is_money_it_is_agreed_to_and_nobody_needs_to_look(world: SimpleNamespace) -> None:
    budget = a_budget(world, "1000", "capital", check="stop", period="year", cost_centre="")
    request = journeys.sent(world, PMP_SYR=1)
    _step, decider = up_to_the_last(request)
    keeping.keep(
        cost_centre="",
        spend_group="capital",
        period="year",
        amount=Decimal("2000"),
        check="stop",
        by=world.finance,
    )
    journeys.approve(request, decider)
    assert journeys.fresh(request).state == RequestState.APPROVED
    assert sums_of(budget).committed == request.amount
    assert not opened(request)


def test_given_up_nobody_needs_to_look(world: SimpleNamespace) -> None:
    a_budget(world, "1000", "capital", check="stop", period="year", cost_centre="")
    request = journeys.sent(world, PMP_SYR=1)
    lifecycle.cancel(request=request, by=world.nurse, reason="No longer needed")
    assert not opened(request)


def test_the_database_refuses_it_too(world: SimpleNamespace) -> None:
    budget = a_budget(world, "100", check="stop")
    period = BudgetPeriod.objects.create(budget=budget, starts=now().date(), amount=100, stops=True)
    request = journeys.draft(world, NPW_KIT=1)
    more = {"period": period, "request": request, "kind": "commit", "at": now(), "by": world.nurse}
    BudgetEntry.objects.create(**more, committed=Decimal("33.10"))
    BudgetEntry.objects.create(**more, committed=Decimal("66.90"))
    with pytest.raises(IntegrityError, match="budget_period_stops"), transaction.atomic():
        BudgetEntry.objects.create(**more, ordered=Decimal("0.01"))
    with pytest.raises(WrongState, match=r"£0\.00 left"):
        ledger.add([BudgetEntry(**more, committed=Decimal("0.01"))])
    with pytest.raises(IntegrityError, match="not_negative"), transaction.atomic():
        BudgetEntry.objects.create(**more, committed=Decimal("-100.01"))


def test_to_the_last_penny(world: SimpleNamespace) -> None:
    request = journeys.draft(world, NPW_KIT=1)
    amount = journeys.fresh(journeys.send(request)).amount
    lifecycle.withdraw(request=journeys.fresh(request), by=world.nurse)
    budget = a_budget(world, str(amount), check="stop")
    sent = journeys.fresh(journeys.send(request))
    while steps := journeys.open_steps(sent):
        journeys.approve(sent, steps[0].approvers.first().user, steps[0].asked_role)
    assert sums_of(budget) == Sums(committed=amount)


def test_no_rule_agrees_alone_to_what_a_budget_stops(world: SimpleNamespace) -> None:
    a_budget(world, "5", check="stop")
    request = journeys.sent(world, GLV_NIT_M=2)
    assert request.state == RequestState.SUBMITTED
    assert request.exceptions.filter(kind="needs_routing", closed_at=None).exists()


def test_advice_asks_finance_as_well_and_stops_nothing(world: SimpleNamespace) -> None:
    budget = a_budget(world, "100")
    request = journeys.sent(world, NPW_KIT=1)
    approval = request.approvals.get()
    assert approval.case["budget"] == "over" and "budget-over" in approval.rules
    assert "finance" in {step.role for step in approval.steps.all()}
    assert not opened(request)
    while steps := journeys.open_steps(request):
        journeys.approve(request, steps[0].approvers.first().user, steps[0].asked_role)
    assert journeys.fresh(request).state == RequestState.APPROVED
    assert sums_of(budget).committed == request.amount > budget.amount


def test_within_it_nobody_more_is_asked(world: SimpleNamespace) -> None:
    a_budget(world, "9000")
    approval = journeys.sent(world, NPW_KIT=1).approvals.get()
    assert approval.case["budget"] == "within"
    assert "finance" not in {step.role for step in approval.steps.all()}


def test_what_others_asked_for_counts(world: SimpleNamespace) -> None:
    a_budget(world, "300")
    first, second = journeys.sent(world, NPW_KIT=1), journeys.sent(world, NPW_KIT=1)
    assert [one.approvals.get().case["budget"] for one in (first, second)] == ["within", "over"]


def test_over_budget_the_store_still_gives_it_at_once(world: SimpleNamespace) -> None:
    budget = a_budget(world, "5")
    request = journeys.sent(world, GLV_NIT_M=2)
    assert request.state == RequestState.APPROVED
    assert sums_of(budget) == Sums(committed=Decimal("8.40"))


def test_break_glass_does_not_wait_for_money_and_promises_none(world: SimpleNamespace) -> None:
    budget = a_budget(world, "100", check="stop")
    request = journeys.sent(world, NPW_KIT=1)
    glass.smash(request, glass.on_duty(world))
    assert journeys.fresh(request).state == RequestState.APPROVED
    assert sums_of(budget) == Sums(reserved=request.amount)


def test_the_approver_reads_why_on_the_card(world: SimpleNamespace) -> None:
    a_budget(world, "100", check="stop")
    request = journeys.sent(world, NPW_KIT=1)
    step, decider = up_to_the_last(request)
    answer = personas.signed_in(decider).post(
        reverse("approvals:step-approve", args=[step.ref]), {"seen": journeys.seen(request)}
    )
    assert answer.status_code == 409
    assert "£100.00 left" in answer.content.decode()


def test_the_api_says_what_is_left(world: SimpleNamespace) -> None:
    a_budget(world, "100", check="stop")
    request = journeys.sent(world, NPW_KIT=1)
    step, decider = up_to_the_last(request)
    answer = personas.signed_in(decider).post(
        f"/api/v1/approvals/{step.ref}/approve",
        {"seen": journeys.seen(request)},
        content_type="application/json",
    )
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["left"]) == (409, "over_budget", "100.00")
