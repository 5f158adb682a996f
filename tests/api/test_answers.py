"""Requests that are made of answers, through the API alone: asked, sent, taken, done, not right, and what is refused on the way."""

import uuid
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from portal.audit.models import Event
from portal.clock import at
from requests_app.models import ServiceRequest
from tests import configuring, journeys, personas, repairs
from tests.api.calls import Caller, action, caller, drafted, refused, sent
from tests.api.trail import trail
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
WARD = "SBG/7B"
BEGIN = datetime(2030, 5, 14, 8, 30, tzinfo=UTC)
PHI = "belongs to pt 943 476 5919"


@pytest.fixture
def hospital(world: SimpleNamespace) -> SimpleNamespace:
    world = repairs.equip(world)
    world.second = personas.person("second.engineer", role="fulfiller", place=world.teams["biomed"])
    return world


@pytest.fixture
def nurse(world: SimpleNamespace) -> Caller:
    return caller(world.nurse)


def saved(who: Caller, code: str, answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"department": WARD, "type": code, "answers": answers, **more}
    return who.put(f"drafts/{uuid.uuid4()}", body)


def asked(who: Caller, **more: Any) -> dict[str, Any]:
    """A repair of the pump, sent."""
    draft = saved(who, "repair", repairs.answers(**more))
    return who.post(draft["submit"], {"seen": draft["seen"]})


def of_type(who: Caller, code: str) -> dict[str, Any]:
    return next(one for one in who.get(f"types?department={WARD}")["results"] if one["code"] == code)


# ---- the way of a repair --------------------------------------------------------------------------------------------


def test_a_repair_from_its_questions_to_not_right(hospital: SimpleNamespace, nurse: Caller) -> None:
    keys = {one["key"] for one in of_type(nurse, "repair")["questions"]}
    assert {"equipment", "symptoms", "needed"} <= keys
    assert "clean" not in keys  # asked once it is known what it is
    draft = saved(nurse, "repair", {"equipment": repairs.PUMP})
    assert "needed" in draft["missing"]
    assert "symptoms" in draft["missing"]
    assert "clean" in {one["key"] for one in draft["questions"]}
    symptoms = next(one for one in draft["questions"] if one["key"] == "symptoms")
    assert "occlusion" in {one["code"] for one in symptoms["choices"]}
    assert draft["submit"] == action(nurse.get(f"requests/{draft['id']}"), "submit")["href"]
    body = {"department": WARD, "type": "repair", "answers": repairs.answers()}
    draft = nurse.put(f"drafts/{draft['client_key']}", body)
    assert draft["missing"] == {}
    request = nurse.post(draft["submit"], {"seen": draft["seen"]})
    assert nurse.post(draft["submit"], {"seen": draft["seen"]})["number"] == request["number"]
    assert (request["type"], request["state"]) == ("repair", "approved")

    engineer = caller(hospital.engineer)
    shown = engineer.get(request["href"])
    assert any(repairs.PUMP in row["answer"] for row in shown["said"])
    assert [one["name"] for one in shown["allowed_actions"] if one["allowed"]] == [
        "take",
        "wait",
        "ask",
        "pass",
    ]
    assert engineer.post(action(shown, "take")["href"])["state"] == "in_fulfilment"
    assert engineer.post(action(shown, "take")["href"])["state"] == "in_fulfilment"
    ends = [one["code"] for one in of_type(nurse, "repair")["outcomes"]]
    finish = action(engineer.get(request["href"]), "finish")["href"]
    assert engineer.post(finish, {"outcome": ends[0], "note": "new battery"})["state"] == "closed"

    reopen = action(nurse.get(request["href"]), "reopen")["href"]
    assert nurse.post(reopen, {"reason": "It still happens"})["state"] == "approved"
    stored = ServiceRequest.objects.get(public_id=request["id"])
    assert (stored.assignee, stored.outcome) == (None, "")
    told = nurse.get(request["href"])["timeline"]
    assert [one["why"] for one in told if one["what"] == "Sent it back to the team"] == ["It still happens"]
    assert told[0]["what"] == "The equipment is reported broken"  # with it: the piece is no longer in use
    assert engineer.post(action(shown, "take")["href"])["state"] == "in_fulfilment"


