"""Made safe, lent meanwhile, missed when it is critical, failing again and again: what a team does around a repair."""

import uuid
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal import clock
from portal.audit.models import Event
from portal.errors import Invalid, NotAllowed, WrongState
from portal.notify.models import Notice
from requests_app import asking, lifecycle, work
from requests_app.equipment import failures, keeping, loans, safety
from requests_app.models import CaseException, Category, Equipment, Loan, ServiceRequest
from requests_app.states import Priority, RequestState
from tests import personas, repairs
from tests.journeys import fresh
from tests.repairs import DEFIBRILLATOR, PUMP

pytestmark = pytest.mark.django_db
OUT = {"safe": "no_removed"}
SPARE, LENT_SYRINGE = "10462", "10472"
MORNING = datetime(2027, 3, 10, 9, 0, tzinfo=UTC)
KINDS = CaseException.Kind


@pytest.fixture
def ward(world: SimpleNamespace) -> SimpleNamespace:
    world = repairs.equip(world)
    world.librarian = personas.person("lib.rarian", role="fulfiller", place=world.teams["library"])
    world.spare = world.pieces[SPARE]
    return world


def opened(kind: str) -> list[CaseException]:
    return list(CaseException.objects.filter(kind=kind, closed_at=None))


def asked_for(ward: SimpleNamespace, what: str = "infusion_pump", how_long: str = "week") -> ServiceRequest:
    draft = asking.save_answers(
        by=ward.nurse,
        client_key=uuid.uuid4(),
        category=Category.objects.get(code="loan"),
        department=ward.ward,
        answers={"what": what, "when": "today", "how_long": how_long, "ward": ward.ward.code},
    )
    lifecycle.submit(public_id=draft.public_id, by=ward.nurse, seen="")
    return fresh(draft)


@pytest.mark.parametrize(
    ("answers", "before", "after"),
    [
        (
            {"needed": "now", "answered_by": "Eva", "emergency_reason": "patient_at_risk"},
            "emergency",
            "urgent",
        ),
        ({"needed": "today"}, "urgent", "routine"),
        ({}, "routine", "routine"),
    ],
)
def test_made_safe_lowers_what_is_left_and_says_so(
    ward: SimpleNamespace, answers: dict[str, Any], before: str, after: str
) -> None:
    case = repairs.sent(ward, **answers)
    assert case.priority == before
    safety.make_safe(request=case, how="Gravity set, checked every hour", by=ward.engineer)
    case = fresh(case)
    assert case.priority == after and case.assignee == ward.engineer
    assert ("made safe" in case.priority_reason) == (before != after)
    assert (case.repair.made_safe_how, case.repair.made_safe_by) == (
        "Gravity set, checked every hour",
        ward.engineer,
    )
    event = Event.objects.get(case=case.public_id, action="repair.made_safe")
    assert (event.before["priority"], event.after["priority"]) == (before, after)
    assert Notice.objects.filter(user=ward.nurse, kind="made_safe").count() == 1
    with pytest.raises(WrongState, match="already"):
        safety.make_safe(request=case, how="again", by=ward.engineer)


@pytest.mark.parametrize("how", ["", "   ", "x" * 201])
def test_made_safe_says_how(ward: SimpleNamespace, how: str) -> None:
    case = repairs.sent(ward)
    with pytest.raises(Invalid) as refused:
        safety.make_safe(request=case, how=how, by=ward.engineer)
    assert "how" in refused.value.errors
    assert fresh(case).state == RequestState.APPROVED


def test_made_safe_is_for_the_team_while_it_works(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward)
    for person in (ward.nurse, ward.biomed, ward.librarian):
        with pytest.raises(NotAllowed):
            safety.make_safe(request=case, how="so", by=person)
    lifecycle.cancel(request=case, by=ward.nurse, reason="works")
    with pytest.raises(WrongState):
        safety.make_safe(request=case, how="so", by=ward.engineer)


