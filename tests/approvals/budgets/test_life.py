"""What a request holds of a budget on its way: asked for, agreed, ordered, given back."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from approvals import adjusting, decisions, undoing
from approvals.budgets.due import Sums
from approvals.models import Budget, BudgetEntry
from integrations.models import OutboxMessage
from requests_app import lifecycle
from requests_app.states import RequestState
from requests_app.supplies import fulfilment
from tests import journeys
from tests.approvals.budgets.money import a_budget, held, sums_of

pytestmark = pytest.mark.django_db
# The vacuum dressing costs 210.00 and comes from a supplier; gloves cost 4.20 and stand in the store.


def D(amount: str) -> Decimal:
    return Decimal(amount)


@pytest.fixture
def budget(world: SimpleNamespace) -> Budget:
    return a_budget(world, "9000")


def test_sent_it_is_reserved_with_its_carriage(world: SimpleNamespace, budget: Budget) -> None:
    request = journeys.sent(world, NPW_KIT=2)
    assert request.carriage and request.amount == D("420.00") + request.carriage
    assert held(request) == sums_of(budget) == Sums(reserved=request.amount)
    [entry] = BudgetEntry.objects.all()
    assert (entry.kind, entry.by) == ("reserve", world.nurse)


def test_agreed_it_is_committed_and_reserved_no_more(world: SimpleNamespace, budget: Budget) -> None:
    request = journeys.approved(world, NPW_KIT=2)
    assert request.state == RequestState.APPROVED
    assert held(request) == sums_of(budget) == Sums(committed=request.amount)
    assert list(BudgetEntry.objects.values_list("kind", flat=True)) == ["reserve", "commit"]


def test_decided_by_policy_it_is_committed_at_once_in_one_entry(
    world: SimpleNamespace, budget: Budget
) -> None:
    request = journeys.sent(world, GLV_NIT_M=2)
    assert request.state == RequestState.APPROVED
    assert held(request) == Sums(committed=D("8.40"))
    assert BudgetEntry.objects.count() == 1


def test_rejected_returned_withdrawn_and_cancelled_give_it_back(
    world: SimpleNamespace, budget: Budget
) -> None:
    def decided(verb, **more):
        request = journeys.sent(world, NPW_KIT=1)
        [step] = journeys.open_steps(request)
        verb(step_id=step.pk, by=world.head, seen=journeys.seen(request), **more)

    decided(decisions.reject_step, reason="Not needed")
    decided(decisions.return_step, reason="What for?")
    lifecycle.withdraw(request=journeys.sent(world, NPW_KIT=1), by=world.nurse)
    lifecycle.cancel(request=journeys.sent(world, NPW_KIT=1), by=world.nurse, reason="Solved it")
    assert sums_of(budget) == Sums()
    assert BudgetEntry.objects.filter(kind="release").count() == 4


def test_sent_again_it_counts_once(world: SimpleNamespace, budget: Budget) -> None:
    request = journeys.sent(world, NPW_KIT=1)
    lifecycle.withdraw(request=request, by=world.nurse)
    again = journeys.fresh(journeys.send(request))
    assert held(again) == sums_of(budget) == Sums(reserved=again.amount)


def test_made_less_while_deciding(world: SimpleNamespace, budget: Budget) -> None:
    request = journeys.sent(world, NPW_KIT=2)
    [step] = journeys.open_steps(request)
    line = request.lines.get()
    adjusting.adjust_and_approve(
        step_id=step.pk,
        by=world.head,
        seen=journeys.seen(request),
        quantities={line.public_id: 1},
        reason="enough",
    )
    request = journeys.fresh(request)
    assert sums_of(budget) == Sums(reserved=request.amount) and request.amount < D("420")


def test_a_decision_taken_back_is_no_longer_promised(world: SimpleNamespace, budget: Budget) -> None:
    request = journeys.approved(world, NPW_KIT=1)
    last = request.approvals.get().steps.order_by("-sequence").first()
    by = last.decisions.get().actor
    undoing.undo(step_id=last.pk, by=by)
    assert journeys.fresh(request).state == RequestState.SUBMITTED
    assert sums_of(budget) == Sums(reserved=request.amount)


def test_a_no_taken_back_is_asked_for_again(world: SimpleNamespace, budget: Budget) -> None:
    request = journeys.sent(world, NPW_KIT=1)
    [step] = journeys.open_steps(request)
    decisions.reject_step(step_id=step.pk, by=world.head, seen=journeys.seen(request), reason="No")
    undoing.undo(step_id=step.pk, by=world.head)
    assert sums_of(budget) == Sums(reserved=request.amount)


def test_ordered_from_two_suppliers_it_counts_once(world: SimpleNamespace, budget: Budget) -> None:
    journeys.link(world)
    request = journeys.approved(world, NPW_KIT=1, DIS_SCO=1)
    assert OutboxMessage.objects.filter(request=request).count() == 2
    whole = held(request)
    for line in request.lines.order_by("pk"):
        fulfilment.ordered(
            request=request, line_ids=[line.pk], by=world.system, order_name=f"P{line.pk}", placed=False
        )
    assert held(request) == Sums(ordered=whole.committed)
    assert whole.committed == request.amount
    kinds = list(BudgetEntry.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["reserve", "commit", "convert", "convert"]


def test_an_order_that_was_cancelled_gives_its_money_back(world: SimpleNamespace, budget: Budget) -> None:
    journeys.link(world)
    request = journeys.approved(world, NPW_KIT=1, GLV_NIT_M=2)
    line = request.lines.get(code="NPW-KIT")
    fulfilment.ordered(request=request, line_ids=[line.pk], by=world.system, order_name="P1", placed=True)
    assert held(request).ordered == request.amount - D("8.40")
    fulfilment.order_cancelled(request=request, line_ids=[line.pk], by=world.system, order_name="P1")
    assert held(request) == Sums(committed=D("8.40"))


def test_what_arrived_is_what_counts_in_the_end(world: SimpleNamespace, budget: Budget) -> None:
    request = journeys.sent(world, GLV_NIT_M=5)
    [line] = request.lines.all()
    fulfilment.pick(request=request, line_ids=[line.pk], by=world.storekeeper, quantities={line.pk: 3})
    fulfilment.send_on_the_way(request=request, line_ids=[line.pk], by=world.storekeeper)
    fulfilment.strike(request=request, line_id=line.pk, reason="None left", by=world.store_lead)
    assert held(journeys.fresh(request)) == Sums(committed=D("12.60"))
    fulfilment.receive(request=journeys.fresh(request), quantities={line.pk: 3}, by=world.colleague)
    assert journeys.fresh(request).state == RequestState.CLOSED
    assert held(request) == sums_of(budget) == Sums(ordered=D("12.60"))


def test_what_has_no_budget_has_no_entry(world: SimpleNamespace) -> None:
    request = journeys.approved(world, NPW_KIT=1)
    assert held(request) == Sums() and not BudgetEntry.objects.exists()


def test_each_line_goes_to_its_own_group_and_the_group_wide_budget_pays_where_no_other_does(
    world: SimpleNamespace,
) -> None:
    consumables = a_budget(world, "900")
    office = a_budget(world, "900", "office", period="quarter")
    capital = a_budget(world, "1200000", "capital", period="year", check="stop", cost_centre="")
    a_budget(world, "5", "consumables", cost_centre="")  # not asked: the ward has its own
    journeys.sent(world, GLV_NIT_M=10, TON_BLK=1, PMP_SYR=1)
    assert sums_of(consumables).total == D("42.00")
    assert sums_of(office).total >= D("86.00")
    assert sums_of(capital).total == D("1850.00")


def test_the_entries_cannot_be_changed(world: SimpleNamespace, budget: Budget) -> None:
    from django.db import DatabaseError, transaction

    journeys.sent(world, NPW_KIT=1)
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        BudgetEntry.objects.update(reserved=0)
