"""The whole path over HTTP: from the ward's form to the purchase orders in Odoo and back to the ward.

The portal is driven through its pages, the stand-in Odoo through its own HTTP door, the workers through their tasks.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations import dispatch, linking
from integrations.models import OutboxMessage
from integrations.odoo import purchase_orders
from integrations.odoo.connection import OdooConnection
from integrations.odoo.purchase_orders import Order, PlacedOrder
from integrations.tasks import dispatch_outbox, poll_odoo
from portal.accounts.models import User
from portal.audit.models import Event
from portal.clock import at, now
from requests_app.models import ServiceRequest
from requests_app.states import LineState, RequestState
from sla.models import Clock
from tests.fake_odoo.fixtures import running
from tests.fake_odoo.instance import FakeOdoo
from tests.journeys import fresh, open_steps
from tests.odoo.naive import naive_create
from tests.personas import signed_in

SEED = Path(__file__).resolve().parents[2] / "portal" / "desk" / "seed"
LINES = {
    "NPW-KIT": 2,
    "SPO-SEN": 1,
    "GLV-NIT-M": 6,
}  # bought off contract, bought on contract, from the store
pytestmark = pytest.mark.django_db(transaction=True)
NEWEST = pytest.mark.parametrize(
    "odoo", [19], indirect=True
)  # the contract suite asks both versions the rest


@pytest.fixture(params=[17, 19])
def odoo(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> Iterator[FakeOdoo]:
    with running(
        version=request.param,
        store=tmp_path / "odoo",
        catalogue_csv=SEED / "catalogue.csv",
        vendors_csv=SEED / "vendors.csv",
    ) as server:
        settings.ODOO_URL, settings.ODOO_DB = server.url, server.db
        settings.ODOO_USER, settings.ODOO_PASSWORD = server.user, server.password
        settings.ODOO_PUBLIC_URL = server.url
        yield server


@pytest.fixture
def linked(world: SimpleNamespace, odoo: FakeOdoo) -> SimpleNamespace:
    linking.link_catalogue(by=world.system)
    return world


def file_and_send(world: SimpleNamespace, lines: dict[str, int] = LINES) -> ServiceRequest:
    """The nurse fills in the form and sends it: three posts, each pressed twice."""
    nurse = signed_in(world.nurse)
    page = nurse.get(reverse("requests:supply-new"))
    form = {
        "client_key": str(page.context["form"]["client_key"].value()),
        "department": world.ward.pk,
        "run_out": "fine",
        "note": "for the new bay",
        "do": "review",
        **{f"line-{code}": quantity for code, quantity in lines.items()},
    }
    for _ in range(2):
        answer = nurse.post(reverse("requests:supply-new"), form)
        assert answer.status_code == 302, answer.content.decode()
    review = nurse.get(answer.url)
    seen = review.context["quote"].fingerprint
    draft = ServiceRequest.objects.get(filed_by=world.nurse)
    for _ in range(2):
        answer = nurse.post(reverse("requests:submit", args=[draft.public_id]), {"seen": seen})
        assert answer.status_code == 302, answer.content.decode()
    return ServiceRequest.objects.get()


def decide(person: User, request: ServiceRequest) -> None:
    """The approver opens the inbox and presses Approve on the card."""
    client = signed_in(person)
    page = client.get(reverse("approvals:inbox"))
    assert page.status_code == 200
    assert request.number in page.content.decode()
    step = next(step for step in open_steps(request) if step.approvers.filter(user=person).exists())
    from tests.journeys import seen

    answer = client.post(reverse("approvals:step-approve", args=[step.ref]), {"seen": seen(request)})
    assert answer.status_code in (200, 302)


def deliver_from_store(world: SimpleNamespace, request: ServiceRequest) -> None:
    keeper = signed_in(world.storekeeper)
    line = request.lines.get(source="store")
    assert keeper.get(reverse("requests:pick-list")).status_code == 200
    for name in ("requests:pick", "requests:send"):
        answer = keeper.post(reverse(name, args=[request.public_id]), {"line": [line.public_id]})
        assert answer.status_code in (200, 302), answer.content.decode()


def states(request: ServiceRequest) -> dict[str, str]:
    return dict(request.lines.values_list("code", "state"))


def assert_orders(world: SimpleNamespace, odoo: FakeOdoo, request: ServiceRequest) -> None:
    """Exactly one order per vendor, with the lines, units, quantities and prices that were approved."""
    orders = {order["vendor_ref"]: order for order in odoo.orders()}
    assert len(odoo.orders()) == 2
    assert set(orders) == {"NGM", "KES"}
    for vendor, code in (("NGM", "NPW-KIT"), ("KES", "SPO-SEN")):
        order, item = orders[vendor], fresh(world.items[code])
        assert order["origin"] == request.number
        assert [
            (line["code"], line["quantity"], line["price_unit"], line["uom_id"], line["product_id"])
            for line in order["lines"]
        ] == [(code, LINES[code], float(item.price), item.odoo_uom_id, item.odoo_product_id)]


def test_from_the_wards_browser_to_orders_in_odoo_and_back(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    world = linked
    request = file_and_send(world)
    assert request.state == RequestState.SUBMITTED
    decide(world.head, request)
    decide(world.procurement, request)
    request = fresh(request)
    assert request.state == RequestState.APPROVED
    assert OutboxMessage.objects.filter(request=request).count() == 2
    with later(1):  # a decision may be taken back for ten seconds before anything leaves
        dispatch_outbox()
        dispatch_outbox()
    assert_orders(world, odoo, request)
    assert fresh(request).state == RequestState.IN_FULFILMENT

    nurse = signed_in(world.nurse)
    page = nurse.get(reverse("desk:request-detail", args=[request.public_id])).content.decode()
    for order in odoo.orders():
        assert order["name"] in page
        assert f'href="{odoo.url}' in page
    deliver_from_store(world, request)
    for order in odoo.orders():
        odoo.confirm(order["id"])
    poll_odoo()
    assert states(request) == {
        "NPW-KIT": LineState.ORDERED,
        "SPO-SEN": LineState.ORDERED,
        "GLV-NIT-M": LineState.ON_THE_WAY,
    }
    first, second = odoo.orders()
    odoo.receive(first["id"])
    odoo.receive(second["id"])
    with at(now()):
        poll_odoo()
    assert set(states(request).values()) == {LineState.AT_GOODS_IN, LineState.ON_THE_WAY}

    colleague = signed_in(world.colleague)
    answer = colleague.post(reverse("requests:receive", args=[request.public_id]), {"all": "1"})
    assert answer.status_code == 302
    request = fresh(request)
    assert request.state == RequestState.CLOSED
    assert set(states(request).values()) == {LineState.RECEIVED}
    assert not Clock.objects.filter(request=request, state="running").exists()
    assert_trail(request, world)
    assert len(odoo.orders()) == 2


def assert_trail(request: ServiceRequest, world: SimpleNamespace) -> None:
    """Every step is in the record: who, before and after."""
    trail = list(Event.objects.filter(case=request.public_id).order_by("pk"))
    actions = [event.action for event in trail]
    for action, count in {
        "request.submitted": 1,
        "step.approved": 2,
        "request.approved": 1,
        "outbox.delivered": 2,
        "request.taken": 1,
        "lines.picked": 1,
        "lines.on_the_way": 1,
        "lines.ordered": 2,
        "lines.at_goods_in": 2,
        "lines.received": 1,
        "request.fulfilled": 1,
        "request.closed": 1,
    }.items():
        assert actions.count(action) == count, (action, actions)
    by = {event.action: event.actor for event in trail}
    assert by["request.submitted"] == world.nurse
    assert by["lines.received"] == world.colleague
    assert by["lines.picked"] == world.storekeeper
    moved = [event for event in trail if "state" in event.after and event.action.startswith("request.")]
    assert all(event.before["state"] != event.after["state"] for event in moved)
    assert (
        actions.index("request.submitted")
        < actions.index("step.approved")
        < actions.index("request.approved")
    )


def approved_by_both(world: SimpleNamespace, lines: dict[str, int] = LINES) -> ServiceRequest:
    request = file_and_send(world, lines)
    decide(world.head, request)
    decide(world.procurement, request)
    return fresh(request)


def later(minutes: int) -> Any:
    return at(now() + timedelta(minutes=minutes))


def send_until_done() -> None:
    """The dispatcher's ticks of the next two hours."""
    for minutes in (1, 30, 60, 90, 120):
        with later(minutes):
            dispatch_outbox()
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"done"}


