"""The examples in the description were recorded from real calls, and are what is answered today.

After a change that is meant: RECORD_EXAMPLES=1 make test ARGS=tests/api/test_examples.py, and read the difference.
"""

import json
import os
import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal import ids, openapi
from portal.accounts import duties, scopes
from portal.accounts.models import Duty
from portal.clock import at
from tests import journeys, moving, personas, repairs
from tests.api.calls import V1, Caller, caller

pytestmark = pytest.mark.django_db
BEGIN = datetime(2030, 5, 14, 8, 30, tzinfo=UTC)
KEY = "5f0c3a3e-3a53-4b0c-9f53-0d6f6a5a1c11"
BODY = {
    "department": "SBG/7B",
    "deliver_to": None,
    "run_out": "before_delivery",
    "needed_by": None,
    "note": "two new bays open on Monday",
    "lines": [{"code": "GLV-NIT-M", "quantity": 6}, {"code": "SPO-SEN", "quantity": 1}],
}


class Recorder:
    """Makes calls and keeps what was sent and answered, by the operation's name."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}

    def __call__(self, operation: str, who: Any, method: str, path: str, body: Any = None) -> Any:
        return self.keep(operation, who.send(method, path, body), body)

    def keep(self, operation: str, answer: Any, body: Any = None) -> Any:
        assert answer.status_code in (200, 204), answer.content
        found = json.loads(answer.content) if answer.content else None
        if operation:
            shown = {"request": body} if body is not None else {}
            if found is not None:
                shown["responses"] = {"200": _short(found)}
            self.kept[operation] = shown
        return found


def _short(found: Any) -> Any:
    """Two rows of a list are enough to read."""
    if isinstance(found, dict) and isinstance(found.get("results"), list):
        return {**found, "results": found["results"][:2]}
    return found


def recorded(world: SimpleNamespace) -> dict[str, Any]:
    """One request from the draft to the ward, and one that is cancelled, one that is refused."""
    call = Recorder()
    journeys.link(world)
    with ids.seeded(1), at(BEGIN):
        nurse, head, keeper = caller(world.nurse), caller(world.head), caller(world.storekeeper)
        call("me", nurse, "GET", "me")
        call("catalogue", nurse, "GET", "catalogue?q=gloves nitrile")
        draft = call("draft_save", nurse, "PUT", f"drafts/{KEY}", BODY)
        call("draft", nurse, "GET", f"drafts/{KEY}")
        call("drafts", nurse, "GET", "drafts")
        sent = call("request_submit", nurse, "POST", draft["submit"], {"seen": draft["seen"]})
        for number, words in enumerate(("found some", "")):
            other = call(
                "", nurse, "PUT", f"drafts/{KEY[:-1]}{number + 2}", {**BODY, "lines": BODY["lines"][1:]}
            )
            call("", nurse, "POST", other["submit"], {"seen": other["seen"]})
            if words:
                call("request_cancel", nurse, "POST", f"requests/{other['id']}/cancel", {"reason": words})
    with ids.seeded(2), at(BEGIN + timedelta(minutes=12)):
        cards = call("approvals", head, "GET", "approvals")["results"]
        of_sent = next(card for card in cards if card["request"]["id"] == sent["id"])
        of_other = next(card for card in cards if card["request"]["id"] != sent["id"])
        call("approval", head, "GET", f"approvals/{of_sent['ref']}")
        call("step_approve", head, "POST", of_sent["approve"], {"seen": of_sent["seen"]})
        no = {"seen": of_other["seen"], "reason": "Not needed: stock is there"}
        call("step_reject", head, "POST", of_other["reject"], no)
    with ids.seeded(3), at(BEGIN + timedelta(hours=1)):
        [pick] = call("picks", keeper, "GET", "picks")["results"]
        lines = [line["id"] for line in pick["to_pick"]]
        call("request_pick", keeper, "POST", f"requests/{sent['id']}/pick", {"lines": lines})
        call("request_send", keeper, "POST", f"requests/{sent['id']}/send", {"lines": lines})
    with ids.seeded(4), at(BEGIN + timedelta(hours=2)):
        call("requests", nurse, "GET", "requests?size=2")
        call("search", nurse, "GET", "search?q=gloves nitrile&size=2")
        call("request", nurse, "GET", f"requests/{sent['id']}")
        came = {"lines": [{"id": lines[0], "quantity": 6}]}
        call("request_receive", nurse, "POST", f"requests/{sent['id']}/receive", came)
    _back_to_its_sender(call, nurse, head)
    _decided_otherwise(call, world, nurse, head)
    _made_of_answers(call, world, nurse)
    _given_out(call, world)
    _not_waited(call, world)
    _moved(call, world, nurse)
    _stood_in(call, world)
    _talked_about(call, nurse, keeper, sent["id"])
    return call.kept


def _talked_about(call: Recorder, nurse: Caller, keeper: Caller, request_id: str) -> None:
    """What was said of it, and a colleague of another ward with whom it is shared."""
    there = f"requests/{request_id}"
    with ids.seeded(71), at(BEGIN + timedelta(hours=4)):
        said = {"text": "Two are torn. @sam.doyle, can you look?"}
        call("request_comment", nurse, "POST", f"{there}/comments", said)
        note = {"text": "The whole lot looks like that.", "internal": True}
        call("", keeper, "POST", f"{there}/comments", note)
        call("request_comments", keeper, "GET", f"{there}/comments")
        call("request_share", nurse, "POST", f"{there}/shares", {"person": "ben.carter"})
        call("request_shares", nurse, "GET", f"{there}/shares")
        call("request_unshare", nurse, "DELETE", f"{there}/shares/ben.carter")


def _decided_otherwise(call: Recorder, world: SimpleNamespace, nurse: Caller, head: Caller) -> None:
    """Asked first and then less of it, taken back, left to somebody else, and two with one press."""
    with ids.seeded(51), at(BEGIN + timedelta(hours=3, minutes=20)):
        scopes.grant(user=world.ward_lead, role="head", place=world.ward, by=world.system)
        for number, count in enumerate((2, 3, 1, 1)):
            lines = [{"code": "SPO-SEN", "quantity": count}]
            key = f"{KEY[:-2]}5{number}"
            draft = call("", nurse, "PUT", f"drafts/{key}", {**BODY, "lines": lines})
            call("", nurse, "POST", draft["submit"], {"seen": draft["seen"]})
    with ids.seeded(52), at(BEGIN + timedelta(hours=3, minutes=25)):
        less, other, *plain = call("", head, "GET", "approvals")["results"][-4:]
        asked = {"text": "How many do you have left?", "choices": ["None", "For today"]}
        question = call("step_ask", head, "POST", less["ask"], asked)
        call("", nurse, "POST", f"questions/{question['ref']}/answer", {"text": "For today"})
        left = [{"id": less["lines"][0]["id"], "quantity": 1}]
        body = {"seen": less["seen"], "reason": "Share with the next order", "lines": left}
        call("step_adjust", head, "POST", less["adjust"], body)
        call("step_undo", head, "POST", f"approvals/{less['ref']}/undo")
        call("step_candidates", head, "GET", other["pass_on"])
        to = {"to": "grace.hill", "reason": "Conflict of interest"}
        call("step_pass", head, "POST", other["pass_on"], to)
        refs = ",".join(card["ref"] for card in plain)
        sheet = call("approvals_sheet", head, "GET", f"approvals/batch?refs={refs}")
        items = [{"ref": one["ref"], "seen": one["seen"]} for one in sheet["included"]]
        items = items or [{"ref": one["ref"], "seen": one["seen"]} for one in plain]
        call("approvals_batch", head, "POST", "approvals/batch", {"items": items})


def _back_to_its_sender(call: Recorder, nurse: Caller, head: Caller) -> None:
    """One that its sender takes back, and one that the head gives back."""
    with ids.seeded(5), at(BEGIN + timedelta(hours=3)):
        draft = call("", nurse, "PUT", f"drafts/{KEY[:-1]}4", BODY)
        call("", nurse, "POST", draft["submit"], {"seen": draft["seen"]})
        call("request_withdraw", nurse, "POST", f"requests/{draft['id']}/withdraw")
        draft = call("", nurse, "PUT", f"drafts/{KEY[:-1]}4", BODY)
        call("", nurse, "POST", draft["submit"], {"seen": draft["seen"]})
        card = next(
            one
            for one in call("", head, "GET", "approvals")["results"]
            if one["request"]["id"] == draft["id"]
        )
        more = {"seen": card["seen"], "reason": "Which of the two bays?"}
        call("step_return", head, "POST", card["give_back"], more)


def _made_of_answers(call: Recorder, world: SimpleNamespace, nurse: Caller) -> None:
    """A repair with a photo: taken, done, and not right."""
    with ids.seeded(6), at(BEGIN + timedelta(hours=4)):
        repairs.equip(world)
        engineer = caller(world.engineer)
        call("types", nurse, "GET", f"types?department={BODY['department']}")
        body = {"department": BODY["department"], "type": "repair", "answers": repairs.answers()}
        draft = call("", nurse, "PUT", f"drafts/{KEY[:-1]}5", body)
        there = f"requests/{draft['id']}"
        file = {"file": SimpleUploadedFile("pump.txt", b"occlusion, line 2", "text/plain")}
        call.keep("request_attach", nurse.client.post(f"{V1}/{there}/attachments", file))
        call("", nurse, "POST", draft["submit"], {"seen": draft["seen"]})
        call("work", engineer, "GET", "work?show=free")
        call("request_take", engineer, "POST", f"{there}/take")
        call(
            "request_wait",
            engineer,
            "POST",
            f"{there}/wait",
            {"reason": "not_clean", "note": "by the sluice"},
        )
        call("request_resume", engineer, "POST", f"{there}/resume")
        asks = {"text": "Is it clean and ready to collect?", "choices": ["Yes", "In 15 min"]}
        question = call("request_ask", engineer, "POST", f"{there}/ask", asks)
        call("question_answer", nurse, "POST", f"questions/{question['ref']}/answer", {"text": "Yes"})
        done = {
            "outcome": "part_replaced",
            "note": "new battery",
            "minutes": 35,
            "parts": [{"name": "Battery", "quantity": 1, "price": "42.00"}],
            "test": "passed",
        }
        call("request_finish", engineer, "POST", f"{there}/finish", done)
        call("request_reopen", nurse, "POST", f"{there}/reopen", {"reason": "It still happens"})


def _given_out(call: Recorder, world: SimpleNamespace) -> None:
    """A repair that who leads the team gives out, and that turns out to be another team's."""
    with ids.seeded(61), at(BEGIN + timedelta(hours=4, minutes=30)):
        lead = personas.person("lea.stone", role="team_lead", place=world.teams["biomed"])
        there = f"requests/{repairs.sent(world).public_id}"
        call("request_assign", caller(lead), "POST", f"{there}/assign", {"to": world.engineer.username})
        theirs = {"team": "estates", "reason": "It is the socket on the wall"}
        call("request_pass", caller(world.engineer), "POST", f"{there}/pass", theirs)


