"""A decision is taken back within ten seconds: as if it had not been taken, with all of it on record."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from approvals import decisions, undoing
from approvals.models import Approval, ApprovalStep, Decision, StepApprover
from integrations.models import OutboxMessage
from portal import clock
from portal.accounts.models import User
from portal.audit.models import Event
from portal.desk.consistency import find
from portal.errors import NotAllowed, WrongState
from portal.notify.models import Notice
from requests_app import costs, lifecycle, work
from requests_app.models import ServiceRequest
from requests_app.states import LineState, RequestState
from requests_app.supplies import fulfilment
from sla.models import Clock
from tests import configuring, personas, repairs
from tests.integrations.steps import line_states
from tests.journeys import approve, approved, fresh, link, open_steps, seen, send, sent

pytestmark = pytest.mark.django_db
Said = Decision.Outcome


@pytest.fixture(autouse=True)
def _agrees(request: pytest.FixtureRequest, world: SimpleNamespace) -> Any:
    yield
    found = find()
    assert not found, "\n".join(f"{one.code} {one.subject}: {one.sentence}" for one in found)


def last_step(world: SimpleNamespace, **lines: int) -> tuple[ServiceRequest, ApprovalStep]:
    """A request whose last decision waits for procurement."""
    link(world)
    request = sent(world, **(lines or {"NPW_KIT": 1}))
    approve(request, world.head)
    return request, open_steps(request)[0]


def inbox(step: ApprovalStep) -> set[int]:
    return set(StepApprover.objects.filter(step=step, open=True).values_list("user", flat=True))


def clocks(request: ServiceRequest, state: str = "running") -> list[tuple[str, str]]:
    return list(
        Clock.objects.filter(request=request, state=state).order_by("pk").values_list("kind", "about")
    )


def kinds(request: ServiceRequest) -> list[str]:
    return sorted(Notice.objects.filter(case=request.public_id).values_list("kind", flat=True))


def test_the_last_agreement_is_taken_back_and_given_again(world: SimpleNamespace) -> None:
    request, step = last_step(world, NPW_KIT=1, GLV_NIT_M=2)
    asked, told, due = inbox(step), kinds(request), fresh(request).due_at
    first = approve(request, world.procurement)
    assert fresh(request).state == RequestState.APPROVED
    assert "request_approved" in kinds(request)

    undoing.undo(step_id=first.pk, by=world.procurement)

    request, step = fresh(request), fresh(step)
    assert (request.state, request.released_at, request.due_at) == (RequestState.SUBMITTED, None, due)
    assert world.procurement.get_full_name() in request.held_by
    assert (step.state, step.round, step.closed_at) == (ApprovalStep.State.OPEN, 2, None)
    assert step.approval.status == Approval.Status.OPEN
    assert inbox(step) == asked
    assert set(line_states(request).values()) == {LineState.ASKED}
    assert not request.lines.exclude(approved_quantity=None)
    assert clocks(request) == [("approval", f"step:{step.pk}")]
    assert kinds(request) == told, "the ward does not go on reading that it is agreed"
    assert list(OutboxMessage.objects.values_list("state", flat=True)) == ["void"]
    taken, back = Decision.objects.filter(step=step).order_by("pk")
    assert (taken.outcome, back.outcome, back.withdraws) == (Said.APPROVED, Said.WITHDRAWN, taken)
    assert Event.objects.filter(case=request.public_id, action="step.withdrawn").count() == 1

    approve(request, world.procurement)
    assert fresh(request).state == RequestState.APPROVED
    assert list(OutboxMessage.objects.order_by("pk").values_list("state", flat=True)) == ["void", "pending"]
    assert kinds(request).count("request_approved") == 1


def test_the_first_of_two_steps_is_taken_back(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=1)
    first = approve(request, world.head)
    second = open_steps(request)[0]
    undoing.undo(step_id=first.pk, by=world.head)

    second = fresh(second)
    assert (second.state, second.opened_at, inbox(second)) == (ApprovalStep.State.WAITING, None, set())
    assert [step.pk for step in open_steps(request)] == [first.pk]
    assert clocks(request) == [("approval", f"step:{first.pk}")]
    assert not Notice.objects.filter(user=world.procurement, kind="step_waiting")
    assert fresh(request).state == RequestState.SUBMITTED

    approve(request, world.head)
    assert Notice.objects.filter(user=world.procurement, kind="step_waiting", read_at=None).count() == 1
    approve(request, world.procurement)
    assert fresh(request).state == RequestState.APPROVED


def test_a_no_is_taken_back(world: SimpleNamespace) -> None:
    request, step = last_step(world, NPW_KIT=1, GLV_NIT_M=2)
    decisions.reject_step(step_id=step.pk, by=world.procurement, seen=seen(request), reason="no")
    undoing.undo(step_id=step.pk, by=world.procurement)

    request = fresh(request)
    assert (request.state, request.closed_at) == (RequestState.SUBMITTED, None)
    assert set(line_states(request).values()) == {LineState.ASKED}
    assert "request_rejected" not in kinds(request)
    approve(request, world.procurement)
    assert fresh(request).state == RequestState.APPROVED


def test_a_no_that_ended_other_steps_is_taken_back(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=1)
    first = open_steps(request)[0]
    later = ApprovalStep.objects.get(approval__request=request, state=ApprovalStep.State.WAITING)
    decisions.reject_step(step_id=first.pk, by=world.head, seen=seen(request), reason="no")
    assert fresh(later).state == ApprovalStep.State.WITHDRAWN
    undoing.undo(step_id=first.pk, by=world.head)
    assert (fresh(first).state, fresh(later).state) == (ApprovalStep.State.OPEN, ApprovalStep.State.WAITING)


def test_what_was_sent_back_is_taken_back_unless_its_writer_began_to_change_it(
    world: SimpleNamespace,
) -> None:
    request, step = last_step(world)
    decisions.return_step(step_id=step.pk, by=world.procurement, seen=seen(request), reason="how many?")
    undoing.undo(step_id=step.pk, by=world.procurement)
    assert fresh(request).state == RequestState.SUBMITTED
    assert "request_returned" not in kinds(request)

    decisions.return_step(step_id=step.pk, by=world.procurement, seen=seen(request), reason="how many?")
    request = fresh(request)
    from requests_app.supplies import drafting

    drafting.save_draft(
        by=world.nurse,
        client_key=request.client_key,
        department=world.ward,
        quantities={"NPW-KIT": 2},
        run_out=request.run_out,
        note="two bays",
    )
    with pytest.raises(WrongState, match="went on with it"):
        undoing.undo(step_id=step.pk, by=world.procurement)
    send(fresh(request))
    with pytest.raises(WrongState, match="went on with it"):
        undoing.undo(step_id=step.pk, by=world.procurement)


def test_one_of_two_agreements_is_taken_back(world: SimpleNamespace) -> None:
    """With the second of them the first falls too: whoever gave it is told that they are asked once more."""
    request = sent(world, MON_PAT=21, note="a new bay")
    while (step := open_steps(request)[0]).needed == 1:
        agree(request, step)
    people = [one.user for one in step.approvers.order_by("pk")]
    agree(request, step, people[0])
    undoing.undo(step_id=step.pk, by=people[0])
    step = fresh(step)
    assert (step.state, step.round, len(inbox(step))) == (ApprovalStep.State.OPEN, 2, len(people))
    agree(request, step, people[1])
    agree(request, step, people[0])
    assert fresh(request).state == RequestState.APPROVED
    undoing.undo(step_id=step.pk, by=people[0])
    step = fresh(step)
    assert (step.state, step.round, len(inbox(step))) == (ApprovalStep.State.OPEN, 3, len(people))
    assert Notice.objects.filter(user=people[1], kind="step_waiting", read_at=None).count() == 1
    agree(request, step, people[0])
    assert fresh(request).state == RequestState.SUBMITTED
    agree(request, step, people[1])
    assert fresh(request).state == RequestState.APPROVED


def agree(request: ServiceRequest, step: ApprovalStep, by: User | None = None) -> None:
    by = by or step.approvers.filter(open=True)[0].user
    decisions.approve_step(step_id=step.pk, by=by, seen=seen(request), confirmed=True)


def test_taken_back_twice_is_taken_back_once(world: SimpleNamespace) -> None:
    request, step = last_step(world)
    approve(request, world.procurement)
    for _time in range(2):
        assert undoing.undo(step_id=step.pk, by=world.procurement).state == ApprovalStep.State.OPEN
    assert Decision.objects.filter(step=step, outcome=Said.WITHDRAWN).count() == 1


def test_only_who_decided_takes_it_back_and_only_for_ten_seconds(world: SimpleNamespace) -> None:
    request, step = last_step(world)
    approve(request, world.procurement)
    decided = Decision.objects.get(step=step)
    for other in (world.head, world.nurse, world.director):
        with pytest.raises(NotAllowed):
            undoing.undo(step_id=step.pk, by=other)
    assert undoing.until(decided, fresh(request)) == decided.decided_at + timedelta(seconds=10)
    with clock.at(decided.decided_at + timedelta(seconds=10)):
        assert undoing.until(decided, fresh(request)) is None
        with pytest.raises(WrongState, match="too late"):
            undoing.undo(step_id=step.pk, by=world.procurement)
    with clock.at(decided.decided_at + timedelta(seconds=9.99)):
        undoing.undo(step_id=step.pk, by=world.procurement)


def test_it_stands_once_the_next_has_decided(world: SimpleNamespace) -> None:
    request, step = last_step(world)
    approve(request, world.procurement)
    first = ApprovalStep.objects.filter(approval__request=request).order_by("sequence")[0]
    with pytest.raises(WrongState, match=world.procurement.get_full_name()):
        undoing.undo(step_id=first.pk, by=world.head)
    undoing.undo(step_id=step.pk, by=world.procurement)
    undoing.undo(step_id=first.pk, by=world.head)
    assert [one.pk for one in open_steps(request)] == [first.pk]


def test_it_stands_once_somebody_picked_took_or_was_given_it(world: SimpleNamespace) -> None:
    request, step = last_step(world, NPW_KIT=1, GLV_NIT_M=2)
    approve(request, world.procurement)
    picked = fresh(request)
    fulfilment.pick(request=picked, line_ids=[picked.lines.get(code="GLV-NIT-M").pk], by=world.storekeeper)
    with pytest.raises(WrongState):
        undoing.undo(step_id=step.pk, by=world.procurement)


def test_it_stands_once_the_ward_cancelled_it(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=1)
    first = approve(request, world.head)
    lifecycle.cancel(request=fresh(request), by=world.nurse, reason="found some")
    with pytest.raises(WrongState):
        undoing.undo(step_id=first.pk, by=world.head)


def test_what_the_policy_decided_cannot_be_taken_back(world: SimpleNamespace) -> None:
    approved(world, GLV_NIT_M=2)
    assert not Decision.objects.exists()


def test_nobody_to_ask_next_is_settled_with_it(world: SimpleNamespace) -> None:
    from portal.accounts import scopes

    request = sent(world, NPW_KIT=1)
    for person in User.objects.exclude(pk=world.head.pk):
        for held in person.memberships.exclude(role__in=("requester", "policy_owner")):
            scopes.revoke(membership=held, by=world.system)
    first = approve(request, world.head)
    approval = request.approvals.get()
    assert approval.status == Approval.Status.NEEDS_ROUTING
    undoing.undo(step_id=first.pk, by=world.head)
    assert fresh(approval).status == Approval.Status.OPEN
    assert not request.exceptions.filter(closed_at=None)


def test_what_goes_on_at_once_cannot_be_taken_back(world: SimpleNamespace) -> None:
    """The work that waited for its cost, the tasks of a bundle; and it says so before it is tried."""
    repairs.equip(world)
    world.lead = personas.person("lena.fischer", role="team_lead", place=world.teams["biomed"])
    case = repairs.sent(world)
    work.take(request=case, by=world.engineer)
    cost = costs.estimate(request=case, amount="420", what="Mainboard", by=world.engineer)
    step = approve(fresh(cost.decision), world.lead)
    decided = Decision.objects.get(step=step)
    assert undoing.until(decided, fresh(cost.decision)) is None
    with pytest.raises(WrongState, match="went on with this answer"):
        undoing.undo(step_id=step.pk, by=world.lead)

    configuring.crew(world)
    bundle = configuring.turnover(world)
    for step in open_steps(bundle):
        by = step.approvers.first().user
        approve(fresh(bundle), by)
        with pytest.raises(WrongState, match="went to their teams"):
            undoing.undo(step_id=step.pk, by=by)
