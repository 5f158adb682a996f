"""The path by its endpoints: what each answers, refuses and costs."""

import json
import uuid
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.audit.models import Event
from requests_app.models import ServiceRequest
from tests import journeys
from tests.api.calls import Caller, action, caller, draft_body, drafted, refused, sent
from tests.personas import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse(world: SimpleNamespace) -> Caller:
    return caller(world.nurse)


@pytest.fixture
def head(world: SimpleNamespace) -> Caller:
    return caller(world.head)


def test_the_way_of_a_request(world: SimpleNamespace, nurse: Caller, head: Caller) -> None:
    key = uuid.uuid4()
    body = draft_body(world, GLV_NIT_M=6, SPO_SEN=1)
    draft = nurse.put(f"drafts/{key}", body)
    assert nurse.put(f"drafts/{key}", body)["id"] == draft["id"]
    assert [line["code"] for line in draft["lines"]] == ["GLV-NIT-M", "SPO-SEN"]
    assert draft["missing"] == {}
    before = nurse.get(f"requests/{draft['id']}")
    assert before["before_sending"]["seen"] == draft["seen"]
    assert before["before_sending"]["will_decide"][0]["people"] == ["Joy Okoro"]
    assert [one["name"] for one in before["allowed_actions"]] == ["submit", "save", "discard"]

    request = nurse.post(draft["submit"], {"seen": draft["seen"]})
    assert nurse.post(draft["submit"], {"seen": draft["seen"]})["number"] == request["number"]
    assert refused(nurse.send("PUT", f"drafts/{key}", body), 409, "wrong_state")["public_id"] == request["id"]

    [card] = head.get("approvals")["results"]
    assert card["request"]["number"] == request["number"]
    assert card["effect"].startswith("Approving sends")
    decided = head.post(card["approve"], {"seen": card["seen"]})
    assert decided["state"] == "approved"
    assert head.post(card["approve"], {"seen": card["seen"]})["state"] == "approved"
    assert head.get("approvals") == {"results": [], "waiting": 0}
    assert ServiceRequest.objects.get(public_id=request["id"]).state == "approved"

    keeper = caller(world.storekeeper)
    [pick] = keeper.get("picks")["results"]
    lines = {"lines": [line["id"] for line in pick["to_pick"]]}
    assert keeper.post(f"requests/{request['id']}/pick", lines)["state"] == "in_fulfilment"
    assert keeper.post(f"requests/{request['id']}/send", lines)["state"] == "in_fulfilment"

    shown = nurse.get(request["href"])
    assert shown["coming"]
    receive = action(shown, "receive")
    assert receive["allowed"]
    gloves = next(line for line in shown["lines"] if line["code"] == "GLV-NIT-M")
    assert gloves["expected"] == 6
    nurse.post(receive["href"], {"lines": [{"id": gloves["id"], "quantity": 4}]})
    line = nurse.get(request["href"])["lines"][0]
    assert (line["arrived"], line["state"], line["expected"]) == (4, "to_pick", 0)


def test_everything_that_is_expected_arrives_at_one_call(world: SimpleNamespace, nurse: Caller) -> None:
    request = journeys.approved(world, GLV_NIT_M=6)
    keeper = caller(world.storekeeper)
    lines = {"lines": [line.public_id for line in request.lines.all()]}
    for verb in ("pick", "send"):
        keeper.post(f"requests/{request.public_id}/{verb}", lines)
    assert nurse.post(f"requests/{request.public_id}/receive", {})["state"] == "closed"
    shown = nurse.get(f"requests/{request.public_id}")
    assert shown["allowed_actions"] == []
    assert [entry["what"] for entry in shown["timeline"]][:2] == ["Closed", "Everything is here"]
    refused(nurse.send("POST", f"requests/{request.public_id}/receive", {}), 409, "wrong_state")