def _not_waited(call: Recorder, world: SimpleNamespace) -> None:
    """One that the site manager does not wait for, and what finance thinks of that."""
    with ids.seeded(62), at(BEGIN + timedelta(hours=4, minutes=40)):
        duty = Duty.objects.create(hospital=world.hospital, code="site_manager", calendar="always")
        duties.take_duty(duty=duty, user=world.service_manager, by=world.service_manager)
        manager, finance = caller(world.service_manager), caller(world.finance)
        said = {"reason": "patient_safety", "words": "The last pump failed and bay 4 needs one now"}
        there = f"requests/{journeys.sent(world, NPW_KIT=1).public_id}/break-glass"
        ref = call("request_break_glass", manager, "POST", there, said)["used"]["ref"]
        call("glass", finance, "GET", "approvals/glass")
        thinks = {"verdict": "justified", "words": "There was none in the house"}
        call("glass_review", finance, "POST", f"approvals/glass/{ref}/review", thinks)
        call("glass_one", finance, "GET", f"approvals/glass/{ref}")


def _moved(call: Recorder, world: SimpleNamespace, nurse: Caller) -> None:
    """A patient with an escort: not ready, handed back, taken again and delivered; and one who was not there."""
    with ids.seeded(7), at(BEGIN + timedelta(hours=5)):
        moving.porters(world)
        porter, first = caller(world.porter), moving.sent(world, escort="nurse")
        there = f"requests/{first.public_id}"
        call("move_ready", nurse, "POST", f"{there}/ready")
        call("", porter, "POST", f"{there}/take")
        call("move_arrive", porter, "POST", f"{there}/arrive")
        call("move_not_ready", porter, "POST", f"{there}/not-ready", {"reason": "papers_missing"})
    with ids.seeded(8), at(BEGIN + timedelta(hours=5, minutes=10)):
        call("move_hand_back", porter, "POST", f"{there}/hand-back")
        call("", nurse, "POST", f"{there}/ready")
        call("", porter, "POST", f"{there}/take")
        call("move_pick_up", porter, "POST", f"{there}/pick-up", {"wristband": True, "scanned": first.number})
        call("move_deliver", porter, "POST", f"{there}/deliver", {"handed_to": "radiographer"})
        other = moving.sent(world)
        call("", porter, "POST", f"requests/{other.public_id}/take")
        call("move_fail", porter, "POST", f"requests/{other.public_id}/fail", {"outcome": "not_there"})


