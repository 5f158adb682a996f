"""One repair over HTTP: from the label on the pump to Odoo's maintenance and back to closed.

The portal is driven through its pages, the stand-in Odoo through its own HTTP door, the workers through their tasks.
"""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.request import Request, urlopen

import pytest
from django.urls import reverse

from integrations import deliveries, dispatch, linking
from integrations.models import ExternalReference, OutboxMessage
from integrations.odoo import maintenance_requests
from integrations.odoo.connection import JSON2, JSONRPC, OdooConnection
from integrations.odoo.maintenance_requests import MaintenanceRequest, MaintenanceState
from integrations.tasks import dispatch_outbox, poll_odoo
from portal.audit.models import Event
from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from sla.models import Clock
from tests import repairs
from tests.fake_odoo.fixtures import running
from tests.fake_odoo.instance import FakeOdoo
from tests.flows.test_path import SEED, Killed, later
from tests.journeys import fresh
from tests.odoo.naive import naive_repair
from tests.personas import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
NEWEST = pytest.mark.parametrize("odoo", [(19, JSONRPC)], indirect=True, ids=["19"])


@pytest.fixture(params=[(17, JSONRPC), (19, JSONRPC), (19, JSON2)], ids=lambda one: f"{one[0]}-{one[1]}")
def odoo(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> Iterator[FakeOdoo]:
    version, settings.ODOO_PROTOCOL = request.param
    files = {f"{name}_csv": SEED / f"{name}.csv" for name in ("catalogue", "vendors", "teams", "equipment")}
    with running(version=version, store=tmp_path / "odoo", **files) as server:
        settings.ODOO_URL, settings.ODOO_DB = server.url, server.db
        settings.ODOO_USER, settings.ODOO_PUBLIC_URL = server.user, server.url
        settings.ODOO_PASSWORD = server.api_key if settings.ODOO_PROTOCOL == JSON2 else server.password
        yield server


@pytest.fixture
def ward(world: SimpleNamespace, odoo: FakeOdoo) -> SimpleNamespace:
    repairs.equip(world)
    linking.link_catalogue(by=world.system)
    return world


def reported(ward: SimpleNamespace) -> ServiceRequest:
    """The nurse scans the label, follows *Report a fault*, answers and sends: pressed twice."""
    nurse = signed_in(ward.nurse)
    label = nurse.get(reverse("requests:equipment", args=[repairs.PUMP]))
    ask = reverse("requests:ask-new", args=["repair"])
    assert f"{ask}?equipment={repairs.PUMP}" in label.content.decode()
    form = nurse.get(ask, {"equipment": repairs.PUMP})
    assert form.status_code == 200
    answers = {
        "client_key": str(uuid.uuid4()),
        "department": ward.ward.pk,
        "q-equipment": repairs.PUMP,
        "q-symptoms": ["occlusion"],
        "q-needed": "today",
        "q-safe": "no_removed",
        "q-clean": "clean",
        "do": "send",
    }
    for _ in range(2):
        answer = nurse.post(ask, answers)
        assert answer.status_code == 302, answer.content.decode()
    return ServiceRequest.objects.get()


def press(person: Any, name: str, request: ServiceRequest, **typed: Any) -> None:
    answer = signed_in(person).post(reverse(name, args=[request.public_id]), typed)
    assert answer.status_code in (200, 302), answer.content.decode()


def in_odoo(odoo: FakeOdoo, **do: Any) -> list[dict]:
    """The maintenance requests, by the stand-in's own HTTP door; first a technician may do something."""
    body = json.dumps(do).encode()
    with urlopen(Request(f"{odoo.url}/fake/repairs", body, method="POST"), timeout=30) as answer:
        return json.loads(answer.read())["repairs"]


def page_of(ward: SimpleNamespace, request: ServiceRequest) -> str:
    there = reverse("desk:request-orders", args=[request.public_id])
    return signed_in(ward.nurse).get(there).content.decode()


def assert_one(odoo: FakeOdoo, request: ServiceRequest) -> dict:
    """Exactly one maintenance request, of this repair, and everything here says so."""
    [there] = in_odoo(odoo)
    assert there["external_id"] == f"hsp.mr_{request.public_id}"
    assert request.number in there["name"]
    record = ExternalReference.objects.get(request=request)
    assert (record.record_id, record.model) == (there["id"], "maintenance.request")
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"done"}
    return there