def test_no_with_a_reason_ends_it(world: SimpleNamespace, nurse: Caller, head: Caller) -> None:
    request = sent(nurse, world, NPW_KIT=2)
    [card] = head.get("approvals")["results"]
    blank = head.send("POST", card["reject"], {"seen": card["seen"], "reason": "  "})
    assert "reason" in refused(blank, 422, "invalid")["errors"]
    head.post(card["reject"], {"seen": card["seen"], "reason": "Stock is there."})
    shown = nurse.get(request["href"])
    assert (shown["state"], shown["steps"][0]["said"][0]["reason"]) == ("rejected", "Stock is there.")


def test_cancelling_says_why(world: SimpleNamespace, nurse: Caller) -> None:
    request = sent(nurse, world, NPW_KIT=2)
    there = f"requests/{request['id']}/cancel"
    said = refused(nurse.send("POST", there, {"reason": " "}), 422, "invalid")
    assert said["errors"] == {"reason": ["Say why, so that everybody who follows it knows."]}
    assert nurse.post(there, {"reason": "found some"})["state"] == "cancelled"
    refused(nurse.send("POST", there, {"reason": "again"}), 409, "wrong_state")


def test_a_draft_is_thrown_away(world: SimpleNamespace, nurse: Caller) -> None:
    draft = drafted(nurse, world, GLV_NIT_M=1)
    there = f"drafts/{draft['client_key']}"
    assert nurse.get("drafts")["results"][0]["href"] == f"/api/v1/{there}"
    assert nurse.send("DELETE", there).status_code == 204
    refused(nurse.send("GET", there), 404, "not_found")


def test_a_draft_says_what_is_missing_and_sending_it_says_the_same(
    world: SimpleNamespace, nurse: Caller
) -> None:
    draft = drafted(nurse, world, run_out="", GLV_NIT_M=5000)
    assert set(draft["missing"]) == {"run_out", "note"}
    answer = nurse.send("POST", draft["submit"], {"seen": draft["seen"]})
    assert refused(answer, 422, "invalid")["errors"] == draft["missing"]
    submit = action(nurse.get(f"requests/{draft['id']}"), "submit")
    assert not submit["allowed"]
    assert submit["why_not"] in [text for texts in draft["missing"].values() for text in texts]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"department": "SBG/NO"}, "department"),
        ({"department": "NFC/RHB"}, "department"),
        ({"deliver_to": "NOWHERE"}, "deliver_to"),
        ({"run_out": "soon"}, "run_out"),
        ({"needed_by": "tomorrow"}, "needed_by"),
        ({"note": "x" * 1001}, "note"),
        ({"lines": [{"code": "NO-SUCH", "quantity": 1}]}, "line-NO-SUCH"),
        ({"lines": [{"code": "GLV-NIT-M", "quantity": 0}]}, "lines.0.quantity"),
        ({"lines": [{"code": "GLV-NIT-M", "quantity": "2"}]}, "lines.0.quantity"),
        ({"lines": [{"code": "GLV-NIT-M", "quantity": True}]}, "lines.0.quantity"),
        ({"lines": [{"code": "GLV-NIT-M", "quantity": 1}] * 2}, "lines"),
        ({"lines": [{"code": "GLV-NIT-M"}]}, "lines.0.quantity"),
        ({"lines": {}}, "lines"),
        ({"state": "approved"}, "state"),
    ],
)
def test_a_draft_that_cannot_be_taken_says_which_field(
    world: SimpleNamespace, nurse: Caller, change: dict, field: str
) -> None:
    answer = nurse.send("PUT", f"drafts/{uuid.uuid4()}", draft_body(world, GLV_NIT_M=1) | change)
    assert list(refused(answer, 422, "invalid")["errors"]) == [field]
    assert not ServiceRequest.objects.exists()


def test_the_date_counts_only_with_its_answer(world: SimpleNamespace, nurse: Caller) -> None:
    body = draft_body(world, GLV_NIT_M=1) | {"needed_by": "2030-01-01"}
    assert nurse.put(f"drafts/{uuid.uuid4()}", body)["needed_by"] is None
    dated = nurse.put(f"drafts/{uuid.uuid4()}", body | {"run_out": "on_date"})
    assert dated["needed_by"] == "2030-01-01"