def test_what_is_refused_on_the_way(hospital: SimpleNamespace, nurse: Caller) -> None:
    engineer, second = caller(hospital.engineer), caller(hospital.second)
    stranger, colleague = caller(hospital.stranger), caller(hospital.colleague)
    draft = saved(nurse, "repair", repairs.answers(needed="never", safe=""))
    said = refused(nurse.send("POST", draft["submit"], {"seen": draft["seen"]}), 422, "invalid")
    assert said["errors"] == draft["missing"]
    assert set(said["errors"]) == {"needed", "safe"}
    refused(colleague.send("POST", draft["submit"], {"seen": draft["seen"]}), 404, "not_found")

    request = asked(nurse)
    there = f"requests/{request['id']}"
    calls: dict[str, Any] = {
        "take": None, "finish": {"outcome": "fixed_on_ward"}, "reopen": {"reason": "no"}, "withdraw": None,
    }  # fmt: skip
    for verb, body in calls.items():
        refused(stranger.send("POST", f"{there}/{verb}", body), 404, "not_found")
    refused(stranger.send("GET", there), 404, "not_found")
    refused(nurse.send("POST", f"{there}/take"), 403, "not_allowed")
    refused(nurse.send("POST", f"{there}/finish", calls["finish"]), 403, "not_allowed")
    refused(engineer.send("POST", f"{there}/finish", calls["finish"]), 409, "wrong_state")
    refused(nurse.send("POST", f"{there}/reopen", calls["reopen"]), 409, "wrong_state")
    refused(nurse.send("POST", f"{there}/withdraw"), 409, "wrong_state")

    engineer.post(f"{there}/take")
    first = refused(second.send("POST", f"{there}/take"), 409, "wrong_state")
    assert first["detail"] == f"{hospital.engineer.get_full_name()} took it before you."
    said = refused(engineer.send("POST", f"{there}/finish", {"outcome": "done"}), 422, "invalid")
    assert said["errors"] == {"outcome": ["Choose how it ended."]}
    refused(
        caller(hospital.engineer, "read").send("POST", f"{there}/finish", calls["finish"]), 403, "reads_only"
    )
    engineer.post(f"{there}/finish", calls["finish"])
    refused(engineer.send("POST", f"{there}/finish", calls["finish"]), 409, "wrong_state")
    refused(engineer.send("POST", f"{there}/reopen", calls["reopen"]), 403, "not_allowed")
    said = refused(nurse.send("POST", f"{there}/reopen", {"reason": " "}), 422, "invalid")
    assert set(said["errors"]) == {"reason"}


@pytest.mark.parametrize(
    ("change", "field"),
    [({"type": "nothing"}, "type"), ({"answers": {"equipment": 5}}, "answers"), ({"answers": []}, "answers"),
     ({"requester": "nobody.at.all"}, "requester"), ({"lines": [{"code": "GLV-NIT-M", "quantity": 1}]}, "lines"),
     ({"type": "supply"}, "answers"), ({"q-equipment": "x"}, "q-equipment")],
)  # fmt: skip
def test_a_draft_of_answers_that_cannot_be_taken_says_which_field(
    hospital: SimpleNamespace, nurse: Caller, change: dict[str, Any], field: str
) -> None:
    body = {"department": WARD, "type": "repair", "answers": {"equipment": repairs.PUMP}, **change}
    said = refused(nurse.send("PUT", f"drafts/{uuid.uuid4()}", body), 422, "invalid")
    assert list(said["errors"]) == [field]
    assert not ServiceRequest.objects.exists()


def test_types_are_those_of_a_ward_where_one_works(hospital: SimpleNamespace, nurse: Caller) -> None:
    assert of_type(nurse, "supply")["questions"] == []
    foreign = caller(hospital.stranger).get("me")["departments"][0]["ref"]
    for query in (f"types?department={foreign}", "types?department=SBG/none", "types"):
        assert "department" in refused(nurse.send("GET", query), 422, "invalid")["errors"]


# ---- the same as on the pages ---------------------------------------------------------------------------------------


class Browser:
    def __init__(self, user: Any) -> None:
        self.client: Client = signed_in(user)

    def ask(self) -> ServiceRequest:
        return configuring.ask(self.client, "repair", **repairs.answers())

    def do(self, request: ServiceRequest, verb: str, **form: str) -> None:
        there = f"/{'work' if verb in ('take', 'finish') else 'requests'}/{request.public_id}/{verb}/"
        answer = self.client.post(there, form)
        assert answer.status_code == 302, answer.content.decode()[-2000:]

    def reopen(self, request: ServiceRequest) -> None:
        self.do(request, "reopen", reason="again", words="Since noon")


