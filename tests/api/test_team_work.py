"""The work of a team through the API: the list, giving out, waiting, asking, answering, passing on; refused as on the pages."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.clock import now
from requests_app import work
from requests_app.models import ServiceRequest, Wait
from tests import personas, repairs
from tests.api.calls import Caller, caller, refused
from tests.journeys import fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(world: SimpleNamespace) -> SimpleNamespace:
    repairs.equip(world)
    world.second = personas.person("dan.holt", role="fulfiller", place=world.teams["biomed"])
    world.lead = personas.person("lea.stone", role="team_lead", place=world.teams["biomed"])
    world.case = repairs.sent(world)
    return world


@pytest.fixture
def engineer(shop: SimpleNamespace) -> Caller:
    return caller(shop.engineer)


def names(who: Caller, case: ServiceRequest) -> list[str]:
    return [one["name"] for one in who.get(f"requests/{case.public_id}")["allowed_actions"]]


def test_the_list_is_that_of_the_page(shop: SimpleNamespace, engineer: Caller) -> None:
    others = [repairs.sent(shop) for _ in range(2)]
    work.take(request=others[0], by=shop.second)
    found = engineer.get("work")["results"]
    assert [one["request"]["id"] for one in found] == [one.public_id for one in (shop.case, *others)]
    assert found[0]["team"] == "biomed"
    assert [one["who_has_it"] for one in found] == ["", "Dan Holt", ""]
    first = engineer.get("work?size=2")
    assert len(first["results"]) == 2
    rest = engineer.get(first["next"])
    assert [one["request"]["id"] for one in rest["results"]] == [others[1].public_id]
    assert rest["next"] is None
    assert len(engineer.get("work?show=free")["results"]) == 2
    assert engineer.get("work?show=mine&team=biomed")["results"] == []
    for query in ("show=nonsense", "after=nonsense", "size=0", "page=2"):
        refused(engineer.send("GET", f"work?{query}"), 422, "invalid")
    refused(caller(shop.nurse).send("GET", "work"), 403, "not_allowed")


def test_given_waited_asked_answered_passed(shop: SimpleNamespace, engineer: Caller) -> None:
    there, lead, nurse = f"requests/{shop.case.public_id}", caller(shop.lead), caller(shop.nurse)
    assert set(names(lead, shop.case)) >= {"take", "assign", "wait", "ask", "pass"}
    assert "assign" not in names(engineer, shop.case)
    assert not {"take", "wait", "ask", "pass", "assign"} & set(names(nurse, shop.case))
    lead.post(f"{there}/assign", {"to": shop.engineer.username})
    said = refused(caller(shop.second).send("POST", f"{there}/take"), 409, "wrong_state")
    assert said["detail"] == "It was given to Eva Berg."
    engineer.post(f"{there}/take")
    until = (now() + timedelta(days=2)).isoformat()
    assert engineer.post(f"{there}/wait", {"reason": "parts", "again_at": until})["state"] == "on_hold"
    assert "resume" in names(engineer, shop.case)
    assert "wait" not in names(engineer, shop.case)
    assert engineer.post(f"{there}/resume")["state"] == "in_fulfilment"
    question = engineer.post(f"{there}/ask", {"text": "Is it clean?", "choices": ["Yes", "No"]})
    answer = next(one for one in nurse.get(there)["allowed_actions"] if one["name"] == "answer")
    assert answer["title"] == "Is it clean?"
    assert nurse.post(answer["href"], {"text": "Yes"})["answer"] == "Yes"
    late = refused(
        caller(shop.colleague).send("POST", f"questions/{question['ref']}/answer", {"text": "No"}),
        409,
        "wrong_state",
    )
    assert late["detail"] == "This was answered already: Yes"
    assert fresh(shop.case).state == "in_fulfilment"
    passed = engineer.post(f"{there}/pass", {"team": "estates", "reason": "Not ours"})
    assert passed["state"] == "approved"
    refused(engineer.send("GET", there), 404, "not_found")


def test_what_is_refused_says_where(shop: SimpleNamespace, engineer: Caller) -> None:
    there = f"requests/{shop.case.public_id}"
    for call, body, field in (
        ("wait", {"reason": "parts"}, "again_at"),
        ("wait", {"reason": "ward_answer"}, "reason"),
        ("wait", {"reason": "not_clean", "note": "NHS number 943 476 5919"}, "note"),
        ("ask", {"text": "", "choices": []}, "text"),
        ("ask", {"text": "Clean?", "choices": list("abcde")}, "choices"),
        ("pass", {"team": "nobody", "reason": "Not ours"}, "team"),
        ("pass", {"team": "estates", "reason": ""}, "reason"),
    ):
        errors = refused(engineer.send("POST", f"{there}/{call}", body), 422, "invalid")["errors"]
        assert field in errors, (call, errors)
    lead = caller(shop.lead)
    for to in ("nobody.at.all", shop.nurse.username):
        assert "to" in refused(lead.send("POST", f"{there}/assign", {"to": to}), 422, "invalid")["errors"]
    assert not Wait.objects.exists()
    for call in ("assign", "wait", "resume", "ask", "pass"):
        body = {"to": shop.second.username, "reason": "parts", "text": "?", "team": "estates"}
        fields = {
            "assign": ["to"],
            "wait": ["reason"],
            "resume": [],
            "ask": ["text"],
            "pass": ["team", "reason"],
        }
        sent = {name: body[name] for name in fields[call]}
        refused(caller(shop.nurse).send("POST", f"{there}/{call}", sent or None), 403, "not_allowed")
        refused(caller(shop.stranger).send("POST", f"{there}/{call}", sent or None), 404, "not_found")


def test_what_ended_has_moved_on(shop: SimpleNamespace, engineer: Caller) -> None:
    there = f"requests/{shop.case.public_id}"
    engineer.post(f"{there}/take")
    done = {
        "outcome": "part_replaced",
        "minutes": 35,
        "parts": [{"name": "Battery", "quantity": 1, "price": "42.00"}],
        "test": "passed",
    }
    refused(engineer.send("POST", f"{there}/finish", done | {"parts": [{"name": "Battery"}]}), 422, "invalid")
    assert engineer.post(f"{there}/finish", done)["state"] == "closed"
    record = shop.case.work_records.get()
    assert (record.minutes, str(record.parts_cost), record.test) == (35, "42.00", "passed")
    for call, body in (("wait", {"reason": "not_clean"}), ("resume", None), ("ask", {"text": "Clean?"})):
        refused(engineer.send("POST", f"{there}/{call}", body), 409, "wrong_state")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(
    shop: SimpleNamespace, engineer: Caller, rows: int
) -> None:
    for _row in range(rows):
        work.take(request=repairs.sent(shop), by=shop.engineer)
    engineer.get("work")  # the first call of an hour writes when the token was used
    for query, cost in (("work", 4), ("work?show=mine", 4), ("work?show=late&team=biomed", 3)):
        with CaptureQueriesContext(connection) as queries:
            engineer.get(query)
        assert len(queries) == cost, query
