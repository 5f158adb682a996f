"""Whatever is sent, the answer is typed: what cannot be read is 400, 413 or 415 with a sentence, never a 500."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from rest_framework.exceptions import ValidationError

from portal.drf import YesNo
from requests_app.models import ServiceRequest
from tests.api.calls import Caller, caller, draft_body, refused

pytestmark = pytest.mark.django_db
DRAFT = "drafts/5f0c3a3e-3a53-4b0c-9f53-0d6f6a5a1c11"


@pytest.fixture
def nurse(world: SimpleNamespace) -> Caller:
    return caller(world.nurse)


@pytest.mark.parametrize(
    "body",
    [
        "{", "", "nonsense", b"\xff\xfe", '{"note": NaN}', '{"note": 1e999}', '{"note": "a\\u0000b"}',
        '{"note": "\\ud800"}', '{"\\u0000": 1}', '{"note": "a", "note": "b"}', "[" * 100_000, '{"a":' * 5000,
        '{"note": ' + "9" * 5000 + "}", '{"lines": ' + "[" * 20 + "]" * 20 + "}",
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read(nurse: Caller, body: Any) -> None:
    answer = nurse.send("PUT", DRAFT, body or " ")
    refused(answer, 400, "malformed")
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize("number", ["9" * 5000, "-" + "9" * 5000, "1e999", "9" * 400 + ".5"])
def test_a_number_without_end_is_refused_in_a_sentence_of_ours(nurse: Caller, number: str) -> None:
    said = refused(nurse.send("PUT", DRAFT, f'{{"note": {number}}}'), 400, "malformed")
    assert said["detail"] == "The body has a number that is too large."


@pytest.mark.parametrize("said", [1, 0, 1.0, 0.0, "1", "on", "True", "", [], {}, [True]])
def test_only_true_and_false_are_yes_and_no(said: Any) -> None:
    with pytest.raises(ValidationError):
        YesNo().run_validation(said)


@pytest.mark.parametrize(("said", "meant"), [(True, True), ("true", True), (False, False), ("false", False)])
def test_true_and_false_are_understood(said: Any, meant: bool) -> None:
    assert YesNo().run_validation(said) is meant


@pytest.mark.parametrize("body", ["[]", "null", "1", '"text"', "true"])
def test_a_body_that_is_no_object(nurse: Caller, body: str) -> None:
    assert refused(nurse.send("PUT", DRAFT, body), 422, "invalid")["errors"]


def test_a_body_that_is_too_large(nurse: Caller) -> None:
    refused(nurse.send("PUT", DRAFT, '{"note": "' + "x" * 300_000 + '"}'), 413, "too_large")


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", "nonsense"])
def test_a_body_of_another_kind(world: SimpleNamespace, nurse: Caller, kind: str) -> None:
    answer = nurse.client.generic("PUT", f"/api/v1/{DRAFT}", b"{}", content_type=kind)
    assert answer.status_code in (400, 415)
    assert answer["Content-Type"] == "application/problem+json"


def test_an_answer_of_another_kind(nurse: Caller) -> None:
    refused(nurse.send("GET", "me", Accept="text/html"), 406, "not_acceptable")
    assert nurse.send("GET", "me", Accept="application/json, text/html;q=0.5").status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_another_method(nurse: Caller, method: str) -> None:
    answer = nurse.send(method, "me")
    refused(answer, 405, "method_not_allowed")
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize(
    "path", ["requests?department=%00", "requests/%00", "drafts/%00", "approvals/a%00b", "requests/%F0%9F%98%80",
             f"requests/{'x' * 3000}", "requests/..%2f..%2fme"],
)  # fmt: skip
def test_an_address_that_means_nothing(nurse: Caller, path: str) -> None:
    answer = nurse.send("GET", path)
    assert answer.status_code in (400, 404)
    assert answer["Content-Type"] == "application/problem+json"


def test_words_of_every_script_are_kept(world: SimpleNamespace, nurse: Caller) -> None:
    said = "für Bett 7 – نقالة 担架 🛏️"
    draft = nurse.put(DRAFT, draft_body(world, note=said, GLV_NIT_M=1))
    assert draft["note"] == nurse.get(DRAFT)["note"] == said


def test_a_defect_is_a_problem_too(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The only thing here that is not real: a door that breaks, so that its answer can be looked at."""
    monkeypatch.setattr("portal.accounts.api.own_departments", lambda user: 1 / 0)
    who = caller(world.nurse)
    who.client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {who.secret}"})
    said = refused(who.send("GET", "me"), 500, "broken")
    assert "ZeroDivisionError" not in str(said)


def test_the_pages_keep_their_own_refusals(client: Client, world: SimpleNamespace) -> None:
    assert client.get("/nowhere/")["Content-Type"].startswith("text/html")
