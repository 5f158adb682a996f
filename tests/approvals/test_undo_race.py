"""Taking a decision back against whoever is quicker: exactly one of the two happens."""

import os
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest

from approvals.models import ApprovalStep, Decision
from approvals.undoing import undo
from integrations import dispatch
from integrations.models import OutboxMessage
from portal.clock import now
from portal.desk.consistency import find
from portal.errors import DomainError, WrongState
from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from requests_app.supplies import fulfilment
from tests.journeys import approve, fresh, link, open_steps, seen, sent
from tests.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres, pytest.mark.timeout(240)]
ROUNDS = 100 if os.environ.get("TEST_DEEP") else 20
SEVERAL = ROUNDS // 4


def decided(world: SimpleNamespace, **lines: int) -> tuple[ServiceRequest, int]:
    request = sent(world, **(lines or {"NPW_KIT": 1}))
    approve(request, world.head)
    return request, approve(request, world.procurement).pk


def state(request: ServiceRequest) -> str:
    return str(fresh(request).state)


def agrees() -> None:
    found = find()
    assert not found, "\n".join(f"{one.code} {one.subject}: {one.sentence}" for one in found)


def test_undo_or_the_dispatcher(world: SimpleNamespace) -> None:
    """A dispatcher whose clock is ahead takes the message at the very moment: it is sent and stands, or void and taken back."""
    link(world)
    ends: Counter[str] = Counter()
    for _round in range(ROUNDS):
        request, step = decided(world)
        OutboxMessage.objects.filter(request=request).update(next_attempt_at=now() - timedelta(seconds=1))
        back, claimed = race([lambda s=step: undo(step_id=s, by=world.procurement), dispatch.claim])
        message = OutboxMessage.objects.get(request=request)
        if isinstance(back, WrongState):
            assert (message.state, state(request)) == ("claimed", RequestState.APPROVED)
            assert claimed.pk == message.pk
            OutboxMessage.objects.filter(pk=message.pk).update(next_attempt_at=now() + timedelta(days=1))
        else:
            assert not isinstance(back, Exception), back
            assert (message.state, state(request)) == ("void", RequestState.SUBMITTED)
            assert claimed is None
        taken_back = Decision.objects.filter(step=step, outcome="withdrawn").count()
        assert taken_back == (message.state == "void")
        ends[message.state] += 1
    assert sum(ends.values()) == ROUNDS
    agrees()


def test_undo_or_the_next_decider(world: SimpleNamespace) -> None:
    link(world)
    for _round in range(SEVERAL):
        request = sent(world, NPW_KIT=1)
        first = approve(request, world.head).pk
        [second] = open_steps(request)
        from approvals.decisions import approve_step

        back, said = race(
            [
                lambda: undo(step_id=first, by=world.head),
                lambda: approve_step(step_id=second.pk, by=world.procurement, seen=seen(request)),
            ]
        )
        refused = [one for one in (back, said) if isinstance(one, DomainError)]
        assert len(refused) == 1, (back, said)
        assert state(request) == (RequestState.APPROVED if refused[0] is back else RequestState.SUBMITTED)
        waiting = ApprovalStep.objects.get(pk=second.pk).state
        assert waiting == ("approved" if refused[0] is back else "waiting")
    agrees()


def test_undo_ten_times_at_once_is_one_undo(world: SimpleNamespace) -> None:
    link(world)
    request, step = decided(world)
    results = race([lambda: undo(step_id=step, by=world.procurement)] * 10)
    assert not [one for one in results if isinstance(one, Exception)], results
    assert Decision.objects.filter(step=step, outcome="withdrawn").count() == 1
    assert (fresh(ApprovalStep.objects.get(pk=step)).round, state(request)) == (2, RequestState.SUBMITTED)
    agrees()


def test_undo_or_the_storekeeper(world: SimpleNamespace) -> None:
    link(world)
    for _round in range(SEVERAL):
        request, step = decided(world, NPW_KIT=1, GLV_NIT_M=2)
        line = request.lines.get(code="GLV-NIT-M").pk
        back, picked = race(
            [
                lambda: undo(step_id=step, by=world.procurement),
                lambda: fulfilment.pick(request=fresh(request), line_ids=[line], by=world.storekeeper),
            ]
        )
        refused = [one for one in (back, picked) if isinstance(one, DomainError)]
        assert len(refused) == 1, (back, picked)
        assert state(request) == (
            RequestState.IN_FULFILMENT if refused[0] is back else RequestState.SUBMITTED
        )
    agrees()