class Program:
    def __init__(self, user: Any) -> None:
        self.api = caller(user)

    def ask(self) -> ServiceRequest:
        return ServiceRequest.objects.get(public_id=asked(self.api)["id"])

    def do(self, request: ServiceRequest, verb: str, **body: str) -> None:
        self.api.post(f"requests/{request.public_id}/{verb}", body or None)

    def reopen(self, request: ServiceRequest) -> None:
        self.do(request, "reopen", reason="Same fault again. Since noon")


def told(world: SimpleNamespace, way: Any, outcome: str = "fixed_on_ward") -> dict[str, list[Any]]:
    with transaction.atomic():
        with at(BEGIN):
            nurse, engineer = way(world.nurse), way(world.engineer)
            request = nurse.ask()
        with at(BEGIN + timedelta(minutes=20)):
            engineer.do(request, "take")
            engineer.do(request, "finish", outcome=outcome)
        with at(BEGIN + timedelta(hours=2)):
            nurse.reopen(request)
            engineer.do(request, "take")
        found = trail(journeys.fresh(request))
        transaction.set_rollback(True)
    return found


def test_a_repair_leaves_the_same_trail_as_on_the_pages(hospital: SimpleNamespace) -> None:
    pages, calls = told(hospital, Browser), told(hospital, Program)
    assert calls == pages
    assert all(len(pages[name]) for name in ("events", "changes", "notices", "clocks"))
    assert told(hospital, Program, outcome="exchanged")["events"] != pages["events"]  # the control


# ---- a configured type, decided, given back and taken back ----------------------------------------------------------


@pytest.fixture
def configured(world: SimpleNamespace) -> SimpleNamespace:
    """A type that an administrator made, which the head decides and HR does."""
    world.crew = configuring.crew(world)
    admin = signed_in(world.administrator)
    world.code = configuring.new_type(admin, "Parking permit")
    question = {"label": "Whose car?", "ask": "text", "required": "on"}
    configuring.post(admin, "question-new", world.code, **question)
    configuring.post(admin, "type-terms", world.code, team="hr", route="head", **configuring.TIMES)
    configuring.post(admin, "type-publish", world.code)
    return world


def test_a_configured_type_is_given_back_taken_back_agreed_and_done(
    configured: SimpleNamespace, nurse: Caller
) -> None:
    head, member = caller(configured.head), caller(configured.crew["hr"])
    [question] = of_type(nurse, configured.code)["questions"]
    assert (question["label"], question["ask"], question["asked_if"]) == ("Whose car?", "text", {})
    answers = {question["key"]: "Mine"}
    draft = saved(nurse, configured.code, {})
    assert list(draft["missing"]) == [question["key"]]
    there, body = (
        f"drafts/{draft['client_key']}",
        {"department": WARD, "type": configured.code, "answers": answers},
    )
    draft = nurse.put(there, body)
    request = nurse.post(draft["submit"], {"seen": draft["seen"]})
    assert request["state"] == "submitted"

    [card] = head.get("approvals")["results"]
    assert card["said"] == [{"question": "Whose car?", "answer": "Mine"}]
    head.post(card["give_back"], {"seen": card["seen"], "reason": "Which number plate?"})
    shown = nurse.get(request["href"])
    assert shown["state"] == "returned"
    assert [one["name"] for one in shown["allowed_actions"]] == ["submit", "save", "cancel"]
    assert [one["name"] for one in head.get(request["href"])["allowed_actions"]] == ["undo", "cancel"]
    assert head.get(request["href"])["before_sending"] is None
    nurse.put(action(shown, "save")["href"], {**body, "answers": {question["key"]: "Mine, HH 12"}})
    again = action(nurse.get(request["href"]), "submit")
    assert nurse.post(again["href"], {"seen": again["seen"]})["number"] == request["number"]

    withdraw = action(nurse.get(request["href"]), "withdraw")["href"]
    refused(caller(configured.colleague).send("POST", withdraw), 403, "not_allowed")
    assert nurse.post(withdraw)["state"] == "returned"
    assert head.get("approvals")["results"] == []
    again = action(nurse.get(request["href"]), "submit")
    nurse.post(again["href"], {"seen": again["seen"]})

    [card] = head.get("approvals")["results"]
    assert head.post(card["approve"], {"seen": card["seen"]})["request"]["state"] == "approved"
    refused(nurse.send("POST", withdraw), 409, "wrong_state")
    member.post(f"requests/{request['id']}/take")
    outcomes = [one["code"] for one in of_type(nurse, configured.code)["outcomes"]]
    assert member.post(f"requests/{request['id']}/finish", {"outcome": outcomes[0]})["state"] == "closed"
    assert (
        nurse.post(f"requests/{request['id']}/reopen", {"reason": "The barrier stays down"})["state"]
        == "approved"
    )