@NEWEST
@pytest.mark.parametrize("fault", ["lose_response", "duplicate", "drop", "502", "busy"])
def test_whatever_happens_to_the_create_there_is_one_order(
    linked: SimpleNamespace, odoo: FakeOdoo, fault: str
) -> None:
    request = approved_by_both(linked)
    odoo.fault(fault, count=2, method="load")
    send_until_done()
    assert_orders(linked, odoo, request)


class Killed(BaseException):
    """What a `kill -9` looks like from the inside: nothing after it runs."""


@NEWEST
def test_the_worker_dies_between_create_and_record(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = approved_by_both(linked)

    def die(_placed: object) -> None:
        raise Killed

    for _ in range(2):
        with later(1), pytest.raises(Killed):
            dispatch.run(after_create=die)
    assert len(odoo.orders()) == 2
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"claimed"}
    with later(10):  # the leases of the dead have run out
        dispatch_outbox()
    assert_orders(linked, odoo, request)
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"done"}
    assert fresh(request).state == RequestState.IN_FULFILMENT


def naively(connection: OdooConnection, order: Order) -> PlacedOrder:
    """What many integrations do; the rest of the portal is as it is."""
    made = naive_create(connection, order)
    return PlacedOrder(id=made, name=f"P{made}", state="draft", lines={})


