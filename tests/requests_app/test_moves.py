"""Moves: what is asked, what follows from it, when porters get it, and the way back."""

import uuid
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal import clock
from portal.errors import Invalid
from requests_app import asking, questions
from requests_app.kinds.transport import TransportKind
from requests_app.models import ServiceRequest
from requests_app.states import Priority, RequestState
from requests_app.transport import moves, precautions
from sla.models import Clock
from tests import moving

pytestmark = pytest.mark.django_db
KIND = TransportKind()
MORNING = datetime(2027, 3, 10, 9, 0, tzinfo=UTC)  # a Wednesday; London is on UTC


@pytest.fixture
def porters(world: SimpleNamespace) -> SimpleNamespace:
    return moving.porters(world)


def problems(world: SimpleNamespace, **more: Any) -> dict[str, list[str]]:
    return KIND.problems(moving.draft(world, **more))


# ---- what is asked ----


def test_of_a_patient_five_questions_are_seen_and_the_ward_is_filled_in(porters: SimpleNamespace) -> None:
    form = asking.empty_draft(
        by=porters.nurse,
        category=moving.draft(porters).category,
        department=porters.ward,
        client_key=uuid.uuid4(),
        answers={},
    )
    form.answers = KIND.prefill(form, {"to": porters.ct.code})
    seen = [one.key for one in questions.asked(KIND.questions(form), form.answers) if not one.detail]
    assert seen == ["what", "to", "how", "precautions", "when"]
    assert form.answers == {
        "what": "patient",
        "when": "free",
        "from": porters.station.code,
        "to": porters.ct.code,
    }


@pytest.mark.parametrize("what", moves.WHAT)
def test_nothing_that_moves_asks_more_than_five_at_once(what: str) -> None:
    asked = questions.asked(moves.asked(), {"what": what, "when": "free"})
    assert len([one for one in asked if not one.detail]) <= questions.MOST_VISIBLE


def test_the_precautions_have_no_default_and_must_be_chosen(porters: SimpleNamespace) -> None:
    assert problems(porters) == {}
    assert problems(porters, precautions=[]) == {"precautions": ["Choose the precautions, or “None known”."]}
    assert problems(porters, precautions=["contact", "droplet"]) == {}


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (["standard", "contact"], "does not go with another"),
        (["high_consequence"], "Ring infection prevention"),
    ],
)
def test_precautions_that_are_refused(porters: SimpleNamespace, chosen: list[str], said: str) -> None:
    found = problems(porters, precautions=chosen)
    assert said in found["precautions"][0]
    with pytest.raises(Invalid):
        moving.sent(porters, precautions=chosen)


@pytest.mark.parametrize("bed", ["12", "B3", "A-12"])
@pytest.mark.parametrize("initials", ["AM", "amz", ""])
def test_a_bed_and_initials_are_taken(porters: SimpleNamespace, bed: str, initials: str) -> None:
    assert problems(porters, bed=bed, initials=initials) == {}


@pytest.mark.parametrize("initials", ["Anna Miller", "A.M.", "Anna", "A M", "943", "A1"])
def test_more_than_initials_is_refused_with_what_to_do(porters: SimpleNamespace, initials: str) -> None:
    assert problems(porters, initials=initials) == {
        "initials": ["Enter at most 3 letters, such as AM. Names do not belong here."]
    }


@pytest.mark.parametrize("bed", ["bed 12", "943 476 5919", "9434765919", "12 AM", "Miller"])
def test_more_than_the_bed_is_refused(porters: SimpleNamespace, bed: str) -> None:
    assert "Enter only the bed" in problems(porters, bed=bed)["bed"][0]


def test_litres_are_asked_with_oxygen_only(porters: SimpleNamespace) -> None:
    assert "oxygen_litres" in problems(porters, comes_along=["oxygen"])
    assert problems(porters, comes_along=["monitor"]) == {}
    request = moving.sent(porters, comes_along=["oxygen", "pump"], oxygen_litres="4", tell=["may_fall"])
    move = request.move
    assert (move.comes_along, move.oxygen_litres, move.tell) == ("oxygen pump", 4, "may_fall")


def test_it_has_to_go_somewhere_else(porters: SimpleNamespace) -> None:
    assert problems(porters, to=porters.station.code)["to"] == ["It is there already: choose another place."]
    assert problems(porters, to="")["to"] == ["Choose where to."]
    assert problems(porters, to="NOWHERE")["to"] == ["Choose a place of this hospital."]