def test_a_loan_makes_a_repair_safe_and_comes_back(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward, needed="today", **OUT)
    assert [one.tag for one in loans.free(case)] == [SPARE]
    loan = loans.lend(equipment=ward.spare, request=case, by=ward.engineer)
    assert fresh(ward.spare).state == "on_loan"
    assert (loan.department, loan.due_back) == (ward.ward, None)
    assert fresh(case).repair.made_safe_how == f"{SPARE} Infusion pump, loan is lent meanwhile"
    assert fresh(case).priority == Priority.ROUTINE
    assert loans.free(case) == []
    with pytest.raises(WrongState, match="not free"):
        loans.lend(equipment=ward.spare, to=ward.ward, by=ward.librarian)
    with pytest.raises(NotAllowed):
        loans.give_back(loan=loan, by=ward.other_nurse)
    loans.give_back(loan=loan, by=ward.nurse)
    loans.give_back(loan=loan, by=ward.nurse)
    assert fresh(ward.spare).state == "in_use"
    assert Event.objects.filter(action="loan.ended").count() == 1


def test_a_loan_that_was_asked_for(ward: SimpleNamespace) -> None:
    with clock.at(MORNING):
        case = asked_for(ward)
        loan = loans.lend(equipment=ward.spare, request=case, by=ward.librarian)
    assert (loan.department, loan.due_back) == (ward.ward, date(2027, 3, 17))
    assert Notice.objects.filter(user=ward.nurse, kind="loan_given").count() == 1


def test_what_is_lent_is_of_the_pool_and_of_the_kind(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward, **OUT)
    for tag in (LENT_SYRINGE, PUMP):
        with pytest.raises(Invalid) as refused:
            loans.lend(equipment=ward.pieces[tag], request=case, by=ward.engineer)
        assert "equipment" in refused.value.errors
    with pytest.raises(Invalid) as refused:
        loans.lend(equipment=ward.spare, to=ward.foreign_ward, by=ward.librarian)
    assert "to" in refused.value.errors
    for person in (ward.nurse, ward.storekeeper, ward.stranger):
        with pytest.raises(NotAllowed):
            loans.lend(equipment=ward.spare, request=case, by=person)
    lifecycle.cancel(request=case, by=ward.nurse, reason="works")
    with pytest.raises(WrongState, match="ended"):
        loans.lend(equipment=ward.spare, request=case, by=ward.engineer)
    assert not Loan.objects.exists()


def test_a_loan_past_its_day_is_somebodys_once_and_over_when_it_is_back(ward: SimpleNamespace) -> None:
    with clock.at(MORNING):
        case = asked_for(ward, how_long="day")
        loan = loans.lend(equipment=ward.spare, request=case, by=ward.librarian)
    with clock.at(MORNING + timedelta(days=1)):
        assert loans.sweep() == 0
    with clock.at(MORNING + timedelta(days=3)):
        assert (loans.sweep(), loans.sweep()) == (1, 0)
        (late,) = opened(KINDS.HIRE_OVERDUE)
        assert late.request == case
        loans.give_back(loan=loan, by=ward.librarian)
    assert not opened(KINDS.HIRE_OVERDUE)


def test_a_lent_piece_that_breaks_is_repaired_and_still_lent(ward: SimpleNamespace) -> None:
    first = repairs.sent(ward)
    loan = loans.lend(equipment=ward.spare, request=first, by=ward.engineer)
    case = repairs.sent(ward, equipment=SPARE)
    assert fresh(ward.spare).state == "reported"
    work.take(request=case, by=ward.engineer)
    work.finish(request=case, by=ward.engineer, outcome="fixed_on_ward")
    assert fresh(ward.spare).state == "on_loan"
    broken = repairs.sent(ward, equipment=SPARE, **OUT)
    loans.give_back(loan=loan, by=ward.engineer)
    assert fresh(ward.spare).state == "out_of_use"
    work.take(request=broken, by=ward.engineer)