@NEWEST
def test_the_naive_strategy_orders_twice(
    linked: SimpleNamespace, odoo: FakeOdoo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: search the source document, then create. A repeated request makes a second order."""
    approved_by_both(linked, {"NPW-KIT": 2})
    monkeypatch.setattr(purchase_orders, "create", naively)
    odoo.fault("duplicate", method="create")
    with later(1):
        dispatch_outbox()
    assert [order["vendor_ref"] for order in odoo.orders()] == ["NGM", "NGM"]


@NEWEST
def test_nothing_of_it_exists_for_another_hospital(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = approved_by_both(linked)
    stranger = signed_in(linked.stranger)
    step = request.approvals.get().steps.first()
    for url in urls_of(request, step.ref):
        missing = url.replace(request.public_id, "A" * 22).replace(step.ref, "A" * 22)
        for method in ("get", "post"):
            assert same(stranger, method, url, missing), (method, url)


def urls_of(request: ServiceRequest, ref: str) -> list[str]:
    """Every address that names a request or one of its steps, from the URL configuration itself."""
    from django.urls import get_resolver

    found = []
    for name, patterns in _named(get_resolver()).items():
        for argument, value in (("public_id", request.public_id), ("ref", ref)):
            if argument in patterns:
                others = dict.fromkeys(patterns - {argument}, "1")
                found.append(reverse(name, kwargs={argument: value} | others))
    assert len(found) >= 10
    return found


def _named(resolver: Any, prefix: str = "") -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            if pattern.namespace != "admin":
                inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
                names.update(_named(pattern, inner))
        elif pattern.name:
            names[f"{prefix}{pattern.name}"] = set(pattern.pattern.converters)
    return names


PER_ANSWER = ("Content-Length", "Set-Cookie", "X-Request-ID")


def same(client: Client, method: str, url: str, missing: str) -> bool:
    """Do both answer with the same status, headers and body (the CSRF token and the address itself masked)?"""
    import re

    def seen(address: str) -> tuple[Any, ...]:
        answer = getattr(client, method)(address)
        body = re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode()).replace(address, "")
        headers = {name: value for name, value in answer.headers.items() if name not in PER_ANSWER}
        return answer.status_code, headers, body

    theirs, nobodys = seen(url), seen(missing)
    assert theirs == nobodys
    # The API reads what was sent before it looks for the request; a page for administrators refuses before it looks; the page
    # of a pass leads to the list of passes once its password was shown.
    return theirs[0] in (302, 403, 404, 405, 415, 422)
