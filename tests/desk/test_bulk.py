"""Copies of played cases: every row of each, and nothing that the consistency check would find."""

from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest

from approvals.content import content_hash
from approvals.decisions import reject_step
from approvals.models import Decision, StepApprover
from portal import clock
from portal.desk import consistency
from portal.desk.demo.bulk import TABLES, copy_requests
from requests_app import lifecycle
from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from requests_app.supplies import fulfilment
from tests.journeys import approved, draft, fresh, open_steps, seen, sent

pytestmark = pytest.mark.django_db
WEEK = timedelta(weeks=1)


@pytest.fixture
def played(world: SimpleNamespace) -> SimpleNamespace:
    """Cases of three weeks: arrived, cancelled, and waiting for a decision; and a draft. Three weeks have passed since."""
    monday = clock.now() + WEEK - timedelta(days=clock.now().weekday())
    monday = monday.replace(hour=10, minute=0)
    for week in range(3):
        with clock.at(monday + week * WEEK):
            arrived = approved(world, GLV_NIT_M=2, note='10 % off:\t"as agreed"\\n\nsecond line')
            lines = {line.pk: line.quantity for line in arrived.lines.all()}
            fulfilment.pick(request=arrived, line_ids=lines, by=world.storekeeper)
            fulfilment.send_on_the_way(request=fresh(arrived), line_ids=lines, by=world.storekeeper)
        with clock.at(monday + week * WEEK + timedelta(hours=2)):
            fulfilment.receive(request=fresh(arrived), quantities=lines, by=world.nurse)
            lifecycle.cancel(request=sent(world, NPW_KIT=1), by=world.nurse, reason="found some")
            refused = sent(world, NPW_KIT=1)
            reject_step(
                step_id=open_steps(refused)[0].pk, by=world.head, seen=seen(refused), reason="not now"
            )
    with clock.at(monday + 6 * WEEK):
        world.waits = sent(world, NPW_KIT=1, GLV_NIT_M=1)
        draft(world, GLV_NIT_M=1)
    world.moment = monday + 6 * WEEK + timedelta(minutes=20)
    return world


def count(model: type) -> int:
    return int(model._default_manager.count())  # type: ignore[attr-defined]


def test_copies_are_whole_consistent_and_lie_in_the_past(played: SimpleNamespace) -> None:
    assert not consistency.find()
    before = {model: count(model) for model in TABLES}
    with clock.at(played.moment):
        assert copy_requests(count=60, seed=3, say=str) == 60
    assert not consistency.find()
    for model, rows in before.items():
        if rows and model is not ServiceRequest:
            assert count(model) > rows, model
    copies = ServiceRequest.objects.order_by("pk")[before[ServiceRequest] :]
    assert len(copies) == 60
    states = Counter(copy.state for copy in copies)
    assert states[RequestState.CLOSED] > 10
    assert states[RequestState.CANCELLED] > 10
    assert 0 < states[RequestState.SUBMITTED] < 12  # about one of twenty is open
    assert len({copy.created_at.date() for copy in copies}) > 2  # over the weeks
    assert [copy.created_at for copy in copies] == sorted(copy.created_at for copy in copies)
    assert all(copy.updated_at < played.moment for copy in copies)
    assert {copy.note for copy in copies if copy.state == RequestState.CLOSED} == {
        '10 % off:\t"as agreed"\\n\nsecond line'
    }


def test_who_asks_after_the_copies_gets_a_number_and_keys_of_their_own(played: SimpleNamespace) -> None:
    with clock.at(played.moment):
        copy_requests(count=5, seed=3, say=str)
        after = sent(played, GLV_NIT_M=1)
    numbers = list(ServiceRequest.objects.exclude(number=None).values_list("number", flat=True))
    assert len(set(numbers)) == len(numbers)
    assert after.pk == max(ServiceRequest.objects.values_list("pk", flat=True))
    assert not consistency.find()


def test_a_second_run_with_the_same_seed_adds_others(played: SimpleNamespace) -> None:
    with clock.at(played.moment):
        copy_requests(count=5, seed=3, say=str)
        copy_requests(count=5, seed=3, say=str)
    assert not consistency.find()


def test_so_many_can_be_made_to_wait_for_one_person(played: SimpleNamespace) -> None:
    asked = StepApprover.objects.filter(user=played.head, open=True)
    before = asked.count()
    with clock.at(played.moment):
        copy_requests(count=7, seed=1, say=str, open_share=1, of=[played.waits.pk])
    assert asked.count() == before + 7


def test_where_nothing_was_played_nothing_is_copied(world: SimpleNamespace) -> None:
    assert copy_requests(count=5, seed=3, say=str) == 0
    assert not ServiceRequest.objects.exists()


def test_each_decision_is_bound_to_what_its_own_copy_shows(played: SimpleNamespace) -> None:
    with clock.at(played.moment):
        copy_requests(count=30, seed=3, say=str)
    hashes = list(Decision.objects.values_list("content_hash", flat=True))
    assert len(hashes) > 5
    assert len(set(hashes)) == len(hashes)  # the public id is a part of it
    for decision in Decision.objects.select_related("step__approval__request__department"):
        request = decision.step.approval.request
        assert decision.content_hash == content_hash(request, request.lines.all())