# ---- patient data ---------------------------------------------------------------------------------------------------


def kept() -> list[tuple[str, Any]]:
    found = Event.objects.filter(action="request.patient_data_kept").order_by("pk")
    return [(event.case, event.after["fields"]) for event in found]


def test_what_looks_like_a_patient_is_sent_only_on_purpose(hospital: SimpleNamespace, nurse: Caller) -> None:
    draft = saved(nurse, "repair", repairs.answers(), note=PHI)
    for body in ({}, {"patient_data_ok": False}):
        answer = nurse.send("POST", draft["submit"], {"seen": draft["seen"], **body})
        errors = refused(answer, 422, "invalid")["errors"]
        assert set(errors) == {"note", "patient_data_ok"}
        assert errors["note"] == ["This looks like an NHS number. Please leave patients' data out."]
    assert not ServiceRequest.objects.get().number
    assert kept() == []
    said = {"seen": draft["seen"], "patient_data_ok": True}
    numbers = {nurse.post(draft["submit"], said)["number"] for _time in range(2)}
    assert len(numbers) == 1
    assert kept() == [(draft["id"], {"note": ["nhs_number"]})]
    assert nurse.post(draft["submit"], {"seen": draft["seen"]})["number"] in numbers  # it is sent already


def test_answers_and_lists_are_looked_at_too(configured: SimpleNamespace, nurse: Caller) -> None:
    [question] = of_type(nurse, configured.code)["questions"]
    draft = saved(nurse, configured.code, {question["key"]: PHI})
    errors = refused(nurse.send("POST", draft["submit"], {"seen": draft["seen"]}), 422, "invalid")["errors"]
    assert set(errors) == {question["key"], "patient_data_ok"}
    supplies = drafted(nurse, configured, note=PHI, GLV_NIT_M=1)
    errors = refused(nurse.send("POST", supplies["submit"], {"seen": supplies["seen"]}), 422, "invalid")[
        "errors"
    ]
    assert set(errors) == {"note", "patient_data_ok"}
    nurse.post(supplies["submit"], {"seen": supplies["seen"], "patient_data_ok": True})
    assert kept() == [(supplies["id"], {"note": ["nhs_number"]})]


def test_nobody_is_asked_about_ordinary_words(hospital: SimpleNamespace, nurse: Caller) -> None:
    draft = saved(nurse, "repair", repairs.answers(), note="PO 9434765919, ring 4471")
    nurse.post(draft["submit"], {"seen": draft["seen"], "patient_data_ok": True})
    assert kept() == []


def test_reasons_are_looked_at_too(hospital: SimpleNamespace, nurse: Caller) -> None:
    request = sent(nurse, hospital, NPW_KIT=1)
    cancel = f"requests/{request['id']}/cancel"
    errors = refused(nurse.send("POST", cancel, {"reason": PHI}), 422, "invalid")["errors"]
    assert set(errors) == {"reason", "patient_data_ok"}
    assert nurse.post(cancel, {"reason": PHI, "patient_data_ok": True})["state"] == "cancelled"
    repair, engineer = asked(nurse), caller(hospital.engineer)
    engineer.post(f"requests/{repair['id']}/take")
    engineer.post(f"requests/{repair['id']}/finish", {"outcome": "fixed_on_ward"})
    reopen = f"requests/{repair['id']}/reopen"
    assert "patient_data_ok" in refused(nurse.send("POST", reopen, {"reason": PHI}), 422, "invalid")["errors"]
    nurse.post(reopen, {"reason": PHI, "patient_data_ok": True})
    assert kept() == [(one, {"reason": ["nhs_number"]}) for one in (request["id"], repair["id"])]
