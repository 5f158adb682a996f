"""The work of a team over HTTP: what is due first, who has it, how it ended."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.audit.models import Event
from portal.facts import verb
from requests_app import access, releasing, work
from requests_app.models import ServiceRequest
from requests_app.states import Priority, RequestState
from tests import moving
from tests.journeys import fresh
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
WORK, NEWS = reverse("requests:work"), reverse("requests:work-news")
MORNING = datetime(2027, 3, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def porters(world: SimpleNamespace) -> SimpleNamespace:
    return moving.porters(world)


@pytest.fixture
def porter(porters: SimpleNamespace) -> Client:
    return signed_in(porters.porter)


def post(client: Client, verb: str, request: ServiceRequest, data: dict | None = None):
    return client.post(reverse(f"requests:{verb}", args=[request.public_id]), data or {})


def page(client: Client) -> str:
    return client.get(WORK).content.decode()


@verb
def make_emergency(request: ServiceRequest) -> None:
    """As if it had been sent as one: no question of a move makes it one."""
    row = access.locked(request)
    row.priority = Priority.EMERGENCY
    row.save(update_fields=["priority"])


def test_taken_and_done(porters: SimpleNamespace, porter: Client) -> None:
    request = moving.sent(porters, precautions=["airborne"])
    shown = page(porter)
    for said in (
        "Patient to CT room",
        "Nurses&#x27; station, 7B",
        "CT room",
        "Airborne",
        porters.ward.name,
        "Take it",
    ):
        assert said in shown
    assert post(porter, "take", request).status_code == 302
    request = fresh(request)
    assert (request.state, request.assignee) == (RequestState.IN_FULFILMENT, porters.porter)
    assert "You have it" in page(porter)
    assert "Pat Porter</bdi> has it" in page(signed_in(porters.other_porter))
    answer = post(porter, "finish", request, {"outcome": "handed_over", "minutes": "12"})
    assert answer.status_code == 302
    request = fresh(request)
    assert (request.state, request.outcome) == (RequestState.CLOSED, "handed_over")
    assert (
        Event.objects.get(case=request.public_id, action="request.fulfilled").reason == "12 minutes of work"
    )
    assert "No work waits for you" in page(porter)


def test_who_was_second_is_told_who_was_first(porters: SimpleNamespace, porter: Client) -> None:
    request = moving.sent(porters)
    assert post(porter, "take", request).status_code == 302
    other = signed_in(porters.other_porter)
    answer = other.post(reverse("requests:take", args=[request.public_id]), follow=True)
    assert "Pat Porter took it before you." in answer.content.decode()
    assert fresh(request).assignee == porters.porter
    assert post(porter, "take", request).status_code == 302  # pressed twice


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Choose how it ended."),
        ({"outcome": "exploded"}, "Choose how it ended."),
        ({"outcome": "handed_over", "minutes": "ten"}, "Enter whole minutes"),
        ({"outcome": "handed_over", "minutes": "99999"}, "Enter whole minutes"),
    ],
)
def test_an_end_that_is_refused_keeps_what_was_typed(
    porters: SimpleNamespace, porter: Client, data: dict, said: str
) -> None:
    request = moving.sent(porters)
    post(porter, "take", request)
    answer = post(porter, "finish", request, data)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert said in shown
    assert f'value="{data.get("minutes", "")}"' in shown
    assert fresh(request).state == RequestState.IN_FULFILMENT


def test_what_nobody_took_is_not_finished(porters: SimpleNamespace, porter: Client) -> None:
    request = moving.sent(porters)
    post(porter, "finish", request, {"outcome": "handed_over"})
    assert fresh(request).state == RequestState.APPROVED


def test_only_the_team_works(porters: SimpleNamespace) -> None:
    request = moving.sent(porters)
    for person, seen in ((porters.nurse, 403), (porters.storekeeper, 404), (porters.stranger, 404)):
        assert post(signed_in(person), "take", request).status_code == seen
    assert signed_in(porters.nurse).get(WORK).status_code == 403
    assert "No work waits for you" in page(signed_in(porters.storekeeper))
    assert fresh(request).state == RequestState.APPROVED


def test_the_link_stands_for_those_who_do_work(porters: SimpleNamespace, porter: Client) -> None:
    link = f'href="{WORK}"'
    assert link in porter.get(reverse("desk:home")).content.decode()
    assert link not in signed_in(porters.nurse).get(reverse("desk:home")).content.decode()


def test_what_is_due_first_comes_first(porters: SimpleNamespace, porter: Client) -> None:
    with clock.at(MORNING):
        calm = moving.sent(porters)
        urgent = moving.sent(porters, when="now")
        shown = page(porter)
    assert shown.index(urgent.number) < shown.index(calm.number)


def test_work_for_later_is_not_shown_yet(porters: SimpleNamespace, porter: Client) -> None:
    with clock.at(MORNING):
        later = moving.sent(porters, when="at", agreed_at="2027-03-10T15:00")
        back = ServiceRequest.objects.get(move__return_of__request=moving.sent(porters, back="yes"))
        shown = page(porter)
        assert later.number not in shown
        assert back.number not in shown
    with clock.at(MORNING + timedelta(hours=5, minutes=30)):
        releasing.sweep()
        shown = page(porter)
    assert later.number in shown
    assert "To be there at" in shown


def test_an_emergency_that_nobody_took_stands_above_everything(
    porters: SimpleNamespace, porter: Client
) -> None:
    with clock.at(MORNING - timedelta(hours=2)):
        late = moving.sent(porters, when="now")
    with clock.at(MORNING):
        emergency = moving.sent(porters)
        make_emergency(emergency)
    said = "Emergency, and nobody has taken it."
    with clock.at(MORNING + timedelta(minutes=4)):
        shown = page(porter)
        assert said not in shown
        marks = f"{late.public_id}.{emergency.public_id}"
        assert not news(porter, marks)
    with clock.at(MORNING + timedelta(minutes=5)):
        shown = page(porter)
        assert said in shown
        assert shown.index(emergency.number) < shown.index(late.number)
        assert "1 changed" in news(porter, marks)
        work.take(request=emergency, by=porters.porter)
        assert said not in page(porter)


def news(client: Client, shown: str) -> str:
    text = client.get(NEWS, {"shown": shown}, headers={"HX-Request": "true"}).content.decode()
    return text.partition("</a>")[0] if "btn-soft" in text else ""


def test_the_page_says_what_came_and_what_was_taken(porters: SimpleNamespace, porter: Client) -> None:
    first = moving.sent(porters)
    assert not news(porter, first.public_id)
    moving.sent(porters)
    assert "1 new" in news(porter, first.public_id)
    work.take(request=first, by=porters.other_porter)
    assert "1 changed" in news(porter, first.public_id)
    assert Client().get(NEWS).status_code == 401


def test_htmx_gets_the_list_alone(porters: SimpleNamespace, porter: Client) -> None:
    request = moving.sent(porters)
    address = reverse("requests:take", args=[request.public_id])
    answer = porter.post(address, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert "You have it" in answer.content.decode()


def test_ready_to_go_back_is_a_press_on_the_page_of_the_way_back(porters: SimpleNamespace) -> None:
    there = moving.sent(porters, back="yes", precautions=["contact"])
    back = ServiceRequest.objects.get(move__return_of__request=there)
    imaging = signed_in(porters.radiographer)
    where = reverse("desk:request-detail", args=[back.public_id])
    shown = imaging.get(where).content.decode()
    assert "Ready to go back" in shown
    assert "Apron and gloves" in shown
    assert post(imaging, "ready", back).status_code == 302
    assert fresh(back).released_at
    assert "Ready to go back</button>" not in imaging.get(where).content.decode()
    shown = (
        signed_in(porters.nurse).get(reverse("desk:request-detail", args=[there.public_id])).content.decode()
    )
    assert back.number in shown
    assert post(signed_in(porters.colleague), "ready", back).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_work_takes_seven_queries(porters: SimpleNamespace, porter: Client, rows: int) -> None:
    for _ in range(rows):
        request = moving.sent(porters, precautions=["contact"])
    work.take(request=request, by=porters.porter)
    porter.get(WORK)
    with CaptureQueriesContext(connection) as queries:
        porter.get(WORK)
    said = [
        query["sql"]
        for query in queries
        if not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
    ]
    assert len(said) == 7, [sql[:150] for sql in said]
