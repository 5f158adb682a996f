"""Approver on leave, moved, left: open decisions reach somebody who may take them within one sweep; nobody: never a yes."""

import uuid
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import cover, reresolving, rerouting
from approvals.decisions import approve_step
from approvals.models import Approval, ApprovalPolicy, ApprovalStep, Decision, StepApprover
from approvals.publishing import publish
from approvals.routing import Rule, StepRule
from portal import clock
from portal.accounts import duties, scopes
from portal.accounts.models import Duty, User
from portal.audit.models import Event
from portal.errors import NotAllowed
from portal.notify.models import Notice
from requests_app.models import CaseException, ServiceRequest
from requests_app.states import RequestState, RunOut
from requests_app.supplies import drafting
from tests import personas
from tests.journeys import approve, fresh, open_steps, seen, send, sent

pytestmark = pytest.mark.django_db
MONDAY = datetime(2030, 5, 13, 9, tzinfo=UTC)
H, D = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def place(world: SimpleNamespace) -> SimpleNamespace:
    with clock.at(MONDAY):
        yield world


def asked(request: ServiceRequest, role: str = "") -> set[User]:
    rows = StepApprover.objects.filter(step__in=open_steps(request), open=True)
    rows = rows.filter(step__role=role) if role else rows
    return {row.user for row in rows.select_related("user")}


def away(user: User, start: datetime = MONDAY, **more: object) -> object:
    return cover.declare_absence(user=user, starts_at=start, ends_at=start + 3 * D, by=user, **more)


def left(user: User) -> None:
    user.is_active = False
    user.save()


def without_role(user: User, *roles: str) -> None:
    for held in user.memberships.filter(role__in=roles):
        scopes.revoke(membership=held, by=scopes.system_user())


def of_policy(world: SimpleNamespace, *steps: StepRule) -> None:
    category = ApprovalPolicy.objects.get(category__code="supply", status="published").category
    publish(
        category=category, code="test", name="Test", rules=[Rule("r", "why", steps=steps)], by=world.system
    )


def test_on_leave_with_a_deputy(place: SimpleNamespace) -> None:
    request = sent(place, NPW_KIT=1)
    held_by = fresh(request).held_by
    assert place.head.get_full_name() in held_by
    away(place.head, delegate=place.ward_lead)
    assert reresolving.sweep() == 1
    assert asked(request) == {place.ward_lead}
    assert fresh(request).held_by == place.ward_lead.get_full_name()
    assert Notice.objects.filter(kind="step_waiting", user=place.head, read_at=None).count() == 0
    assert Notice.objects.filter(kind="step_waiting", user=place.ward_lead, read_at=None).count() == 1
    assert reresolving.sweep() == 0
    with clock.at(MONDAY + 3 * D):
        assert reresolving.sweep() == 1
        assert asked(request) == {place.head}
        assert Notice.objects.filter(kind="cover_ended", user=place.ward_lead).count() == 1
        assert reresolving.sweep() == 0
        approve(request, place.head)


def test_on_leave_later_moves_when_it_begins_and_not_before(place: SimpleNamespace) -> None:
    request = sent(place, NPW_KIT=1)
    away(place.head, MONDAY + H, delegate=place.ward_lead)
    assert reresolving.sweep() == 0
    assert asked(request) == {place.head}
    with clock.at(MONDAY + H):
        assert reresolving.sweep() == 1
        assert asked(request) == {place.ward_lead}


def test_on_leave_without_deputy_goes_to_the_alternate_else_up(place: SimpleNamespace) -> None:
    request = sent(place, NPW_KIT=1)
    absence = away(place.head)
    reresolving.sweep()
    assert asked(request) == {place.director}
    assert "in their place" in open_steps(request)[0].why
    cover.call_off(absence=absence, by=place.head)
    cover.name_alternate(user=place.head, to=place.ward_lead, by=place.head)
    away(place.head)
    second = sent(place, NPW_KIT=1)
    reresolving.sweep()
    assert asked(second) == {place.ward_lead}


def test_who_left_is_replaced_and_decides_nothing(place: SimpleNamespace) -> None:
    scopes.grant(user=place.colleague, role="head", place=place.ward, by=place.system)
    request = sent(place, NPW_KIT=1)
    step = open_steps(request)[0]
    left(place.head)
    assert reresolving.sweep() == 1
    assert asked(request) == {place.colleague}
    assert step.approvers.count() == 1
    assert reresolving.sweep() == 0
    with pytest.raises(NotAllowed):
        approve_step(step_id=step.pk, by=place.head, seen=seen(request))
    event = Event.objects.get(case=request.public_id, action="step.reasked")
    assert event.before == {"asked": [f"user:{place.head.pk}"]}


def test_who_left_and_had_lent_takes_the_right_along(place: SimpleNamespace) -> None:
    cover.delegate(
        grantor=place.head, to=place.ward_lead, starts_at=MONDAY, ends_at=MONDAY + D, by=place.head
    )
    request = sent(place, NPW_KIT=1)
    reresolving.sweep()
    left(place.head)
    reresolving.sweep()
    assert asked(request) == {place.director}


def test_who_moved_is_asked_where_they_are_now(place: SimpleNamespace) -> None:
    mine = sent(place, NPW_KIT=1)
    there = drafting.save_draft(
        by=place.other_nurse,
        client_key=uuid.uuid4(),
        department=place.other_ward,
        quantities={"NPW-KIT": 1},
        run_out=RunOut.FINE,
    )
    other = fresh(send(there))
    without_role(place.head, "head")
    scopes.grant(user=place.head, role="head", place=place.other_ward, by=place.system)
    assert reresolving.sweep() == 2
    assert asked(mine) == {place.director}
    assert asked(other) == {place.other_head, place.head}
    assert not ApprovalStep.objects.filter(recheck=True).exists()