def test_more_than_outstanding_is_refused_beside_its_line(world: SimpleNamespace, nurse: Caller) -> None:
    request = journeys.approved(world, GLV_NIT_M=6)
    line = request.lines.get()
    there = f"requests/{request.public_id}/receive"
    answer = nurse.send("POST", there, {"lines": [{"id": line.public_id, "quantity": 7}]})
    assert list(refused(answer, 422, "invalid")["errors"]) == [f"line-{line.public_id}"]
    answer = nurse.send("POST", there, {"lines": [{"id": line.public_id, "quantity": 6}]})
    refused(answer, 409, "wrong_state")
    answer = nurse.send("POST", there, {"lines": [{"id": "not-mine", "quantity": 1}]})
    assert refused(answer, 422, "invalid")["errors"] == {"lines": ["This request has no such line."]}


def test_lines_that_are_not_in_the_store_are_not_picked(world: SimpleNamespace, nurse: Caller) -> None:
    """The page leaves out what moved on; a program is told."""
    keeper = caller(world.storekeeper)
    early, ready = journeys.sent(world, GLV_NIT_M=1, NPW_KIT=1), journeys.approved(world, GLV_NIT_M=1)
    body = {"lines": [early.lines.get(code="GLV-NIT-M").public_id]}
    refused(keeper.send("POST", f"requests/{early.public_id}/pick", body), 409, "wrong_state")
    body = {"lines": [line.public_id for line in ready.lines.all()]}
    refused(nurse.send("POST", f"requests/{ready.public_id}/pick", body), 403, "not_allowed")
    refused(nurse.send("GET", "picks"), 403, "not_allowed")
    refused(keeper.send("POST", f"requests/{ready.public_id}/pick", {"lines": []}), 422, "invalid")


def test_the_catalogue_is_searched_as_on_the_page_and_walked_by_name(
    world: SimpleNamespace, nurse: Caller
) -> None:
    assert nurse.get("catalogue?q=GLV-NIT-M")["results"][0]["code"] == "GLV-NIT-M"
    assert "pharmacy" in nurse.get("catalogue?q=morphine")["elsewhere"]
    found, page = [], nurse.get("catalogue?size=7")
    while True:
        found += [item["code"] for item in page["results"]]
        if page["next"] is None:
            break
        page = nurse.get(page["next"])
    assert sorted(found) == sorted(world.items)
    refused(nurse.send("GET", "catalogue?hospital=NFC"), 404, "not_found")
    assert "hospital" in refused(nurse.send("GET", "catalogue?hospital=XXX"), 422, "invalid")["errors"]


def test_lists_are_filtered_and_walked(world: SimpleNamespace, nurse: Caller, head: Caller) -> None:
    mine = [sent(nurse, world, GLV_NIT_M=1, NPW_KIT=1)["id"] for _ in range(3)]
    theirs = journeys.sent(world, world.colleague, NPW_KIT=1)
    journeys.approve(journeys.fresh(theirs), world.head)

    def ids(query: str = "") -> list[str]:
        return [row["id"] for row in nurse.get(f"requests{query}")["results"]]

    assert ids() == [theirs.public_id, *mine[::-1]]
    assert ids("?mine=true") == mine[::-1]
    assert ids("?ended=true") == []
    assert ids("?state=rejected") == []
    assert ids(f"?department=SBG/{world.ward.code}&mine=false&ended=false") == ids()
    assert ids(f"?department=SBG/{world.other_ward.code}") == []
    assert ids("?hospital=SBG") == ids()
    first = nurse.get("requests?size=3")
    rest = nurse.get(first["next"])
    assert [row["id"] for row in (*first["results"], *rest["results"])] == ids()
    assert rest["next"] is None
    assert first["results"][0]["line_count"] == 1


@pytest.mark.parametrize(
    "query",
    ["after=made-up", "size=0", "size=101", "size=x", "state=draft", "ended=1", "mine=yes", "department=7B",
     "tab=closed", "size=1&size=2", f"size={'9' * 500}", "after=", "hospital=%F0%9F%98%80"],
)  # fmt: skip
def test_a_filter_that_means_nothing_is_refused(world: SimpleNamespace, nurse: Caller, query: str) -> None:
    said = refused(nurse.send("GET", f"requests?{query}"), 422, "invalid")
    assert list(said["errors"]) == [query.partition("=")[0]]


