"""Moves through the API: what is offered at each step is what may be done, and what is refused on the way."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal.clock import at
from requests_app.models import Move, ServiceRequest
from tests import moving
from tests.api.calls import Caller, caller, refused

pytestmark = pytest.mark.django_db
BEGIN = datetime(2030, 5, 14, 8, 30, tzinfo=UTC)
STEPS = {"take", "arrive", "pick-up", "deliver", "not-ready", "ready", "hand-back", "fail"}


@pytest.fixture
def porters(world: SimpleNamespace) -> SimpleNamespace:
    return moving.porters(world)


@pytest.fixture
def porter(porters: SimpleNamespace) -> Caller:
    return caller(porters.porter)


def offered(who: Caller, request: ServiceRequest) -> set[str]:
    shown = who.get(f"requests/{request.public_id}")["allowed_actions"]
    return {one["name"] for one in shown if one["allowed"]} & STEPS


def do(who: Caller, request: ServiceRequest, what: str, body: Any = None) -> dict[str, Any]:
    return who.post(f"requests/{request.public_id}/{what}", body)


def test_each_step_is_offered_when_it_may_be_done(porters: SimpleNamespace) -> None:
    with at(BEGIN):
        nurse, porter, other = (caller(one) for one in (porters.nurse, porters.porter, porters.other_porter))
        request = moving.sent(porters, escort="nurse")
        assert (offered(porter, request), offered(nurse, request)) == (set(), {"ready"})
        refused(porter.send("POST", f"requests/{request.public_id}/take"), 409, "wrong_state")
        do(nurse, request, "ready")
        assert offered(porter, request) == {"take"}
        do(porter, request, "take")
        assert offered(porter, request) == {"arrive", "pick-up", "not-ready", "fail"}
        assert offered(other, request) == set()
        do(porter, request, "arrive")
        assert do(porter, request, "not-ready", {"reason": "papers_missing"})["state"] == "on_hold"
        assert offered(porter, request) == {"pick-up", "ready", "fail"}
        assert offered(nurse, request) == {"ready"}
        refused(porter.send("POST", f"requests/{request.public_id}/hand-back"), 409, "wrong_state")
    with at(BEGIN + timedelta(minutes=10)):
        assert offered(porter, request) == {"pick-up", "ready", "fail", "hand-back"}
        do(porter, request, "hand-back")
        assert offered(porter, request) == set()
        assert do(nurse, request, "ready")["state"] == "approved"
        do(other, request, "take")
        said = refused(other.send("POST", f"requests/{request.public_id}/pick-up", {}), 422, "invalid")
        assert set(said["errors"]) == {"wristband"}
        do(other, request, "pick-up", {"wristband": True, "scanned": request.number})
        assert offered(other, request) == {"arrive", "deliver", "not-ready", "fail"}
        said = refused(other.send("POST", f"requests/{request.public_id}/deliver", {}), 422, "invalid")
        assert set(said["errors"]) == {"handed_to"}
        assert do(other, request, "deliver", {"handed_to": "nurse"})["state"] == "closed"
    assert offered(other, request) == set()
    assert Move.objects.get(request=request).handed_to == "nurse"


def test_who_may_not_see_it_finds_nothing_and_who_may_not_do_it_is_refused(
    porters: SimpleNamespace, porter: Caller
) -> None:
    request = moving.sent(porters)
    there = f"requests/{request.public_id}"
    bodies: dict[str, Any] = {
        "arrive": None, "pick-up": {"wristband": True}, "deliver": {"handed_to": "nurse"},
        "not-ready": {"reason": "lift"}, "ready": None, "hand-back": None, "fail": {"outcome": "unsafe"},
    }  # fmt: skip
    for what, body in bodies.items():
        refused(caller(porters.stranger).send("POST", f"{there}/{what}", body), 404, "not_found")
        refused(caller(porters.porter, "read").send("POST", f"{there}/{what}", body), 403, "reads_only")
        if what != "ready":
            refused(caller(porters.nurse).send("POST", f"{there}/{what}", body), 403, "not_allowed")
            refused(porter.send("POST", f"{there}/{what}", body), 409, "wrong_state")
    do(porter, request, "take")
    for what, key in (("not-ready", "reason"), ("fail", "outcome")):
        said = refused(porter.send("POST", f"{there}/{what}", {key: "exploded"}), 422, "invalid")
        assert set(said["errors"]) == {key}
    assert do(porter, request, "fail", {"outcome": "not_there"})["state"] == "closed"
