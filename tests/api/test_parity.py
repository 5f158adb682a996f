"""The path told once in the browser and once through the API leaves the same trail, and is refused the same."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from portal.clock import at
from requests_app.models import ServiceRequest
from tests import journeys
from tests.api.calls import Caller, caller
from tests.api.trail import trail
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
BEGIN = datetime(2030, 5, 14, 8, 30, tzinfo=UTC)
LINES = {"NPW-KIT": 2, "SPO-SEN": 1, "GLV-NIT-M": 6}
NOTE = "for the new bay"


class Browser:
    """Somebody who presses the buttons of the pages."""

    def __init__(self, user: User) -> None:
        self.user, self.client = user, signed_in(user)

    def _press(self, name: str, ref: str = "", **form: Any) -> int:
        answer = self.client.post(reverse(name, args=[ref] if ref else []), form)
        return answer.status_code if answer.status_code >= 400 else 200

    def ask(self, world: SimpleNamespace, lines: dict[str, int]) -> ServiceRequest:
        key = str(uuid.uuid4())
        form = {
            "client_key": key,
            "department": world.ward.pk,
            "run_out": "fine",
            "note": NOTE,
            "do": "review",
            **{f"line-{code}": count for code, count in lines.items()},
        }
        answer = self.client.post(reverse("requests:supply-new"), form)
        assert answer.status_code == 302, answer.context["form"].errors
        draft = ServiceRequest.objects.get(filed_by=self.user, client_key=key)
        seen = self.client.get(reverse("desk:review", args=[draft.public_id])).context["quote"].fingerprint
        for _ in range(2):
            assert self.submit(draft, seen) == 200
        return journeys.fresh(draft)

    def submit(self, draft: ServiceRequest, seen: str) -> int:
        return self._press("requests:submit", draft.public_id, seen=seen)

    def approve(self, ref: str, seen: str) -> int:
        return self._press("approvals:step-approve", ref, seen=seen)

    def reject(self, ref: str, seen: str, reason: str) -> int:
        return self._press("approvals:step-reject", ref, seen=seen, words=reason)

    def pick(self, request: ServiceRequest, line: str) -> int:
        return self._press("requests:pick", request.public_id, line=line)

    def send(self, request: ServiceRequest, line: str) -> int:
        return self._press("requests:send", request.public_id, line=line)

    def receive(self, request: ServiceRequest, line: str, count: int) -> int:
        field = f"line-{request.lines.get(public_id=line).pk}"
        return self._press("requests:receive", request.public_id, **{field: count})

    def cancel(self, request: ServiceRequest, reason: str) -> int:
        return self._press("requests:cancel", request.public_id, reason=reason)

    def look(self, request: ServiceRequest) -> int:
        return self.client.get(reverse("desk:request-detail", args=[request.public_id])).status_code


class Program:
    """The same, through the API."""

    def __init__(self, user: User) -> None:
        self.user, self.api = user, caller(user)

    def _call(self, path: str, body: Any) -> int:
        return self.api.send("POST", path, body).status_code

    def ask(self, world: SimpleNamespace, lines: dict[str, int]) -> ServiceRequest:
        body = {
            "department": f"{world.hospital.code}/{world.ward.code}",
            "run_out": "fine",
            "note": NOTE,
            "lines": [{"code": code, "quantity": count} for code, count in lines.items()],
        }
        draft = self.api.put(f"drafts/{uuid.uuid4()}", body)
        for _ in range(2):
            self.api.post(draft["submit"], {"seen": draft["seen"]})
        return ServiceRequest.objects.get(public_id=draft["id"])

    def submit(self, draft: ServiceRequest, seen: str) -> int:
        return self._call(f"requests/{draft.public_id}/submit", {"seen": seen})

    def approve(self, ref: str, seen: str) -> int:
        return self._call(f"approvals/{ref}/approve", {"seen": seen})

    def reject(self, ref: str, seen: str, reason: str) -> int:
        return self._call(f"approvals/{ref}/reject", {"seen": seen, "reason": reason})

    def pick(self, request: ServiceRequest, line: str) -> int:
        return self._call(f"requests/{request.public_id}/pick", {"lines": [line]})

    def send(self, request: ServiceRequest, line: str) -> int:
        return self._call(f"requests/{request.public_id}/send", {"lines": [line]})

    def receive(self, request: ServiceRequest, line: str, count: int) -> int:
        return self._call(
            f"requests/{request.public_id}/receive", {"lines": [{"id": line, "quantity": count}]}
        )

    def cancel(self, request: ServiceRequest, reason: str) -> int:
        return self._call(f"requests/{request.public_id}/cancel", {"reason": reason})

    def look(self, request: ServiceRequest) -> int:
        return self.api.send("GET", f"requests/{request.public_id}").status_code


Way = Callable[[User], Any]


def told(world: SimpleNamespace, way: Way, *, reason: str = "Stock is there") -> list[dict[str, list[Any]]]:
    """Three requests by `way`: one that arrives in part and then whole, one that is refused, one that is cancelled."""
    with transaction.atomic():
        with at(BEGIN):
            nurse, head, keeper = way(world.nurse), way(world.head), way(world.storekeeper)
            requests = [nurse.ask(world, LINES), nurse.ask(world, LINES), nurse.ask(world, LINES)]
        arrives, no, cancelled = requests
        with at(BEGIN + timedelta(minutes=20)):
            for request, person in ((arrives, head), (arrives, way(world.procurement))):
                [step] = journeys.open_steps(request)
                assert person.approve(step.ref, journeys.seen(journeys.fresh(request))) == 200
            assert head.reject(journeys.open_steps(no)[0].ref, journeys.seen(no), reason) == 200
            assert nurse.cancel(cancelled, "found some") == 200
        line = arrives.lines.get(code="GLV-NIT-M").public_id
        with at(BEGIN + timedelta(hours=2)):
            for count in (4, 2):
                assert keeper.pick(arrives, line) == 200
                assert keeper.send(arrives, line) == 200
                assert nurse.receive(arrives, line, count) == 200
        found = [trail(journeys.fresh(request)) for request in requests]
        transaction.set_rollback(True)
    return found


def test_both_leave_the_same_trail(world: SimpleNamespace) -> None:
    journeys.link(world)
    pages, calls = told(world, Browser), told(world, Program)
    assert calls == pages
    kept = [len(pages[0][name]) for name in ("events", "changes", "decisions", "notices", "orders", "clocks")]
    assert all(kept), kept
    assert [row["request"][0][0] for row in pages] == ["in_fulfilment", "rejected", "cancelled"]


def test_a_different_word_is_seen_in_the_trail(world: SimpleNamespace) -> None:
    """The control: the comparison is not blind."""
    journeys.link(world)
    pages, calls = told(world, Browser), told(world, Program, reason="Ordered already")
    assert pages[0] == calls[0]
    assert pages[1] != calls[1]


def refusals(world: SimpleNamespace, way: Way) -> dict[str, int]:
    """What is answered to those who may not, not any more, or not like this."""
    with transaction.atomic():
        request = journeys.sent(world, world.colleague, NPW_KIT=1, GLV_NIT_M=2)
        [step] = journeys.open_steps(request)
        own = journeys.sent(world, world.head, NPW_KIT=1)
        [of_own] = journeys.open_steps(own)
        unsent = journeys.draft(world, world.nurse, GLV_NIT_M=1)
        empty = journeys.draft(world, world.nurse)
        seen = journeys.seen(request)
        nurse, head, stranger = way(world.nurse), way(world.head), way(world.stranger)
        colleague, buyer = way(world.colleague), way(world.buyer)
        found = {
            "a stranger looks": stranger.look(request),
            "a stranger decides": stranger.approve(step.ref, seen),
            "a stranger cancels": stranger.cancel(request, "why not"),
            "a stranger sends": stranger.submit(unsent, "x"),
            "somebody else sends": colleague.submit(unsent, "x"),
            "who asked decides": colleague.approve(step.ref, seen),
            "who has a part decides": head.approve(of_own.ref, journeys.seen(own)),
            "another nurse decides": nurse.approve(step.ref, seen),
            "the buyer cancels": buyer.cancel(request, "no"),
            "the price was another": nurse.submit(unsent, "0" * 32),
            "nothing on the list": nurse.submit(empty, "0" * 32),
            "it was another when seen": head.approve(step.ref, "0" * 64),
            "no without a reason": head.reject(step.ref, seen, " "),
            "no reason to cancel": colleague.cancel(request, " "),
            "it is decided": head.approve(step.ref, seen),
            "somebody was first": nurse.approve(step.ref, seen),
            "too late to cancel": colleague.cancel(request, "found some"),
            "it is not there": way(world.nurse).look(SimpleNamespace(public_id="nothing-of-the-kind")),
        }
        transaction.set_rollback(True)
    return found


def test_both_refuse_the_same(world: SimpleNamespace) -> None:
    pages, calls = refusals(world, Browser), refusals(world, Program)
    assert {name: status for name, status in calls.items() if status != pages[name]} == {}
    assert {200, 403, 404, 409, 422} <= set(calls.values())


def test_what_one_may_not_see_looks_like_what_is_not_there(world: SimpleNamespace) -> None:
    stranger: Caller = caller(world.stranger)
    request = journeys.sent(world, NPW_KIT=1)
    [step] = journeys.open_steps(request)
    for there, nowhere in (
        (f"requests/{request.public_id}", "requests/xxxxxxxxxxxxxxxxxxxxxx"),
        (f"approvals/{step.ref}", "approvals/xxxxxxxxxxxxxxxxxxxxxx"),
    ):
        answers = [stranger.send("GET", path) for path in (there, nowhere)]
        assert answers[0].content == answers[1].content
        assert answers[0].status_code == answers[1].status_code == 404
        headers = [{k: v for k, v in answer.headers.items() if k != "X-Request-ID"} for answer in answers]
        assert headers[0] == headers[1]


def test_nobody_signed_in_gets_nothing(client: Client, world: SimpleNamespace) -> None:
    request = journeys.sent(world, NPW_KIT=1)
    answer = client.get(f"/api/v1/requests/{request.public_id}")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