@pytest.mark.parametrize(
    ("one", "other"), [("catalogue", "requests"), ("drafts", "requests"), ("requests", "drafts")]
)
def test_a_place_in_one_list_is_none_in_another(
    world: SimpleNamespace, nurse: Caller, one: str, other: str
) -> None:
    for _row in range(2):
        drafted(nurse, world, GLV_NIT_M=1)
        sent(nurse, world, GLV_NIT_M=1)
    further = nurse.get(f"{one}?size=1")["next"]
    assert nurse.get(further)["results"]
    after = further.partition("after=")[2].partition("&")[0]
    said = refused(nurse.send("GET", f"{other}?after={after}"), 422, "invalid")
    made_up = refused(nurse.send("GET", f"{other}?after=made-up"), 422, "invalid")
    assert (
        said["errors"] == made_up["errors"] == {"after": ["This is no place in this list. Begin without it."]}
    )
    assert signed_in(world.nurse).get(f"/requests/?after={after}").status_code == 200


def test_who_am_i(world: SimpleNamespace, nurse: Caller) -> None:
    me = nurse.get("me")
    assert (me["username"], me["token"]["scope"]) == (world.nurse.username, "act")
    assert f"SBG/{world.ward.code}" in [ward["ref"] for ward in me["departments"]]
    assert me["hospitals"][0]["ref"] == "SBG"


def test_events_say_that_it_came_from_the_api(world: SimpleNamespace, nurse: Caller) -> None:
    request = sent(nurse, world, NPW_KIT=1)
    told = Event.objects.filter(case=request["id"], actor=world.nurse)
    assert set(told.values_list("source", flat=True)) == {"api"}
    assert all(event.correlation and event.address for event in told)


@pytest.mark.parametrize("rows", [1, 3])
def test_what_a_call_costs(world: SimpleNamespace, nurse: Caller, head: Caller, rows: int) -> None:
    """Literal counts, with the token, the same for one row and for three."""
    journeys.link(world)
    keeper = caller(world.storekeeper)
    store = [journeys.approved(world, GLV_NIT_M=2) for _ in range(rows)]
    for _ in range(rows):
        drafted(nurse, world, GLV_NIT_M=1)
        request = sent(nurse, world, NPW_KIT=1, GLV_NIT_M=2)
    asked = {
        "list": (nurse, "requests"),
        "own list": (nurse, "requests?mine=true&ended=false"),
        "catalogue": (nurse, "catalogue"),
        "search": (nurse, "catalogue?q=kit"),
        "drafts": (nurse, "drafts"),
        "me": (nurse, "me"),
        "inbox": (head, "approvals"),
        "store": (keeper, "picks"),
        "request to be decided": (nurse, f"requests/{request['id']}"),
        "the same for its decider": (head, f"requests/{request['id']}"),
        "request in the store": (nurse, f"requests/{store[0].public_id}"),
        "the same for the store": (keeper, f"requests/{store[0].public_id}"),
    }
    assert {name: cost(*call) for name, call in asked.items()} == {
        "list": 3,
        "own list": 2,
        "catalogue": 3,
        "search": 4,  # the words of the catalogue that are spelled nearly so are one of them
        "drafts": 2,
        "me": 4,
        "inbox": 5,
        "store": 4,
        "request to be decided": 12,
        "the same for its decider": 14,
        "request in the store": 12,
        "the same for the store": 12,
    }


def cost(who: Caller, path: str) -> int:
    who.get(path)  # the first call of an hour writes when the token was used
    with CaptureQueriesContext(connection) as queries:
        who.get(path)
    return len(queries)


def test_answers_are_never_kept(nurse: Caller) -> None:
    answer = nurse.send("GET", "me")
    assert "no-store" in answer["Cache-Control"]
    assert json.loads(answer.content)
