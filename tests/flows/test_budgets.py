"""What a page may cost in queries, as literal counts, the same for one row and for fifty. BEGIN, COMMIT and savepoints
do not count, session and user do. Counted with every panel on."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import ApprovalStep
from requests_app.models import ServiceRequest
from requests_app.states import RunOut
from requests_app.supplies import drafting
from requests_app.supplies.quoting import quote
from tests import journeys
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
# SQLite has no sequences: the first number costs a row and three more queries.
NUMBER = 3 if connection.vendor == "sqlite" else 0
LINES = ("NPW-KIT", "SPO-SEN", "GLV-NIT-M", "CAN-20", "DRS-IV", "MSK-IIR")


@contextmanager
def costs(most: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as queries:
        yield
    counted = [
        q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))
    ]
    assert len(counted) == most, "\n".join([f"{len(counted)} queries", *(sql[:160] for sql in counted)])


def drafted(world: SimpleNamespace, lines: int) -> ServiceRequest:
    return drafting.save_draft(
        by=world.nurse,
        client_key=uuid.uuid4(),
        department=world.ward,
        quantities=dict.fromkeys(LINES[:lines], 2),
        run_out=RunOut.FINE,
        note="a new bay",
    )


@pytest.fixture
def ward(world: SimpleNamespace) -> SimpleNamespace:
    journeys.link(world)
    signed_in(world.nurse).get(reverse("desk:home"))  # what a process reads once
    assert connection.features.supports_json_field  # SQLite is asked once
    return world


@pytest.mark.parametrize("lines", [1, 3, 6])
def test_sending(ward: SimpleNamespace, lines: int) -> None:
    draft, nurse = drafted(ward, lines), signed_in(ward.nurse)
    seen = quote(draft).fingerprint
    with costs(22 + NUMBER):
        answer = nurse.post(reverse("requests:submit", args=[draft.public_id]), {"seen": seen})
    assert answer.status_code == 302


@pytest.mark.parametrize("lines", [1, 3, 6])
def test_deciding_the_first_step_and_the_last(ward: SimpleNamespace, lines: int) -> None:
    draft = drafted(ward, lines)
    journeys.send(draft)
    for person, most in ((ward.head, 20), (ward.procurement, 27)):
        client = signed_in(person)
        step = ApprovalStep.objects.get(approval__request=draft, state=ApprovalStep.State.OPEN)
        seen = journeys.seen(journeys.fresh(draft))
        with costs(most):
            answer = client.post(reverse("approvals:step-approve", args=[step.ref]), {"seen": seen})
        assert answer.status_code == 302


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_pages(ward: SimpleNamespace, rows: int) -> None:
    for _ in range(rows):
        request = journeys.sent(ward, NPW_KIT=1, GLV_NIT_M=2)
    nurse, head = signed_in(ward.nurse), signed_in(ward.head)
    for client, url, most in (
        (nurse, reverse("requests:list"), 8),
        (head, reverse("approvals:inbox"), 8),
        (nurse, reverse("desk:request-detail", args=[request.public_id]), 15),
    ):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        assert len(queries) <= most, (url, len(queries))
