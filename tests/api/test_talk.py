"""What is said of a request and with whom it is shared, through the API; refused as on the pages."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import journeys
from tests.api.calls import caller, refused

pytestmark = pytest.mark.django_db


def test_shared_read_and_shared_no_longer(world: SimpleNamespace) -> None:
    there = f"requests/{journeys.sent(world, GLV_NIT_M=2).public_id}"
    nurse, other = caller(world.nurse), caller(world.other_nurse)
    refused(other.send("GET", there), 404, "not_found")
    name = world.other_nurse.username
    assert nurse.post(f"{there}/shares", {"person": name})["person"] == name
    assert [one["person"] for one in other.get(f"{there}/shares")["results"]] == [name]
    assert other.post(f"{there}/comments", {"text": "Two of them are torn."})["by"] == "Ben Carter"
    assert nurse.get(f"{there}/comments")["results"][0]["text"] == "Two of them are torn."
    stranger = caller(world.stranger)
    for call, path, body in (
        ("GET", "comments", None), ("POST", "comments", {"text": "I see it"}), ("GET", "shares", None),
        ("POST", "shares", {"person": world.stranger.username}), ("DELETE", f"shares/{name}", None),
    ):  # fmt: skip
        refused(stranger.send(call, f"{there}/{path}", body), 404, "not_found")
    assert nurse.send("DELETE", f"{there}/shares/{name}").status_code == 204
    refused(other.send("GET", there), 404, "not_found")


@pytest.mark.parametrize("name", ["tom.reid", "nobody.at.all", "a%00b", "a b", "%F0%9F%98%80"])
def test_with_whom_it_is_not_shared_is_not_there(world: SimpleNamespace, name: str) -> None:
    there = f"requests/{journeys.sent(world, GLV_NIT_M=2).public_id}"
    refused(caller(world.nurse).send("DELETE", f"{there}/shares/{name}"), 404, "not_found")


@pytest.mark.parametrize("rows", [1, 3])
def test_what_was_said_costs_the_same_however_much_it_is(world: SimpleNamespace, rows: int) -> None:
    there = f"requests/{journeys.sent(world, GLV_NIT_M=2).public_id}"
    nurse = caller(world.nurse)
    for said in range(rows):
        nurse.post(f"{there}/comments", {"text": f"Said {said}"})
    for path in ("comments", "shares"):
        with CaptureQueriesContext(connection) as queries:
            nurse.get(f"{there}/{path}")
        assert len(queries) == 3, path
