"""Four eyes on every path, the first decision counts, and nobody entitled is never a yes."""

from types import SimpleNamespace

import pytest

from approvals import rerouting
from approvals.decisions import approve_step, reject_step
from approvals.models import Approval, ApprovalPolicy, Decision
from portal.accounts import scopes
from portal.accounts.models import User
from portal.audit.models import Event
from portal.errors import AlreadyDecided, Invalid, NotAllowed, StaleState, WrongState
from requests_app import lifecycle
from requests_app.models import CaseException, RequestItem
from requests_app.states import LineState, RequestState
from tests.journeys import approve, approved, draft, fresh, open_steps, seen, send, sent

pytestmark = pytest.mark.django_db


def test_a_standing_order_is_decided_by_the_policy_and_says_so(world: SimpleNamespace) -> None:
    request = sent(world, GLV_NIT_M=6)
    assert request.state == RequestState.APPROVED
    event = Event.objects.get(case=request.public_id, action="request.approved")
    assert event.actor.is_system
    assert "standing-order" in event.policy


def test_the_second_step_is_asked_after_the_first(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    assert [step.asked_role for step in open_steps(request)] == ["head"]
    approve(request, world.head)
    assert fresh(request).state == RequestState.SUBMITTED
    assert [step.asked_role for step in open_steps(request)] == ["procurement"]
    approve(request, world.procurement)
    assert fresh(request).state == RequestState.APPROVED
    assert set(request.lines.values_list("state", flat=True)) == {LineState.WITH_BUYER}


def test_requester_never_decides_and_the_head_is_routed_up(world: SimpleNamespace) -> None:
    request = sent(world, world.head, NPW_KIT=1)
    step = open_steps(request)[0]
    assert step.role == "head"
    assert step.asked_role == "director"
    assert "in their place, because no head of department" in step.why
    assert world.head.pk not in step.approvers.values_list("user", flat=True)
    with pytest.raises(NotAllowed):
        approve_step(step_id=step.pk, by=world.head, seen=seen(request))
    approve(request, world.director)


@pytest.mark.parametrize("part", ["requester", "filed_by", "beneficiary"])
def test_nobody_with_a_part_in_it_decides(world: SimpleNamespace, part: str) -> None:
    request = draft(world, NPW_KIT=1)
    setattr(request, part, world.head)
    request.save()
    writer = world.head if part == "filed_by" else world.nurse
    request = fresh(send(fresh(request), writer))
    assert open_steps(request)[0].asked_role == "director"
    with pytest.raises(NotAllowed):
        approve(request, world.head)


def test_a_superuser_has_no_say(world: SimpleNamespace) -> None:
    root = User.objects.create_superuser("root", password="x")
    request = sent(world, NPW_KIT=1)
    with pytest.raises(NotAllowed):
        approve(request, root)


def test_the_system_never_decides_a_step(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=1)
    with pytest.raises(NotAllowed):
        approve(request, scopes.system_user())


def test_one_person_with_two_roles_decides_once(world: SimpleNamespace) -> None:
    scopes.grant(user=world.head, role="procurement", place=world.hospital, by=scopes.system_user())
    request = sent(world, NPW_KIT=1)
    approve(request, world.head)
    asked = open_steps(request)[0].approvers.values_list("user", flat=True)
    assert world.head.pk not in asked
    with pytest.raises(NotAllowed):
        approve(request, world.head)


def test_right_is_judged_when_deciding_not_when_asked(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=1)
    membership = world.head.memberships.get(role="head")
    scopes.revoke(membership=membership, by=scopes.system_user())
    with pytest.raises(NotAllowed):
        approve(request, world.head)


def test_a_deactivated_person_decides_nothing(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=1)
    world.head.is_active = False
    world.head.save()
    with pytest.raises(NotAllowed):
        approve(request, world.head)


def test_the_other_one_is_told_who_was_first(world: SimpleNamespace) -> None:
    scopes.grant(user=world.colleague, role="head", place=world.ward, by=scopes.system_user())
    request = sent(world, NPW_KIT=1)
    step = open_steps(request)[0]
    hashed = seen(request)
    approve_step(step_id=step.pk, by=world.head, seen=hashed)
    with pytest.raises(AlreadyDecided) as refusal:
        reject_step(step_id=step.pk, by=world.colleague, seen=hashed, reason="too much")
    assert refusal.value.fields["winner"] == world.head.get_full_name()
    assert Decision.objects.filter(step=step).count() == 1


def test_the_same_decision_again_answers_with_the_first(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=1)
    step = open_steps(request)[0]
    hashed = seen(request)
    for _ in range(3):
        approve_step(step_id=step.pk, by=world.head, seen=hashed)
    assert Decision.objects.filter(step=step).count() == 1
    assert Event.objects.filter(case=request.public_id, action="step.approved").count() == 1


def test_a_rejection_needs_a_reason_and_ends_it(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=1)
    step = open_steps(request)[0]
    with pytest.raises(Invalid) as refusal:
        reject_step(step_id=step.pk, by=world.head, seen=seen(request), reason="  ")
    assert "reason" in refusal.value.errors
    reject_step(step_id=step.pk, by=world.head, seen=seen(request), reason="There is a cheaper kit.")
    request = fresh(request)
    assert request.state == RequestState.REJECTED
    assert request.approvals.get().status == Approval.Status.REJECTED
    assert open_steps(request) == []
    assert (
        Event.objects.get(case=request.public_id, action="request.rejected").reason
        == "There is a cheaper kit."
    )


def test_what_changed_since_it_was_shown_is_not_decided(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=1)
    shown = seen(request)
    RequestItem.objects.filter(request=request).update(quantity=2)
    with pytest.raises(StaleState):
        approve_step(step_id=open_steps(request)[0].pk, by=world.head, seen=shown)


def test_a_cancelled_request_needs_no_decision(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=1)
    step, shown = open_steps(request)[0], seen(request)
    lifecycle.cancel(request=request, by=world.colleague, reason="found some")
    assert not step.approvers.filter(open=True).exists()
    with pytest.raises(WrongState):
        approve_step(step_id=step.pk, by=world.head, seen=shown)


def test_an_approved_request_is_not_cancelled_here(world: SimpleNamespace) -> None:
    request = approved(world, NPW_KIT=1)
    with pytest.raises(WrongState):
        lifecycle.cancel(request=request, by=world.nurse, reason="late")


def test_without_a_policy_it_has_an_owner_not_a_traceback(world: SimpleNamespace) -> None:
    ApprovalPolicy.objects.update(status=ApprovalPolicy.Status.SUPERSEDED)
    request = sent(world, GLV_NIT_M=1)
    assert request.state == RequestState.SUBMITTED
    assert request.approvals.get().status == Approval.Status.NEEDS_ROUTING
    exception = CaseException.objects.get(request=request)
    assert (exception.kind, exception.owner_role) == ("needs_routing", "policy_owner")


def test_nobody_entitled_needs_routing_and_goes_on_when_somebody_is_found(world: SimpleNamespace) -> None:
    system = scopes.system_user()
    for person in (world.head, world.director, *world.executives):
        for membership in person.memberships.exclude(role="requester"):
            scopes.revoke(membership=membership, by=system)
    request = sent(world, NPW_KIT=1)
    assert request.state == RequestState.SUBMITTED
    assert request.approvals.get().status == Approval.Status.NEEDS_ROUTING
    assert rerouting.retry_all(by=world.system) == 0
    scopes.grant(user=world.head, role="head", place=world.ward, by=system)
    assert rerouting.retry_all(by=world.system) == 1
    approve(request, world.head)
    assert not CaseException.objects.filter(request=request, closed_at=None, kind="needs_routing").exists()


def test_two_of_three_executives(world: SimpleNamespace) -> None:
    from decimal import Decimal

    world.items["SRV-CAL"].price = Decimal("60000")
    world.items["SRV-CAL"].save()
    request = sent(world, note="the whole fleet", SRV_CAL=2)
    for person in (world.head, world.finance, world.procurement, world.director):
        approve(
            request,
            person,
            next(s.asked_role for s in open_steps(request) if s.approvers.filter(user=person)),
        )
    step = open_steps(request)[0]
    assert (step.asked_role, step.needed) == ("executive", 2)
    names = [person.get_full_name() for person in world.executives]
    assert names[0] in fresh(request).held_by
    approve(request, world.executives[0])
    assert fresh(request).state == RequestState.SUBMITTED
    assert names[0] not in fresh(request).held_by
    assert names[1] in fresh(request).held_by
    approve(request, world.executives[0])  # the same again counts once
    assert fresh(request).state == RequestState.SUBMITTED
    approve(request, world.executives[1])
    assert fresh(request).state == RequestState.APPROVED


def test_cancelling_ends_the_search_for_somebody_who_may_decide(world: SimpleNamespace) -> None:
    ApprovalPolicy.objects.update(status=ApprovalPolicy.Status.SUPERSEDED)
    request = sent(world, GLV_NIT_M=1)
    lifecycle.cancel(request=request, by=world.colleague, reason="found some")
    assert not CaseException.objects.filter(request=request, closed_at=None).exists()
