"""The store's pick list over HTTP."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_app.models import ServiceRequest, UsualList
from requests_app.states import LineState
from tests import journeys
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
PICKS, COUNTS = reverse("requests:pick-list"), reverse("requests:counts")


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


def form_of(request: ServiceRequest, count: str, **more: str) -> dict[str, str]:
    line = request.lines.get()
    return {"line": line.public_id, f"n-{line.public_id}": count, f"of-{line.public_id}": "6"} | more


def test_a_part_is_picked_and_the_rest_follows(world: SimpleNamespace, store: Client) -> None:
    request = journeys.approved(world, GLV_NIT_M=6)
    there = reverse("requests:pick", args=[request.public_id])
    assert store.post(there, form_of(request, "4", expected_on="2099-01-01")).status_code == 422
    answer = store.post(there, form_of(request, "9"))
    assert answer.status_code == 422
    assert "Enter how many, 0 to 6." in answer.text
    assert 'value="9"' in answer.text
    assert store.post(there, form_of(request, "4")).status_code == 302
    page = store.get(PICKS).text
    assert "To follow" in page
    assert "Picked, waiting to go" in page
    assert store.post(there, form_of(request, "4")).status_code == 409, "a second press picks no second time"
    line = request.lines.get()
    assert (line.picked_quantity, line.follow_quantity) == (4, 2)


@pytest.mark.parametrize("code", ["can-20", "barcode"])
def test_what_is_scanned_stands_on_top(world: SimpleNamespace, store: Client, code: str) -> None:
    journeys.approved(world, GLV_NIT_M=6)
    last = journeys.approved(world, CAN_20=2)
    code = world.items["CAN-20"].barcode if code == "barcode" else code
    page = store.get(PICKS, {"scan": code})
    assert page.context["picks"][0][0].request == last
    assert page.text.count("autofocus") == 1
    assert "has the code" in store.get(PICKS, {"scan": "nothing"}).text


def test_the_lead_gives_up_a_line_and_nobody_else_is_offered_it(
    world: SimpleNamespace, store: Client
) -> None:
    request = journeys.approved(world, GLV_NIT_M=6)
    there = reverse("requests:strike", args=[request.lines.get().public_id])
    assert there not in store.get(PICKS).text
    assert store.get(there).status_code == 404
    lead = signed_in(world.store_lead)
    assert there in lead.get(PICKS).text
    assert lead.post(there, {"reason": ""}).status_code == 422
    assert lead.post(there, {"reason": "No longer made"}).status_code == 302
    assert states(request) == [LineState.CANCELLED]
    assert lead.get(there).status_code == 404


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_the_pick_list_takes_eight_queries(world: SimpleNamespace, store: Client, rows: int) -> None:
    for _ in range(rows):
        journeys.approved(world, GLV_NIT_M=1)
    store.get(PICKS)
    with CaptureQueriesContext(connection) as queries:
        store.get(PICKS)
    assert len(queries) == 8, [query["sql"][:120] for query in queries]


@pytest.mark.parametrize("lists", [1, 3])
def test_the_wards_to_count_take_six_queries(world: SimpleNamespace, store: Client, lists: int) -> None:
    UsualList.objects.exclude(pk__in=UsualList.objects.values("pk")[:lists]).update(counted_on="")
    UsualList.objects.filter(pk__in=UsualList.objects.values("pk")[:lists]).update(counted_on="0123456")
    store.get(COUNTS)
    with CaptureQueriesContext(connection) as queries:
        store.get(COUNTS)
    assert len(queries) == 6, [query["sql"][:120] for query in queries]
