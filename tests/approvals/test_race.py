"""Many people, one step, the same moment: one decision."""

from types import SimpleNamespace

import pytest
from django.db import connection

from approvals.decisions import approve_step, reject_step
from approvals.models import ApprovalStep, Decision, StepApprover
from integrations.models import OutboxMessage
from portal.accounts import scopes
from portal.accounts.models import User
from portal.audit.models import Event
from portal.errors import AlreadyDecided, WrongState
from requests_app import lifecycle
from requests_app.states import RequestState
from tests.journeys import approve, fresh, link, open_steps, seen, sent
from tests.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
MANY = 60


def heads(world: SimpleNamespace, count: int) -> list[User]:
    people = []
    for number in range(count):
        person = User.objects.create_user(f"head{number}", first_name="Head", last_name=f"Number {number}")
        scopes.grant(user=person, role="procurement", place=world.hospital, by=scopes.system_user())
        people.append(person)
    return people


def last_step(world: SimpleNamespace) -> tuple[object, ApprovalStep, str]:
    """A bought line, approved by the head, that waits for procurement: the deciding step."""
    link(world)
    request = sent(world, NPW_KIT=1)
    approve(request, world.head)
    return request, open_steps(request)[0], seen(request)


def test_sixty_approvers_make_one_decision(world: SimpleNamespace) -> None:
    people = heads(world, MANY)
    request, step, shown = last_step(world)
    results = race([lambda p=person: approve_step(step_id=step.pk, by=p, seen=shown) for person in people])
    refused = [result for result in results if isinstance(result, Exception)]
    assert len(refused) == MANY - 1
    winner = Decision.objects.get(step=step).actor.get_full_name()
    assert all(
        isinstance(r, AlreadyDecided) and r.fields["winner"] == winner and winner in r.message
        for r in refused
    )
    assert (
        Event.objects.filter(
            case=request.public_id, action="step.approved", subject=f"step:{step.pk}"
        ).count()
        == 1
    )
    assert Event.objects.filter(case=request.public_id, action="request.approved").count() == 1
    assert OutboxMessage.objects.filter(request=request).count() == 1
    assert not StepApprover.objects.filter(step=step, open=True).exists()


def test_approve_and_reject_at_once_are_exclusive(world: SimpleNamespace) -> None:
    people = heads(world, 10)
    for _ in range(3):
        request, step, shown = last_step(world)
        race(
            [
                (lambda p=p: approve_step(step_id=step.pk, by=p, seen=shown))
                if number % 2
                else (lambda p=p: reject_step(step_id=step.pk, by=p, seen=shown, reason="no"))
                for number, p in enumerate(people)
            ]
        )
        outcome = Decision.objects.get(step=step).outcome
        assert (
            fresh(request).state
            == {"approved": RequestState.APPROVED, "rejected": RequestState.REJECTED}[outcome]
        )


def test_cancel_or_approve_one_wins(world: SimpleNamespace) -> None:
    for _ in range(5):
        request, step, shown = last_step(world)
        approval, cancelling = race(
            [
                lambda: approve_step(step_id=step.pk, by=world.procurement, seen=shown),
                lambda: lifecycle.cancel(request=request, by=world.nurse, reason="found some"),
            ]
        )
        assert isinstance(approval, WrongState) != isinstance(cancelling, WrongState)
        assert fresh(request).state == (
            RequestState.CANCELLED if isinstance(approval, WrongState) else RequestState.APPROVED
        )


def test_sending_a_draft_many_times_at_once_makes_one_request(world: SimpleNamespace) -> None:
    from requests_app.supplies.quoting import quote
    from tests.journeys import draft

    request = draft(world, NPW_KIT=1)
    shown = quote(request).fingerprint
    results = race([lambda: lifecycle.submit(public_id=request.public_id, by=world.nurse, seen=shown)] * 20)
    assert not [result for result in results if isinstance(result, Exception)]
    assert len({result.number for result in results}) == 1
    assert Event.objects.filter(case=request.public_id, action="request.submitted").count() == 1
    assert request.approvals.count() == 1


def test_the_control_without_a_lock_decides_more_than_once(world: SimpleNamespace) -> None:
    """Read, check, save without the lock: what the tests above would see if the lock were missing."""
    import threading

    request, step, _shown = last_step(world)
    both_read = threading.Barrier(8, timeout=30)

    def naive(person: User) -> None:
        row = ApprovalStep.objects.get(pk=step.pk)
        both_read.wait()
        if row.state == ApprovalStep.State.OPEN:
            Decision.objects.create(
                step=row,
                round=1,
                actor=person,
                authority=person,
                outcome="approved",
                content_hash="-",
                decided_at=row.opened_at,
            )

    people = heads(world, 8)
    race([lambda p=person: naive(p) for person in people])
    assert connection.vendor == "postgresql"
    assert Decision.objects.filter(step=step).count() > 1