def test_the_last_places_are_one_tap_away(porters: SimpleNamespace) -> None:
    plain = moving.draft(porters)
    assert next(one for one in KIND.questions(plain) if one.key == "to").choices == ()
    moving.sent(porters)
    moving.sent(porters, to=porters.deliver_to.code)
    again = moving.draft(porters, to="")
    offered = next(one for one in KIND.questions(again) if one.key == "to").choices
    assert [choice.code for choice in offered] == [porters.deliver_to.code, porters.ct.code, "other"]
    elsewhere = moving.sent(porters, to="other", to_other=porters.deliver_to.code)
    assert elsewhere.move.destination == porters.deliver_to
    assert problems(porters, to="other") == {"to_other": ["Choose where to."]}


def test_a_place_that_is_no_quick_choice_is_taken_as_well(porters: SimpleNamespace) -> None:
    moving.sent(porters)
    assert moving.sent(porters, to=porters.deliver_to.code).move.destination == porters.deliver_to


def test_places_of_other_wards_are_not_offered(porters: SimpleNamespace) -> None:
    moving.sent(porters)
    draft = asking.save_answers(
        by=porters.other_nurse,
        client_key=uuid.uuid4(),
        category=moving.draft(porters).category,
        department=porters.other_ward,
        answers={},
    )
    assert next(one for one in KIND.questions(draft) if one.key == "to").choices == ()


# ---- what follows ----


@pytest.mark.parametrize(
    ("more", "title", "service", "team"),
    [
        ({}, "Patient to CT room", "move_patient", "porters"),
        ({"what": "bed", "condition": "used"}, "Bed or trolley, empty to CT room", "move_goods", "porters"),
        ({"what": "sample", "samples": "2"}, "Sample to CT room", "move_sample", "porters"),
        (
            {"what": "gas", "gas": "oxygen", "cylinder": "CD", "filling": "full"},
            "Gas cylinder",
            "move_goods",
            "porters",
        ),
        ({"what": "meal", "meals": "1"}, "Late meal to CT room", "move_goods", "porters"),
        ({"what": "after_death"}, "Transfer after death", "move_after_death", "porters"),
    ],
)
def test_what_moves_says_whose_times_apply(
    porters: SimpleNamespace, more: dict[str, Any], title: str, service: str, team: str
) -> None:
    request = moving.sent(porters, **more)
    assert (request.title, request.service, request.team.code) == (title, service, team)
    assert request.state == RequestState.APPROVED
    assert request.released_at


def test_blood_is_collected_elsewhere_and_brought_to_the_ward(porters: SimpleNamespace) -> None:
    request = moving.sent(porters, what="blood", units="2", collect=porters.ct.code, to=porters.station.code)
    assert request.title == "Blood or platelets from CT room to Ward 7B, Acute Medicine"
    assert request.service == "move_blood"
    assert "units" in problems(porters, what="blood", collect=porters.ct.code, to=porters.station.code)


@pytest.mark.parametrize(
    ("when", "priority", "response", "fulfilment"),
    [("now", Priority.URGENT, 5, 30), ("free", Priority.ROUTINE, 15, 60)],
)
def test_the_answer_sets_priority_and_clock(
    porters: SimpleNamespace, when: str, priority: str, response: int, fulfilment: int
) -> None:
    with clock.at(MORNING):
        request = moving.sent(porters, when=when)
    assert request.priority == priority
    due = dict(Clock.objects.filter(request=request).values_list("kind", "due_at"))
    assert due == {
        Clock.Kind.RESPONSE: MORNING + timedelta(minutes=response),
        Clock.Kind.FULFILMENT: MORNING + timedelta(minutes=fulfilment),
    }


def test_precautions_stand_on_the_request_in_the_order_of_the_table(porters: SimpleNamespace) -> None:
    request = moving.sent(porters, precautions=["airborne", "contact"])
    assert [one.code for one in precautions.of(request.precautions)] == ["contact", "airborne"]
    assert not moving.sent(porters, what="sample", samples="1").precautions


def test_after_death_only_its_writer_and_the_porters_see_it(porters: SimpleNamespace) -> None:
    request = moving.sent(porters, what="after_death")
    assert request.private
    seeing = {
        person.username
        for person in (porters.nurse, porters.colleague, porters.head, porters.service_manager, porters.porter,
                       porters.auditor, porters.storekeeper)
        if ServiceRequest.objects.visible_to(person).filter(pk=request.pk).exists()
    }  # fmt: skip
    assert seeing == {porters.nurse.username, porters.porter.username}
