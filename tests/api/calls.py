"""Calls of the API as a program makes them: with a token, and JSON both ways."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client

from portal.accounts.models import User
from portal.accounts.tokens import make_token

V1 = "/api/v1"
PROBLEM = "application/problem+json"


@dataclass
class Caller:
    """A program that acts as `user`."""

    user: User
    secret: str

    def __post_init__(self) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {self.secret}"})

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """One call; `body` is sent as JSON, text as it is."""
        address = path if path.startswith("/") else f"{V1}/{path}"
        data = body if isinstance(body, str | bytes) else b"" if body is None else json.dumps(body)
        return self.client.generic(method, address, data, content_type="application/json", headers=headers)

    def get(self, path: str) -> Any:
        """What is answered to a GET that has to work."""
        return taken(self.send("GET", path))

    def post(self, path: str, body: Any = None) -> Any:
        return taken(self.send("POST", path, body))

    def put(self, path: str, body: Any) -> Any:
        return taken(self.send("PUT", path, body))


def caller(user: User, scope: str = "act") -> Caller:
    _token, secret = make_token(by=user, name="a test", scope=scope, days=30)
    return Caller(user, secret)


def taken(answer: HttpResponse) -> Any:
    assert answer.status_code in (200, 204), (answer.status_code, answer.content.decode())
    return json.loads(answer.content) if answer.content else None


def refused(answer: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """The problem of a refusal, which has to be of this kind."""
    assert answer.status_code == status, (answer.status_code, answer.content.decode())
    assert answer["Content-Type"] == PROBLEM
    problem = json.loads(answer.content)
    assert (problem["status"], problem["code"]) == (status, code), problem
    assert problem["title"]
    assert problem["detail"]
    assert problem["type"] == f"/api/#problem-{code}"
    return problem


def draft_body(world: Any, *, note: str = "", run_out: str = "fine", **lines: int) -> dict[str, Any]:
    """The body of a draft for the ward. Lines as keywords: GLV_NIT_M=6."""
    return {
        "department": f"{world.hospital.code}/{world.ward.code}",
        "run_out": run_out,
        "note": note,
        "lines": [{"code": code.replace("_", "-"), "quantity": count} for code, count in lines.items()],
    }


def drafted(who: Caller, world: Any, **wanted: Any) -> dict[str, Any]:
    return who.put(f"drafts/{uuid.uuid4()}", draft_body(world, **wanted))


def sent(who: Caller, world: Any, **wanted: Any) -> dict[str, Any]:
    draft = drafted(who, world, **wanted)
    return who.post(f"requests/{draft['id']}/submit", {"seen": draft["seen"]})


def action(request: dict[str, Any], name: str) -> dict[str, Any]:
    """The action of that name that the request's detail offers."""
    return next(one for one in request["allowed_actions"] if one["name"] == name)
