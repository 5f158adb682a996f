"""Dispatchers at the same moment: each message is sent once."""

from types import SimpleNamespace

import pytest

from integrations import dispatch
from integrations.models import DeliveryAttempt, OutboxMessage
from portal import clock
from tests import journeys
from tests.fake_odoo.instance import FakeOdoo
from tests.integrations.steps import UNDONE, later
from tests.racing import race

REQUESTS, WORKERS = 6, 4
pytestmark = pytest.mark.django_db(transaction=True)


def test_dispatchers_at_once_send_each_message_once(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    for _ in range(REQUESTS):
        journeys.approved(linked, SPO_SEN=1)
    with later(UNDONE):
        moment = clock.now()

    def work() -> dict[str, int]:
        with clock.at(moment):
            return dispatch.run()

    results = race([work] * WORKERS)
    assert sum(result.get("delivered", 0) for result in results) == REQUESTS, results
    assert all(set(result) <= {"delivered"} for result in results)
    assert len(odoo.orders()) == REQUESTS
    assert set(OutboxMessage.objects.values_list("state", "attempts")) == {("done", 1)}
    assert DeliveryAttempt.objects.count() == REQUESTS


def test_one_message_is_claimed_by_one(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    journeys.approved(linked, SPO_SEN=1)
    with later(UNDONE):
        moment = clock.now()

    def claim() -> OutboxMessage | None:
        with clock.at(moment):
            return dispatch.claim()

    claims = [claim for claim in race([claim] * WORKERS) if claim is not None]
    assert len(claims) == 1
    assert claims[0].attempts == OutboxMessage.objects.get().attempts == 1