def test_a_new_colleague_is_asked_for_what_is_open(place: SimpleNamespace) -> None:
    request = sent(place, NPW_KIT=1)
    scopes.grant(user=place.colleague, role="head", place=place.ward, by=place.system)
    assert open_steps(request)[0].recheck
    assert reresolving.sweep() == 1
    assert asked(request) == {place.head, place.colleague}


def test_what_is_lent_after_sending_reaches_what_is_open(place: SimpleNamespace) -> None:
    request = sent(place, NPW_KIT=1)
    lent = cover.delegate(
        grantor=place.head, to=place.ward_lead, starts_at=MONDAY + H, ends_at=MONDAY + 2 * H, by=place.head
    )
    for moment, people in (
        (MONDAY, {place.head}),
        (MONDAY + H, {place.head, place.ward_lead}),
        (MONDAY + 2 * H, {place.head}),
    ):
        with clock.at(moment):
            reresolving.sweep()
            assert asked(request) == people, moment
    lent.refresh_from_db()
    assert (lent.begun, lent.over) == (True, True)


def test_nobody_entitled_has_an_owner_and_is_never_approved(place: SimpleNamespace) -> None:
    request = sent(place, NPW_KIT=1)
    for person in (place.director, *place.executives, place.head):
        without_role(person, "director", "executive", "head")
    for _again in range(3):
        reresolving.sweep()
        rerouting.retry_all(by=place.system)
    request = fresh(request)
    assert request.state == RequestState.SUBMITTED
    assert request.approvals.get().status == Approval.Status.NEEDS_ROUTING
    assert asked(request) == set()
    exception = CaseException.objects.get(request=request, closed_at=None)
    assert (exception.kind, exception.owner_role) == ("needs_routing", "policy_owner")
    assert not Decision.objects.exists()
    assert "Nobody" in request.held_by
    with clock.at(MONDAY + D):
        scopes.grant(user=place.colleague, role="head", place=place.ward, by=place.system)
        reresolving.sweep()
        assert asked(request) == {place.colleague}
        assert fresh(request).approvals.get().status == Approval.Status.OPEN
        assert not CaseException.objects.filter(request=request, closed_at=None).exists()
        assert fresh(request).held_by == place.colleague.get_full_name()
        approve(request, place.colleague)


def test_of_two_needed_one_left_goes_up(place: SimpleNamespace) -> None:
    of_policy(place, StepRule(10, "finance", "office", needed=2))
    request = sent(place, NPW_KIT=1)
    assert asked(request) == {place.finance, place.finance_colleague}
    approve(request, place.finance)
    left(place.finance_colleague)
    reresolving.sweep()
    assert asked(request) == {place.director}
    assert place.finance not in asked(request)
    approve(request, place.director)
    assert fresh(request).state == RequestState.APPROVED


def test_where_everybody_must_agree_a_leaver_is_not_waited_for(place: SimpleNamespace) -> None:
    of_policy(place, StepRule(10, "finance", "office", needed=0))
    request = sent(place, NPW_KIT=1)
    assert open_steps(request)[0].needed == 2
    left(place.finance_colleague)
    reresolving.sweep()
    assert (open_steps(request)[0].needed, asked(request)) == (1, {place.finance})
    approve(request, place.finance)
    assert fresh(request).state == RequestState.APPROVED


def test_who_decided_one_step_is_taken_off_the_one_beside_it(place: SimpleNamespace) -> None:
    of_policy(place, StepRule(10, "finance", "office"), StepRule(10, "head", "office"))
    scopes.grant(user=place.head, role="finance", place=place.hospital, by=place.system)
    request = sent(place, NPW_KIT=1)
    assert place.head in asked(request, "finance")
    approve(request, place.head, "head")
    reresolving.sweep()
    assert asked(request, "finance") == {place.finance, place.finance_colleague}


def test_a_duty_that_changes_hands_takes_its_decisions_along(place: SimpleNamespace) -> None:
    of_policy(place, StepRule(10, "site_manager", "always"))
    duty, _made = Duty.objects.get_or_create(
        hospital=place.hospital, department=None, code="site_manager", defaults={"calendar": "always"}
    )
    duties.take_duty(duty=duty, user=place.service_manager, by=place.service_manager)
    request = sent(place, DRS_IV=1)
    assert asked(request) == {place.service_manager}
    second = personas.person("night.manager", role="service_manager", place=place.hospital)
    duties.take_duty(duty=duty, user=second, by=second)
    reresolving.sweep()
    assert asked(request) == {second}


def test_a_step_that_is_decided_is_left_alone(place: SimpleNamespace) -> None:
    request = sent(place, NPW_KIT=1)
    step = open_steps(request)[0]
    approve(request, place.head)
    rows = list(step.approvers.values_list("user", "open"))
    ApprovalStep.objects.filter(pk=step.pk).update(recheck=True)
    left(place.head)
    reresolving.sweep()
    assert list(step.approvers.values_list("user", "open")) == rows
    assert not fresh(step).recheck


def test_the_sweep_asks_the_same_few_questions_when_nothing_changed(place: SimpleNamespace) -> None:
    with clock.at(MONDAY + H):
        counts = []
        for _more in range(3):
            sent(place, NPW_KIT=1)
            reresolving.sweep()
            with CaptureQueriesContext(connection) as queries:
                assert reresolving.sweep() == 0
            counts.append(len(queries))
    assert counts == [6, 6, 6]
