"""Two sweeps that see the same split at the same moment; a decision that is taken while it is routed up."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from approvals.decisions import approve_step
from approvals.models import ApprovalStep, SplitSuspicion
from approvals.watching import looking
from portal.clock import now
from portal.desk.consistency import find
from requests_app.models import CaseException, ServiceRequest
from requests_app.states import RequestState
from tests.journeys import fresh, open_steps, seen, sent
from tests.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres, pytest.mark.timeout(240)]
ROUNDS = 5


def halves(world: SimpleNamespace) -> list[ServiceRequest]:
    return [sent(world, by, note="For the new room", SPO_SEN=6) for by in (world.nurse, world.colleague)]


def test_two_sweeps_write_it_down_once(world: SimpleNamespace) -> None:
    halves(world)
    found = race([looking.look_lately, looking.look_lately, looking.look_at_all])
    assert sorted(found) == [0, 0, 1], found
    assert SplitSuspicion.objects.count() == 1
    assert CaseException.objects.filter(kind="split_suspected").count() == 2
    assert ApprovalStep.objects.filter(role="finance").count() == 2
    assert not find()


def test_a_decision_and_the_sweep(world: SimpleNamespace) -> None:
    """Whoever is first: agreed before it was seen, or one more step; never a step that nobody is asked for."""
    ends: set[str] = set()
    for _round in range(ROUNDS):
        one, other = halves(world)
        step, hash_seen = open_steps(one)[0], seen(one)

        def decide(step_id: int = step.pk, hash_seen: str = hash_seen) -> None:
            approve_step(step_id=step_id, by=world.head, seen=hash_seen, confirmed=True)

        outcome = race([decide, looking.look_lately])
        assert outcome[0] is None, outcome
        states = {fresh(one).state for one in (one, other)}
        asked = {row.role for row in open_steps(one)}
        if fresh(one).state == RequestState.APPROVED:
            assert not asked
        else:
            assert asked == {"finance"}
        ends |= states
        assert looking.look_at_all() == 0
        assert not wrong()
        settle()
    assert RequestState.SUBMITTED in ends


def settle() -> None:
    """The next round begins with a ward that asked for nothing lately."""
    ServiceRequest.objects.update(submitted_at=now() - timedelta(days=400))


def wrong() -> list[str]:
    """What does not agree, but for the days that `settle` takes back."""
    return [one.sentence for one in find() if one.code != "request.stamps"]
