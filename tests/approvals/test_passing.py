"""Leaving a decision to somebody else: only to who may take it, never to who has a part, and it stays out of the inbox."""

from types import SimpleNamespace

import pytest

from approvals import passing, running
from approvals.models import StepApprover
from portal.accounts import scopes
from portal.accounts.models import User
from portal.audit.models import Event
from portal.errors import Invalid, NotAllowed, WrongState
from portal.notify.models import Notice
from requests_app.models import ServiceRequest
from tests.journeys import approve, fresh, open_steps, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(world: SimpleNamespace) -> SimpleNamespace:
    """The ward has a second head."""
    scopes.grant(user=world.ward_lead, role="head", place=world.ward, by=world.system)
    return world


def give(request: ServiceRequest, by: User, to: User, reason: str = "Not my area") -> None:
    passing.pass_on(step_id=open_steps(request)[0].pk, by=by, to=to, reason=reason)


def test_it_goes_out_of_one_inbox_and_stays_in_the_other(two: SimpleNamespace) -> None:
    request = sent(two, NPW_KIT=1)
    give(request, two.head, two.ward_lead)
    rows = dict(StepApprover.objects.filter(step=open_steps(request)[0]).values_list("user", "open"))
    assert rows == {two.head.pk: False, two.ward_lead.pk: True}
    assert fresh(request).held_by == two.ward_lead.get_full_name()
    event = Event.objects.get(action="step.passed", case=request.public_id)
    assert (event.actor, event.reason) == (two.head, "Not my area")
    told = Notice.objects.filter(case=request.public_id)
    assert told.get(user=two.ward_lead).read_at is None
    assert told.get(user=two.head).read_at is not None
    approve(request, two.ward_lead)


def test_looking_again_at_who_may_decide_does_not_bring_it_back(two: SimpleNamespace) -> None:
    from approvals import reresolving

    request = sent(two, NPW_KIT=1)
    give(request, two.head, two.ward_lead)
    reresolving.recheck(step_id=open_steps(request)[0].pk, by=two.system)
    row = StepApprover.objects.get(step=open_steps(request)[0], user=two.head)
    assert not row.open


def test_who_was_not_asked_yet_is_asked_and_told(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=1)
    scopes.grant(user=world.ward_lead, role="head", place=world.ward, by=world.system)
    give(request, world.head, world.ward_lead, "Away")
    assert Notice.objects.get(kind="step_passed").user == world.ward_lead
    approve(request, world.ward_lead)
    assert Notice.objects.get(kind="step_passed").read_at is not None


def test_never_to_who_has_a_part_or_no_right(two: SimpleNamespace) -> None:
    scopes.grant(user=two.nurse, role="head", place=two.ward, by=two.system)
    request = sent(two, NPW_KIT=1)
    for person in (two.nurse, two.head, two.procurement, two.stranger, two.system):
        with pytest.raises(Invalid) as refusal:
            give(request, two.head, person)
        assert "to" in refusal.value.errors
    assert _names(request, two.head) == {two.ward_lead.username}


def _names(request: ServiceRequest, by: User) -> set[str]:
    step = open_steps(request)[0]
    run = running.read(request, type(step).objects.filter(approval=step.approval_id), step.pk)
    return {one.username for one in passing.candidates(run, by)}


def test_nobody_else_and_it_stays(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=1)
    with pytest.raises(WrongState):
        give(request, world.head, world.ward_lead)
    assert StepApprover.objects.get(step=open_steps(request)[0]).open


def test_not_back_to_who_passed_it_on(two: SimpleNamespace) -> None:
    request = sent(two, NPW_KIT=1)
    give(request, two.head, two.ward_lead)
    with pytest.raises(WrongState):
        give(request, two.ward_lead, two.head)


def test_a_reason_and_a_right_are_needed(two: SimpleNamespace) -> None:
    request = sent(two, NPW_KIT=1)
    with pytest.raises(Invalid):
        give(request, two.head, two.ward_lead, " ")
    with pytest.raises(NotAllowed):
        give(request, two.procurement, two.ward_lead)


def test_who_decided_another_step_is_no_candidate(two: SimpleNamespace) -> None:
    scopes.grant(user=two.head, role="procurement", place=two.hospital, by=two.system)
    request = sent(two, NPW_KIT=1)
    approve(request, two.head)
    assert two.head.username not in _names(request, two.procurement)


def test_too_few_left_for_two_of_three(world: SimpleNamespace) -> None:
    from decimal import Decimal

    item = world.items["SRV-CAL"]
    item.price = Decimal(60000)
    item.save()
    request = sent(world, note="the whole fleet", SRV_CAL=2)
    while (steps := open_steps(request)) and steps[0].role != "executive":
        approve(request, steps[0].approvers.filter(open=True).first().user, steps[0].asked_role)
    first, second, third = world.executives
    give(request, first, second)
    with pytest.raises(WrongState):
        give(request, second, third)
    approve(request, second)
    approve(request, third)
    assert not open_steps(request)
