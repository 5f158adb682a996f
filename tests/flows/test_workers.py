"""The whole path with the processes that a hospital runs: Celery worker and beat on Redis, and Odoo at its HTTP door."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as project
from django.urls import reverse

from integrations import linking
from integrations.models import DeliveryAttempt, OutboxMessage
from portal.audit.models import Event
from portal.clock import now
from requests_app.models import ServiceRequest
from requests_app.states import LineState, RequestState
from sla.models import Clock
from tests.fake_odoo.fixtures import running
from tests.fake_odoo.instance import FakeOdoo
from tests.flows.test_path import assert_orders, decide, deliver_from_store, file_and_send, states
from tests.integrations.steps import connect_to
from tests.journeys import fresh
from tests.personas import signed_in
from tests.platform.processes import wait_for
from tests.servers import beat, broker_of_this_run, worker, worker_group

pytestmark = [
    pytest.mark.workers,
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(240),
]
SEED = project.BASE_DIR / "portal" / "desk" / "seed"
BOUND = 120.0  # seconds from the first page to the closed request
State, Outcome = OutboxMessage.State, DeliveryAttempt.Outcome


@pytest.fixture
def odoo(tmp_path: Path, settings: Any) -> Iterator[FakeOdoo]:
    files = {"vendors_csv": SEED / "vendors.csv", "catalogue_csv": SEED / "catalogue.csv"}
    with running(version=19, store=tmp_path / "odoo", **files) as fake:
        connect_to(fake, settings)
        yield fake


def address_of(odoo: FakeOdoo) -> dict[str, str]:
    """Odoo's settings for another process."""
    return {
        "ODOO_URL": odoo.url, "ODOO_DB": odoo.db, "ODOO_USER": odoo.user, "ODOO_PASSWORD": odoo.password,
    }  # fmt: skip


def messages(request: ServiceRequest, state: str) -> int:
    return OutboxMessage.objects.filter(request=request, state=state).count()


def kill_while_an_order_is_made(run: Any, odoo: FakeOdoo) -> OutboxMessage:
    """kill -9 for the worker when Odoo has made an order and has not answered yet; its supervisor lives.

    Returns the message of that order, which nobody holds any more.
    """
    fault = odoo.fault("late", method="load")
    assert fault.reached.wait(60), "nothing was sent"
    wait_for(odoo.orders)
    dead = worker_group(run)
    assert dead
    os.killpg(dead, signal.SIGKILL)
    fault.release()
    wait_for(lambda: worker_group(run) not in (None, dead))  # the supervisor starts it again
    orphan = OutboxMessage.objects.get(payload__external_id=odoo.orders()[0]["external_id"])
    assert (orphan.state, orphan.attempts) == (State.CLAIMED, 1)
    return orphan


def end_the_leases() -> None:
    """As if the two minutes of the dead worker's claims had passed: the lease is no setting, and a test must not wait."""
    assert OutboxMessage.objects.filter(state=State.CLAIMED).update(
        claimed_until=now(), next_attempt_at=now()
    )


def test_the_path_with_real_workers_one_of_them_killed(
    world: SimpleNamespace, odoo: FakeOdoo, capfd: pytest.CaptureFixture[str]
) -> None:
    linking.link_catalogue(by=world.system)
    broker = broker_of_this_run()
    with worker(broker, **address_of(odoo)) as run, beat(broker, **address_of(odoo)):
        began = monotonic()
        request = file_and_send(world)
        decide(world.head, request)
        decide(world.procurement, request)
        request = fresh(request)
        assert request.state == RequestState.APPROVED
        assert messages(request, State.PENDING) == 2

        orphan = kill_while_an_order_is_made(run, odoo)
        end_the_leases()
        wait_for(lambda: messages(request, State.DONE) == 2, 60)
        sent = monotonic() - began
        assert_orders(world, odoo, request)
        tries = DeliveryAttempt.objects.filter(message=orphan).order_by("number")
        assert list(tries.values_list("outcome", flat=True)) == [Outcome.LOST, Outcome.DELIVERED]
        assert fresh(request).state == RequestState.IN_FULFILMENT

        deliver_from_store(world, request)
        for order in odoo.orders():
            odoo.confirm(order["id"])
            odoo.receive(order["id"])
        bought = {"NPW-KIT", "SPO-SEN"}
        wait_for(lambda: {states(request)[code] for code in bought} == {LineState.AT_GOODS_IN}, 60)

        colleague = signed_in(world.colleague)
        answer = colleague.post(reverse("requests:receive", args=[request.public_id]), {"all": "1"})
        assert answer.status_code == 302
        took = monotonic() - began
    assert fresh(request).state == RequestState.CLOSED
    assert set(states(request).values()) == {LineState.RECEIVED}
    assert_orders(world, odoo, request)
    assert not Clock.objects.filter(request=request, state="running").exists()
    delivered = Event.objects.filter(case=request.public_id, action="outbox.delivered")
    assert delivered.count() == 2
    said = "".join(capfd.readouterr())
    print(f"{said}\nfrom the first page to both orders {sent:.0f} s, to closed {took:.0f} s")
    assert "raised unexpected" not in said
    assert took < BOUND