def _stood_in(call: Recorder, world: SimpleNamespace) -> None:
    """The head is away for two days, is here after all, lets the ward lead decide small things, and takes that back."""
    with ids.seeded(9), at(BEGIN + timedelta(hours=6)):
        head, there = caller(world.head), "approvals/cover"
        period = {"starts_at": "2030-05-14T14:30:00Z", "ends_at": "2030-05-16T14:30:00Z"}
        lead = world.ward_lead.username
        away = call("cover_absence", head, "POST", f"{there}/absences", {**period, "delegate": lead})
        call("cover_call_off", head, "POST", f"{there}/absences/call-off", {"starts_at": away["starts_at"]})
        body = {**period, "to": lead, "limit": "500.00", "types": ["supply"]}
        lent = call("cover_delegate", head, "POST", f"{there}/delegations", body)["lent"]
        call("cover_alternate", head, "PUT", f"{there}/alternate", {"to": lead})
        call("cover", head, "GET", there)
        call("cover_revoke", head, "POST", f"{there}/delegations/{lent['ref']}/revoke")


def steady(found: Any) -> str:
    """The recording as text, without what no clock or seed decides: hashes, and places in a list."""
    text = json.dumps(found, indent=1, ensure_ascii=False)
    text = re.sub(r'"[0-9a-f]{64}"', '"%s"' % ("9f2c71d4" * 8), text)
    text = re.sub(r'"[0-9a-f]{32}"', '"%s"' % ("4be0a916" * 4), text)
    text = re.sub(r"SR-(\d{4})-\d{6}", r"SR-\1-000417", text)
    return re.sub(r"after=[^\"&]+", "after=WyIyMDMw...", text)


