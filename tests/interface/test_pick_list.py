"""The store's pick list over HTTP."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_app.models import ServiceRequest
from requests_app.states import LineState
from tests import journeys
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
PICKS = reverse("requests:pick-list")


@pytest.fixture
def store(world: SimpleNamespace) -> Client:
    return signed_in(world.storekeeper)


def post(client: Client, verb: str, request: ServiceRequest, lines: list[str]) -> int:
    return client.post(reverse(f"requests:{verb}", args=[request.public_id]), {"line": lines}).status_code


def states(request: ServiceRequest) -> list[str]:
    return list(request.lines.order_by("position").values_list("state", flat=True))


def test_picked_and_on_its_way(world: SimpleNamespace, store: Client) -> None:
    request = journeys.approved(world, GLV_NIT_M=6, CAN_20=2)
    page = store.get(PICKS).content.decode()
    assert "6\N{NO-BREAK SPACE}boxes" in page
    assert "= 600\N{NO-BREAK SPACE}gloves" in page
    assert world.ward.name in page
    lines = list(request.lines.order_by("position").values_list("public_id", flat=True))
    assert post(store, "pick", request, lines[:1]) == 302
    assert states(request) == [LineState.PICKED, LineState.TO_PICK]
    assert post(store, "send", request, lines) == 302
    assert states(request) == [LineState.ON_THE_WAY, LineState.TO_PICK]


def test_nothing_ticked_is_said_beside_the_lines(world: SimpleNamespace, store: Client) -> None:
    request = journeys.approved(world, GLV_NIT_M=6)
    answer = store.post(reverse("requests:pick", args=[request.public_id]))
    assert answer.status_code == 422
    assert "Tick at least one line." in answer.content.decode()


def test_only_the_team_picks(world: SimpleNamespace) -> None:
    request = journeys.approved(world, GLV_NIT_M=6)
    lines = list(request.lines.values_list("public_id", flat=True))
    assert signed_in(world.nurse).get(PICKS).status_code == 403
    assert post(signed_in(world.nurse), "pick", request, lines) == 403
    assert post(signed_in(world.stranger), "pick", request, lines) == 404
    assert states(request) == [LineState.TO_PICK]


def test_an_empty_list_says_so(store: Client) -> None:
    assert "Nothing to pick" in store.get(PICKS).content.decode()


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_the_pick_list_takes_eight_queries(world: SimpleNamespace, store: Client, rows: int) -> None:
    for _ in range(rows):
        journeys.approved(world, GLV_NIT_M=1)
    store.get(PICKS)
    with CaptureQueriesContext(connection) as queries:
        store.get(PICKS)
    assert len(queries) <= 8, [query["sql"][:120] for query in queries]
