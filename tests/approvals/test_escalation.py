"""Not decided in time: alternates, then the next authority, are asked as well; reminders come before. Time never decides."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from approvals import cover, escalation
from approvals.models import ApprovalPolicy, Decision, StepApprover
from approvals.publishing import publish
from approvals.routing import Rule, StepRule
from portal import clock
from portal.accounts.models import User
from portal.audit.models import Event
from portal.notify.models import Notice
from requests_app.models import ServiceRequest
from requests_app.states import RequestState, RunOut
from sla import escalation as clocks
from sla.models import Clock
from tests.hurrying import hurried, on_duty
from tests.journeys import approve, fresh, open_steps, sent

pytestmark = pytest.mark.django_db
MONDAY = datetime(2030, 5, 13, 9, tzinfo=UTC)  # 10:00 in London, where the office is open until 18:00
H, M, D = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def place(world: SimpleNamespace) -> SimpleNamespace:
    with clock.at(MONDAY):
        yield world


def asked(request: ServiceRequest) -> set[User]:
    rows = StepApprover.objects.filter(step__in=open_steps(request), open=True)
    return {row.user for row in rows.select_related("user")}


def told(kind: str) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("user__username", flat=True))


def test_the_alternate_first_then_one_authority_after_the_other(place: SimpleNamespace) -> None:
    cover.name_alternate(user=place.head, to=place.ward_lead, by=place.head)
    request = sent(place, NPW_KIT=1)
    due = Clock.objects.get(request=request, kind="approval").due_at
    clocks.sweep(now=due - M)
    assert asked(request) == {place.head}
    with clock.at(due):
        clocks.sweep()
        assert asked(request) == {place.head, place.ward_lead}
        assert open_steps(request)[0].late
    with clock.at(due + 10 * D):
        clocks.sweep()
        assert asked(request) == {place.head, place.ward_lead, place.director}
        assert fresh(request).state == RequestState.SUBMITTED
        assert not Decision.objects.exists()
        approve(request, place.director)
    assert [
        event.after["asked"] for event in Event.objects.filter(action="step.escalated").order_by("pk")
    ] == [
        [f"user:{place.ward_lead.pk}"],
        [f"user:{place.director.pk}"],
    ]


def test_without_alternate_the_next_authority_is_asked_at_once(place: SimpleNamespace) -> None:
    request = sent(place, NPW_KIT=1)
    clocks.sweep(now=Clock.objects.get(request=request, kind="approval").due_at)
    assert asked(request) == {place.head, place.director}
    assert open_steps(request)[0].also == ["director"]


def test_each_time_out_asks_once(place: SimpleNamespace) -> None:
    request = sent(place, NPW_KIT=1)
    due = Clock.objects.get(request=request, kind="approval").due_at
    for _again in range(3):
        clocks.sweep(now=due)
    assert Event.objects.filter(action="step.escalated").count() == 1


def test_the_ladder_ends_and_never_decides(place: SimpleNamespace) -> None:
    request = sent(place, NPW_KIT=1)
    step = open_steps(request)[0]
    for _more in range(6):
        escalation.escalate(step_id=step.pk, by=place.system)
    assert asked(request) == {place.head, place.director, *place.executives}
    assert fresh(request).state == RequestState.SUBMITTED
    assert not Decision.objects.exists()
    approve(request, place.executives[0], "head")
    assert fresh(step).state == step.State.APPROVED
    assert escalation.escalate(step_id=step.pk, by=place.system) == []


def test_an_emergency_goes_to_who_is_on_duty(place: SimpleNamespace) -> None:
    on_duty(place, "site_manager", place.service_manager)
    on_duty(place, "exec_on_call", place.executives[0])
    request = hurried(place, RunOut.NOW)
    assert asked(request) == {place.head}
    clocks.sweep(now=MONDAY + 29 * M)
    assert asked(request) == {place.head}
    clocks.sweep(now=MONDAY + 30 * M)
    assert asked(request) == {place.head, place.service_manager}
    clocks.sweep(now=MONDAY + 45 * M)
    assert asked(request) == {place.head, place.service_manager, place.executives[0]}
    clocks.sweep(now=MONDAY + 60 * M)
    assert place.director in asked(request)


def test_on_duty_only_up_to_their_limit(place: SimpleNamespace) -> None:
    on_duty(place, "site_manager", place.service_manager)
    on_duty(place, "manager_on_call", place.director)
    request = hurried(place, RunOut.NOW)
    ServiceRequest.objects.filter(pk=request.pk).update(base_amount=1000)
    clocks.sweep(now=MONDAY + 30 * M)
    assert asked(request) == {place.head, place.director}
    assert open_steps(request)[0].also == ["manager_on_call"]


@pytest.mark.parametrize(
    ("run_out", "minutes"),
    [(RunOut.NOW, (10, 20)), (RunOut.BEFORE_DELIVERY, (60,)), (RunOut.FINE, (300, 480))],
)
def test_reminders_in_the_hours_of_the_step_each_once(
    place: SimpleNamespace, run_out: str, minutes: tuple[int, ...]
) -> None:
    """Routine: ten working hours, half of them at 15:00, four fifths at 18:00."""
    request = hurried(place, run_out)
    for before, at in enumerate(minutes):
        clocks.sweep(now=MONDAY + at * M - timedelta(seconds=1))
        assert len(told("decide_soon")) == before
        for _again in range(2):
            clocks.sweep(now=MONDAY + at * M)
        assert told("decide_soon") == [place.head.username] * (before + 1)
    assert fresh(request).state == RequestState.SUBMITTED


def test_many_reminders_become_one(place: SimpleNamespace) -> None:
    for _each in range(8):
        sent(place, NPW_KIT=1)
    clocks.sweep(now=MONDAY + 5 * H)
    assert (len(told("decide_soon")), len(told("many_to_decide"))) == (5, 1)


@pytest.mark.parametrize(
    ("within", "due"), [("2wh", 2 * H), ("1wd", D), ("90min", 90 * M), ("4h", 4 * H), ("", D)]
)
def test_the_time_that_a_rule_gives(place: SimpleNamespace, within: str, due: timedelta) -> None:
    category = ApprovalPolicy.objects.get(category__code="supply", status="published").category
    rule = Rule("r", "why", steps=(StepRule(10, "head", "office", within=within),))
    publish(category=category, code="test", name="Test", rules=[rule], by=place.system)
    request = sent(place, NPW_KIT=1)
    assert Clock.objects.get(request=request, kind="approval").due_at == MONDAY + due


def test_a_time_that_is_none_has_an_owner(place: SimpleNamespace) -> None:
    category = ApprovalPolicy.objects.get(category__code="supply", status="published").category
    rule = Rule("r", "why", steps=(StepRule(10, "head", "office", within="soon"),))
    publish(category=category, code="test", name="Test", rules=[rule], by=place.system)
    request = sent(place, NPW_KIT=1)
    assert request.exceptions.filter(kind="no_target", closed_at=None).exists()
    assert asked(request) == {place.head}