def test_the_examples_are_what_is_answered(world: SimpleNamespace, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    found = steady(recorded(world))
    if os.environ.get("RECORD_EXAMPLES"):
        openapi.EXAMPLES.write_text(found + "\n")
    assert openapi.EXAMPLES.read_text().strip() == found


def test_every_operation_has_its_examples_and_they_fit_their_shapes() -> None:
    described = openapi.schema()
    lacking = []
    for path in described["paths"].values():
        for operation in (path[method] for method in openapi.METHODS if method in path):
            parts = [operation["requestBody"]] if "requestBody" in operation else []
            parts += [operation["responses"]["200"]] if "200" in operation["responses"] else []
            for part in parts:
                content = part["content"].get("application/json")
                if content is None:  # a file has no example
                    assert operation["operationId"] in ("request_attach", "file")
                elif "example" not in content:
                    lacking.append(operation["operationId"])
                else:
                    whole = {**content["schema"], "components": described["components"]}
                    jsonschema.validate(content["example"], whole)
    assert not lacking


def test_every_refusal_shows_itself() -> None:
    described = openapi.schema()
    problem = {**described["components"]["schemas"]["Problem"], "components": described["components"]}
    shown = [
        example["value"]
        for refusal in described["components"]["responses"].values()
        for example in refusal["content"]["application/problem+json"]["examples"].values()
    ]
    for value in shown:
        jsonschema.validate(value, problem)
    assert len(shown) > 10
