"""Many agree at the same moment to the last of the money: as many as there is money for, and never one more."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from threading import Barrier
from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from approvals.budgets import ledger
from approvals.budgets.due import Sums
from approvals.decisions import approve_step, reject_step
from approvals.models import ApprovalPolicy, Budget, BudgetEntry, BudgetPeriod
from approvals.publishing import publish
from approvals.routing import Rule, StepRule
from portal.clock import now
from portal.errors import WrongState
from requests_app.models import ServiceRequest
from tests.approvals.budgets.money import a_budget, held, sums
from tests.journeys import draft, open_steps, seen, sent
from tests.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres, pytest.mark.timeout(600)]
MANY = 50
LAST = Decimal(1000)


@pytest.fixture
def requests(world: SimpleNamespace) -> list[ServiceRequest]:
    """Fifty that wait for one yes each, on a budget of a thousand that stops; equal, so that the winners can be counted."""
    category = ApprovalPolicy.objects.get(code="supply-purchases", status="published").category
    rule = Rule(code="race", why="For the race", steps=(StepRule(10, "head", "office"),))
    publish(category=category, code="race", name="Race", rules=(rule,), by=world.system)
    a_budget(world, str(LAST), check="stop")
    return [sent(world, SPO_SEN=1) for _ in range(MANY)]


def agree(world: SimpleNamespace, request: ServiceRequest) -> Callable[[], object]:
    [step], shown = open_steps(request), seen(request)
    return lambda: approve_step(step_id=step.pk, by=world.head, seen=shown)


def refuse(world: SimpleNamespace, request: ServiceRequest) -> Callable[[], object]:
    [step], shown = open_steps(request), seen(request)
    return lambda: reject_step(step_id=step.pk, by=world.head, seen=shown, reason="Not needed")


def test_fifty_approvals_of_the_last_thousand(world: SimpleNamespace, requests: list[ServiceRequest]) -> None:
    each = requests[0].amount
    most = int(LAST // each)
    assert {one.amount for one in requests} == {each} and 5 < most < MANY
    results = race([agree(world, one) for one in requests])
    refused = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, WrongState) and one.code == "over_budget" for one in refused), refused
    assert len(refused) == MANY - most
    period = BudgetPeriod.objects.get()
    assert sums(period) == Sums(reserved=each * (MANY - most), committed=each * most)
    assert Decimal(0) <= LAST - period.committed < each
    agreed = ServiceRequest.objects.filter(state="approved")
    assert agreed.count() == most
    assert all(held(one) == Sums(committed=each) for one in agreed)
    assert all(Decimal(one.fields["left"]) < each for one in refused)


def test_others_say_no_at_the_same_moment(world: SimpleNamespace, requests: list[ServiceRequest]) -> None:
    """What is left is to the penny what the entries add up to."""
    race([(agree if number % 3 else refuse)(world, one) for number, one in enumerate(requests)])
    period = BudgetPeriod.objects.get()
    assert sums(period) == sum((held(one) for one in requests), Sums())
    assert 0 < period.committed <= LAST


# What would happen without the lock, and without the constraint below it.


@pytest.fixture
def unchecked(transactional_db: None) -> Iterator[None]:
    """The constraint is gone."""
    table, name = BudgetPeriod._meta.db_table, ledger.STOPS
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        [kept] = cursor.fetchone()
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    BudgetPeriod.objects.update(stops=False)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {kept}")


def look_first_then_write(world: SimpleNamespace, budget: Budget, request: ServiceRequest) -> list[object]:
    """Ten who each read what is left, find that it is enough for theirs, and then write."""
    period = BudgetPeriod.objects.create(budget=budget, starts=now().date(), amount=LAST, stops=True)
    everybody_looked = Barrier(10, timeout=30)

    def spend() -> None:
        with transaction.atomic():
            has = BudgetPeriod.objects.select_related("budget").get(pk=period.pk)
            assert has.committed + Decimal(400) <= has.amount
            everybody_looked.wait()
            ledger.add(
                [
                    BudgetEntry(
                        period=has,
                        request=request,
                        kind="commit",
                        committed=Decimal(400),
                        at=now(),
                        by=world.head,
                    )
                ]
            )

    return race([spend] * 10)


def test_without_lock_and_constraint_it_is_overspent(world: SimpleNamespace, unchecked: None) -> None:
    results = look_first_then_write(world, a_budget(world, str(LAST), check="stop"), draft(world, NPW_KIT=1))
    assert results == [None] * 10
    assert BudgetPeriod.objects.get().committed == Decimal(4000)


def test_without_the_lock_the_constraint_holds(world: SimpleNamespace) -> None:
    results = look_first_then_write(world, a_budget(world, str(LAST), check="stop"), draft(world, NPW_KIT=1))
    refused = [one for one in results if isinstance(one, WrongState)]
    assert len(refused) == 8 and {one.code for one in refused} == {"over_budget"}
    assert BudgetPeriod.objects.get().committed == Decimal(800)