def send_until_done() -> None:
    for minutes in (1, 30, 60, 90, 120):
        with later(minutes):
            dispatch_outbox()


def test_from_the_label_to_odoo_and_back_to_closed(ward: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = reported(ward)
    assert request.state == RequestState.APPROVED, "nobody has to agree to a repair"
    assert "Waiting to be put in the team" in page_of(ward, request)
    dispatch_outbox()
    dispatch_outbox()
    there = assert_one(odoo, request)
    assert (there["team"], there["equipment"], there["priority"]) == ("Clinical engineering", "KE40211", "2")
    page = page_of(ward, request)
    assert "Clinical engineering has it in the list" in page
    assert f'href="{odoo.url}' in page

    press(ward.engineer, "requests:take", request)
    in_odoo(odoo, id=there["id"], do="stage", stage="In Progress")
    poll_odoo()
    assert "Being repaired (In Progress)" in page_of(ward, request)
    in_odoo(odoo, id=there["id"], do="stage", stage="Repaired")
    poll_odoo()
    poll_odoo()

    request = fresh(request)
    assert (request.state, request.outcome) == (RequestState.CLOSED, "fixed_on_ward")
    assert "Repaired" in page_of(ward, request)
    assert not Clock.objects.filter(request=request, state="running").exists()
    actions = list(Event.objects.filter(case=request.public_id).values_list("action", flat=True))
    for action in ("maintenance.made", "request.taken", "request.fulfilled", "request.closed"):
        assert actions.count(action) == 1, (action, actions)
    assert_one(odoo, request)


def test_finished_on_the_ward_is_done_in_odoo(ward: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = reported(ward)
    dispatch_outbox()
    press(ward.engineer, "requests:take", request)
    press(
        ward.engineer,
        "requests:finish",
        request,
        outcome="part_replaced",
        minutes="20",
        note="",
        test="passed",
    )
    request = fresh(request)
    assert request.state == RequestState.CLOSED
    dispatch_outbox()
    there = assert_one(odoo, request)
    assert (there["stage"], there["done"]) == ("Repaired", True)

    press(ward.nurse, "requests:reopen", request, reason="again")
    dispatch_outbox()
    assert not assert_one(odoo, request)["done"]
    in_odoo(odoo, id=there["id"], do="stage", stage="Repaired")
    poll_odoo()
    assert fresh(request).state == RequestState.CLOSED
    assert_one(odoo, request)


@NEWEST
@pytest.mark.parametrize("fault", ["lose_response", "duplicate", "drop", "502", "busy"])
def test_whatever_happens_to_the_create_there_is_one(
    ward: SimpleNamespace, odoo: FakeOdoo, fault: str
) -> None:
    request = reported(ward)
    odoo.fault(fault, count=2, method="load")
    send_until_done()
    assert_one(odoo, request)


@NEWEST
def test_the_worker_dies_between_create_and_record(ward: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = reported(ward)

    def die(_placed: object) -> None:
        raise Killed

    with pytest.raises(Killed):
        dispatch.run(after_create=die)
    assert len(in_odoo(odoo)) == 1
    assert OutboxMessage.objects.get().state == "claimed"
    with later(10):  # the lease of the dead has run out
        dispatch_outbox()
    assert_one(odoo, request)


@NEWEST
@pytest.mark.parametrize("fault", ["lose_response", "duplicate", "drop"])
def test_whatever_happens_to_the_end_it_is_done_once(
    ward: SimpleNamespace, odoo: FakeOdoo, fault: str
) -> None:
    request = reported(ward)
    dispatch_outbox()
    press(ward.engineer, "requests:take", request)
    press(ward.engineer, "requests:finish", request, outcome="part_replaced", minutes="", note="", test="")
    odoo.fault(fault, count=2, method="write")
    send_until_done()
    assert assert_one(odoo, request)["done"]


def naively(connection: OdooConnection, repair: MaintenanceRequest) -> MaintenanceState:
    """What many integrations do; the rest of the portal is as it is."""
    made = naive_repair(connection, repair)
    return maintenance_requests.read_requests(connection, [made])[made]


@NEWEST
def test_the_naive_strategy_makes_two(
    ward: SimpleNamespace, odoo: FakeOdoo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: search the title, then create. A repeated request makes a second record."""
    reported(ward)
    monkeypatch.setattr(deliveries.maintenance_requests, "create", naively)
    odoo.fault("duplicate", method="create")
    dispatch_outbox()
    assert len(in_odoo(odoo)) == 2
