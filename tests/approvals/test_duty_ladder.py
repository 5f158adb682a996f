"""Outside office hours: whoever is on duty decides what cannot wait; nobody is woken for the rest."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.conf import LazySettings
from django.core import mail

from approvals import reresolving
from approvals.models import ApprovalStep
from approvals.routing import CaseLine, RoutingCase, RuleSet, plan_steps
from approvals.shipped import COSTS, RULES
from portal import clock
from portal.errors import NotAllowed
from portal.notify.mailing import send_waiting
from portal.notify.models import Notice
from requests_app.models import CaseException, ServiceRequest
from requests_app.states import RequestState, RunOut
from sla.models import Clock
from tests.hurrying import hurried, on_duty
from tests.journeys import approve, fresh, open_steps, sent

SATURDAY = datetime(2030, 5, 11, 1, tzinfo=UTC)  # 02:00 in London
MONDAY = datetime(2030, 5, 13, 9, tzinfo=UTC)
H, M = timedelta(hours=1), timedelta(minutes=1)
EIGHT = datetime(2030, 5, 11, 7, tzinfo=UTC)  # 08:00 in London on that Saturday
OPENS = datetime(2030, 5, 13, 7, tzinfo=UTC)  # the office, on Monday


@pytest.fixture
def night(world: SimpleNamespace) -> SimpleNamespace:
    with clock.at(SATURDAY):
        on_duty(world, "site_manager", world.service_manager)
        on_duty(world, "manager_on_call", world.director)
        on_duty(world, "exec_on_call", world.executives[0])
        yield world


def roles(amount: str, flags: tuple[str, ...] = (), **more: bool) -> list[str]:
    line = CaseLine(code="X", group="wound", quantity=1, amount=Decimal(amount), source="buy", flags=flags)
    facts = {"out_of_hours": True, "cannot_wait": True} | more
    case = RoutingCase(
        category="supply",
        hospital="SBG",
        department="7B",
        priority="urgent",
        amount=Decimal(amount),
        lines=(line,),
        **facts,
    )
    return [step.role for step in plan_steps(RuleSet(RULES), case).steps]


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0.00", ["site_manager"]),
        ("999.99", ["site_manager"]),
        ("1000.00", ["manager_on_call"]),
        ("1000.01", ["manager_on_call"]),
        ("4999.99", ["manager_on_call"]),
        ("5000.00", ["exec_on_call"]),
        ("24999.99", ["exec_on_call"]),
        ("25000.00", ["head", "finance", "procurement", "director"]),
        ("25000.01", ["head", "finance", "procurement", "director"]),
    ],
)
def test_an_amount_belongs_to_exactly_one_duty(amount: str, expected: list[str]) -> None:
    assert roles(amount) == expected


def test_only_out_of_hours_and_only_what_cannot_wait() -> None:
    assert roles("500", out_of_hours=False) == ["head"]
    assert roles("500", cannot_wait=False) == ["head"]


def test_technical_steps_of_a_flag_stay() -> None:
    assert roles("500", ("safety_critical",)) == ["biomed_manager", "site_manager"]


def test_costs_have_the_same_ladder() -> None:
    assert {rule.code for rule in RULES} & {rule.code for rule in COSTS} == {
        "budget-over",
        "duty-site-manager",
        "duty-manager-on-call",
        "duty-exec-on-call",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("run_out", [RunOut.NOW, RunOut.BEFORE_DELIVERY])
def test_the_site_manager_decides_and_the_head_reads_it_in_the_morning(
    night: SimpleNamespace, run_out: str, settings: LazySettings
) -> None:
    settings.EMAIL_URL = "smtp://mail"
    night.head.email = "head@example.org"
    night.head.save()
    request = hurried(night, run_out)
    assert [step.asked_role for step in open_steps(request)] == ["site_manager"]
    made = Clock.objects.get(request=request, kind="approval")
    assert made.due_at == SATURDAY + (30 * M if run_out == RunOut.NOW else 2 * H)
    with pytest.raises(NotAllowed):
        approve(request, night.head)
    approve(request, night.service_manager)
    assert fresh(request).state == RequestState.APPROVED
    notice = Notice.objects.get(kind="duty_decided")
    assert notice.user == night.head
    for moment, mails in ((SATURDAY + M, 0), (EIGHT - M, 0), (EIGHT, 1), (EIGHT + M, 1)):
        with clock.at(moment):
            send_waiting()
        assert sum("Out of hours" in one.subject for one in mail.outbox) == mails, moment


@pytest.mark.django_db
def test_finance_reads_what_the_manager_on_call_decided(night: SimpleNamespace) -> None:
    request = hurried(night, NPW_KIT=1)
    step = open_steps(request)[0]
    ServiceRequest.objects.filter(pk=request.pk).update(base_amount=1000)
    ApprovalStep.objects.filter(pk=step.pk).update(asked_role="manager_on_call", role="manager_on_call")
    with pytest.raises(NotAllowed):
        approve(request, night.service_manager)
    approve(request, night.director)
    told = set(Notice.objects.filter(kind="duty_decided").values_list("user", flat=True))
    assert told == {night.head.pk, night.finance.pk, night.finance_colleague.pk}


@pytest.mark.django_db
def test_routine_waits_and_nobody_is_woken(night: SimpleNamespace, settings: LazySettings) -> None:
    settings.EMAIL_URL = "smtp://mail"
    night.head.email = "head@example.org"
    night.head.save()
    request = sent(night, NPW_KIT=1)
    assert [step.asked_role for step in open_steps(request)] == ["head"]
    assert Notice.objects.filter(kind="step_waiting", user=night.head).count() == 1
    for moment, mails in ((SATURDAY + M, 0), (OPENS - M, 0), (OPENS, 1), (OPENS + M, 1)):
        with clock.at(moment):
            send_waiting()
        assert len(mail.outbox) == mails, moment


@pytest.mark.django_db
def test_in_office_hours_an_emergency_goes_the_usual_way_and_is_mailed_at_once(
    night: SimpleNamespace, settings: LazySettings
) -> None:
    settings.EMAIL_URL = "smtp://mail"
    night.head.email = "head@example.org"
    night.head.save()
    with clock.at(MONDAY):
        request = hurried(night)
    assert [step.asked_role for step in open_steps(request)] == ["head"]
    with clock.at(MONDAY + M):
        send_waiting()
    assert mail.outbox


@pytest.mark.django_db
def test_nobody_on_duty_goes_up_and_at_the_end_has_an_owner(world: SimpleNamespace) -> None:
    with clock.at(SATURDAY):
        request = hurried(world)
        assert [step.asked_role for step in open_steps(request)] == ["director"]
        for person in (world.director, *world.executives):
            person.is_active = False
            person.save()
        reresolving.sweep()
        second = hurried(world, by=world.colleague)
        for one in (request, second):
            assert fresh(one).state == RequestState.SUBMITTED
            assert CaseException.objects.filter(request=one, kind="needs_routing", closed_at=None).exists()


@pytest.mark.django_db
def test_on_duty_for_the_own_request_the_next_one_decides(night: SimpleNamespace) -> None:
    on_duty(night, "site_manager", night.service_manager)
    request = hurried(night)
    request.editors = [night.service_manager.pk]
    request.save()
    reresolving.mark({night.service_manager.pk})
    reresolving.sweep()
    assert [step.asked_role for step in open_steps(request)] == ["manager_on_call"]
    with pytest.raises(NotAllowed):
        approve(request, night.service_manager)
    approve(request, night.director)