def test_a_critical_piece_without_a_loan_is_somebodys_until_a_loan_is_there(ward: SimpleNamespace) -> None:
    with clock.at(MORNING):
        case = repairs.sent(ward, **OUT)
        (down,) = opened(KINDS.EQUIPMENT_DOWN)
        assert (down.request, down.owner_role) == (case, "biomed_manager")
        assert down.due_at == MORNING + timedelta(hours=1)
        assert Notice.objects.filter(user=ward.biomed, kind="exception_opened").exists()
        keeping.to_workshop(request=case, by=ward.engineer)
        assert opened(KINDS.EQUIPMENT_DOWN) == [down], "one, however often the state changes"
        loan = loans.lend(equipment=ward.spare, request=case, by=ward.engineer)
        assert not opened(KINDS.EQUIPMENT_DOWN)
        loans.give_back(loan=loan, by=ward.engineer)
        assert len(opened(KINDS.EQUIPMENT_DOWN)) == 1, "and missed again"
        work.finish(request=case, by=ward.engineer, outcome="fixed_in_workshop")
        keeping.check(
            equipment=ward.pieces[PUMP],
            by=ward.engineer,
            safety=True,
            function=True,
            next_service_on=date(2027, 9, 1),
        )
    assert not opened(KINDS.EQUIPMENT_DOWN)


@pytest.mark.parametrize(("criticality", "more"), [("C", OUT), ("D", OUT), ("A", {})])
def test_nobody_is_called_for_what_is_not_missed(
    ward: SimpleNamespace, criticality: str, more: dict[str, str]
) -> None:
    Equipment.objects.filter(tag=PUMP).update(criticality=criticality)
    repairs.sent(ward, **more)
    assert not opened(KINDS.EQUIPMENT_DOWN)


def done(ward: SimpleNamespace, outcome: str = "fixed_on_ward") -> ServiceRequest:
    case = repairs.sent(ward)
    work.take(request=case, by=ward.engineer)
    return work.finish(request=case, by=ward.engineer, outcome=outcome)


def test_the_third_report_in_ninety_days_is_looked_at(ward: SimpleNamespace) -> None:
    with clock.at(MORNING - timedelta(days=100)):
        done(ward)
    with clock.at(MORNING - timedelta(days=40)):
        done(ward)
    with clock.at(MORNING - timedelta(days=5)):
        done(ward)
        assert not opened(KINDS.REPEAT_FAILURE)
    with clock.at(MORNING):
        case = repairs.sent(ward)
        (again,) = opened(KINDS.REPEAT_FAILURE)
        assert (again.request, again.owner_role) == (case, "biomed_manager")
        assert again.due_at == MORNING + timedelta(days=7)  # five working days from a Wednesday
        assert failures.lately(ward.pieces[PUMP]).in_words == "3 reports in 90 days"
        work.take(request=case, by=ward.engineer)
        work.finish(request=case, by=ward.engineer, outcome="fixed_on_ward")
        repairs.sent(ward)
        assert opened(KINDS.REPEAT_FAILURE) == [again], "once while it is open"


def test_what_failed_its_test_is_not_mended(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward)
    work.take(request=case, by=ward.engineer)
    with pytest.raises(Invalid) as refused:
        work.finish(request=case, by=ward.engineer, outcome="fixed_on_ward", test="failed")
    assert list(refused.value.errors) == ["outcome"]
    work.finish(request=case, by=ward.engineer, outcome="sent_to_supplier", test="failed")


def test_no_fault_found_twice_is_looked_at(ward: SimpleNamespace) -> None:
    done(ward, "no_fault_found")
    assert not opened(KINDS.REPEAT_FAILURE)
    done(ward, "no_fault_found")
    (again,) = opened(KINDS.REPEAT_FAILURE)
    assert "2 reports in 90 days, no fault found 2 times" in again.detail


def test_what_was_cancelled_or_reported_twice_does_not_count(ward: SimpleNamespace) -> None:
    done(ward)
    lifecycle.cancel(request=repairs.sent(ward), by=ward.nurse, reason="works")
    done(ward, "duplicate")
    repairs.sent(ward)
    assert not opened(KINDS.REPEAT_FAILURE)


def test_a_broken_pump_does_not_hold_up_what_its_ward_orders(ward: SimpleNamespace) -> None:
    from tests import journeys

    repairs.sent(ward, **OUT)
    repairs.sent(ward, equipment=DEFIBRILLATOR, symptoms=["battery"], **OUT)
    assert len(opened(KINDS.EQUIPMENT_DOWN)) == 2
    assert journeys.sent(ward, GLV_NIT_M=2).state == RequestState.APPROVED
