"""The desk of a repair and the pages of those who look after equipment, over HTTP; what each costs in queries."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from portal import clock
from requests_app import waits, work
from requests_app.equipment import loans
from requests_app.models import Equipment, ServiceRequest
from requests_app.states import RequestState
from tests import personas, repairs
from tests.flows.test_budgets import costs
from tests.journeys import fresh
from tests.personas import signed_in
from tests.repairs import DEFIBRILLATOR, PUMP

pytestmark = pytest.mark.django_db
OUT = {"safe": "no_removed"}
SPARE = "10462"


@pytest.fixture
def ward(world: SimpleNamespace) -> SimpleNamespace:
    world = repairs.equip(world)
    world.librarian = personas.person("lib.rarian", role="fulfiller", place=world.teams["library"])
    world.mate = personas.person("otto.lund", role="fulfiller", place=world.teams["biomed"])
    return world


@pytest.fixture
def engineer(ward: SimpleNamespace) -> Client:
    return signed_in(ward.engineer)


def at(name: str, case: ServiceRequest) -> str:
    return reverse(f"requests:{name}", args=[case.public_id])


def of(name: str, piece: Equipment) -> str:
    return reverse(f"requests:{name}", args=[piece.pk])


def a_year_on() -> str:
    return (clock.now() + timedelta(days=300)).date().isoformat()


def label(tag: str) -> str:
    return reverse("requests:equipment", args=[tag])


def test_the_whole_way_by_page(ward: SimpleNamespace, engineer: Client) -> None:
    case = repairs.sent(ward, needed="today", **OUT)
    shown = engineer.get(at("repair-desk", case)).content.decode()
    assert "Out of use" in shown and f"Lend Infusion pump, loan {SPARE}" in shown
    spare = ward.pieces[SPARE]
    engineer.post(at("repair-lend", case), {"equipment": spare.pk})
    engineer.post(at("repair-workshop", case))
    shown = engineer.get(at("repair-desk", case)).content.decode()
    assert "Being repaired" in shown and "is lent meanwhile" in shown and f"{SPARE} is back" in shown
    engineer.post(at("finish", case), {"outcome": "fixed_in_workshop", "minutes": "40", "test": "passed"})
    assert fresh(case).state == RequestState.CLOSED
    assert PUMP in engineer.get(reverse("requests:equipment-checks")).content.decode()
    assert "Fit for use?" in engineer.get(label(PUMP)).content.decode()
    given = {"safety": "on", "function": "on", "next_service_on": a_year_on()}
    answer = engineer.post(of("equipment-check", ward.pieces[PUMP]), given, follow=True)
    assert "It is in use again." in answer.content.decode()
    assert fresh(ward.pieces[PUMP]).state == "in_use"
    engineer.post(reverse("requests:loan-back", args=[spare.loans.get().pk]))
    assert fresh(spare).state == "in_use"


def test_who_may_not_is_told_or_learns_nothing(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward, **OUT)
    pump = ward.pieces[PUMP]
    for person, seen in ((ward.nurse, 403), (ward.stranger, 404), (ward.librarian, 404)):
        client = signed_in(person)
        assert client.get(at("repair-desk", case)).status_code == seen
        assert client.get(at("cost-new", case)).status_code == seen
        for name in ("repair-workshop", "repair-safe", "repair-lend"):
            spare = {"equipment": ward.pieces[SPARE].pk, "how": "so"}
            assert client.post(at(name, case), spare).status_code == seen, (person, name)
    for person, seen in ((ward.nurse, 403), (ward.stranger, 404)):
        client = signed_in(person)
        for name in ("equipment-check", "equipment-sign"):
            assert client.post(of(name, pump), {"safety": "on"}).status_code == seen, (person, name)
        assert client.get(reverse("requests:equipment-checks")).status_code == 403
    assert fresh(pump).state == "out_of_use"


def test_the_history_is_for_those_who_look_after_it(ward: SimpleNamespace, engineer: Client) -> None:
    repairs.sent(ward, ward.other_nurse, ward.other_ward, **OUT)
    assert "Its history" in engineer.get(label(PUMP)).content.decode()
    for person in (ward.nurse, ward.head):
        shown = signed_in(person).get(label(PUMP)).content.decode()
        assert "Its history" not in shown and "Fit for use?" not in shown
        assert ward.other_nurse.get_full_name() not in shown


@pytest.mark.parametrize("given", [{}, {"next_service_on": "soon"}, {"next_service_on": "2001-01-01"}])
def test_a_check_that_is_refused_keeps_what_was_typed(
    ward: SimpleNamespace, engineer: Client, given: dict[str, str]
) -> None:
    case = repairs.sent(ward, **OUT)
    work.take(request=case, by=ward.engineer)
    work.finish(request=case, by=ward.engineer, outcome="fixed_on_ward")
    answer = engineer.post(
        of("equipment-check", ward.pieces[PUMP]), {"safety": "on", "function": "on", **given}
    )
    shown = answer.content.decode()
    assert answer.status_code == 422 and "There is a problem" in shown
    assert shown.count("checked") >= 2 and fresh(ward.pieces[PUMP]).state == "awaiting_check"


def test_two_sign_by_page(ward: SimpleNamespace, engineer: Client) -> None:
    case = repairs.sent(ward, equipment=DEFIBRILLATOR, symptoms=["battery"], **OUT)
    work.take(request=case, by=ward.engineer)
    work.finish(request=case, by=ward.engineer, outcome="part_replaced")
    device = ward.pieces[DEFIBRILLATOR]
    given = {"safety": "on", "function": "on", "next_service_on": a_year_on()}
    engineer.post(of("equipment-check", device), given)
    assert "Sign as the second" not in engineer.get(label(DEFIBRILLATOR)).content.decode()
    assert engineer.post(of("equipment-sign", device)).status_code == 403
    mate = signed_in(ward.mate)
    assert "Sign as the second" in mate.get(label(DEFIBRILLATOR)).content.decode()
    assert mate.post(of("equipment-sign", device)).status_code == 302
    assert fresh(device).state == "in_use"


def test_a_cost_by_page_is_refused_with_what_was_typed_then_filed(
    ward: SimpleNamespace, engineer: Client
) -> None:
    case = repairs.sent(ward)
    answer = engineer.post(at("cost-new", case), {"amount": "much", "what": "Mainboard"})
    shown = answer.content.decode()
    assert answer.status_code == 422 and 'value="much"' in shown and 'value="Mainboard"' in shown
    doubtful = {"amount": "600", "what": "NHS number 943 476 5919"}
    assert engineer.post(at("cost-new", case), doubtful).status_code == 422
    answer = engineer.post(at("cost-new", case), {"amount": "600", "what": "Mainboard"}, follow=True)
    assert "£600.00 is being decided." in answer.content.decode()
    running = waits.running(fresh(case))
    assert running and running.reason == "approval_cost"
    assert "Done, and how" not in engineer.get(at("repair-desk", case)).content.decode()


def test_made_safe_by_page(ward: SimpleNamespace, engineer: Client) -> None:
    case = repairs.sent(ward, needed="today")
    answer = engineer.post(at("repair-safe", case), {"how": ""})
    assert answer.status_code == 422
    assert engineer.post(at("repair-safe", case), {"how": "Gravity set"}).status_code == 302
    assert fresh(case).repair.made_safe_how == "Gravity set"
    shown = signed_in(ward.nurse).get(reverse("desk:request-detail", args=[case.public_id])).content.decode()
    assert "Gravity set" in shown


def test_lent_to_a_ward_that_came_for_it_and_given_back_by_the_ward(ward: SimpleNamespace) -> None:
    library, spare = signed_in(ward.librarian), ward.pieces[SPARE]
    assert "Lend it" in library.get(label(SPARE)).content.decode()
    assert library.post(of("equipment-lend", spare), {"to": ""}).status_code == 422
    assert library.post(of("equipment-lend", spare), {"to": ward.ward.pk}).status_code == 302
    assert fresh(spare).state == "on_loan"
    nurse = signed_in(ward.nurse)
    assert "It is back" in nurse.get(label(SPARE)).content.decode()
    loan = spare.loans.get()
    assert signed_in(ward.stranger).post(reverse("requests:loan-back", args=[loan.pk])).status_code == 404
    assert signed_in(ward.other_nurse).post(reverse("requests:loan-back", args=[loan.pk])).status_code == 403
    assert nurse.post(reverse("requests:loan-back", args=[loan.pk])).status_code == 302
    assert fresh(spare).state == "in_use"


@pytest.mark.parametrize("rows", [1, 3])
def test_what_the_pages_cost(ward: SimpleNamespace, engineer: Client, rows: int) -> None:
    free = Equipment.objects.filter(class_code="infusion_pump", department__isnull=False, state="in_use")
    pumps = [ward.pieces[PUMP], *free.exclude(tag=PUMP)[: rows - 1]]
    for pump in pumps:
        case = repairs.sent(ward, ward.nurse, equipment=pump.tag, **OUT)
        work.take(request=case, by=ward.engineer)
        work.finish(request=case, by=ward.engineer, outcome="fixed_on_ward")
    for count in range(rows):
        Equipment.objects.create(
            hospital=ward.hospital,
            tag=f"9000{count}",
            name="Pump",
            class_code="infusion_pump",
            criticality="B",
        )
    queue, piece = reverse("requests:equipment-checks"), label(PUMP)
    for _warm in range(2):
        engineer.get(queue)
    with costs(9):
        engineer.get(queue)
    with costs(14):
        engineer.get(piece)
    case = repairs.sent(ward, needed="today", **OUT)
    loans.lend(equipment=ward.pieces[SPARE], request=case, by=ward.engineer)
    with costs(11):
        engineer.get(at("repair-desk", case))
