"""The work of a team over HTTP: what is due first, who has it, how it ended."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.accounts.models import Team
from portal.errors import Invalid
from portal.facts import verb
from requests_app import access, releasing, waiting, work
from requests_app.models import ServiceRequest
from requests_app.states import Priority, RequestState
from tests import moving
from tests.journeys import fresh
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
WORK, NEWS = reverse("requests:work"), reverse("requests:work-news")
SAMPLE = {"what": "sample", "samples": "2"}
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


def test_a_move_says_what_from_where_to_where_and_what_to_wear(
    porters: SimpleNamespace, porter: Client
) -> None:
    moving.sent(porters, precautions=["airborne"])
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


def test_taken_and_done(porters: SimpleNamespace, porter: Client) -> None:
    request = moving.sent(porters, **SAMPLE)
    assert post(porter, "take", request).status_code == 302
    request = fresh(request)
    assert (request.state, request.assignee) == (RequestState.IN_FULFILMENT, porters.porter)
    assert "You have it" in page(porter)
    assert "Pat Porter</bdi> has it" in page(signed_in(porters.other_porter))
    answer = post(porter, "finish", request, {"outcome": "handed_over", "minutes": "12"})
    assert answer.status_code == 302
    request = fresh(request)
    assert (request.state, request.outcome) == (RequestState.CLOSED, "handed_over")
    assert request.work_records.get().minutes == 12
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
    assert f'value="{data["minutes"]}"' in shown if "minutes" in data else "minutes" in shown
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
        assert said not in rows(porter, marks)
    with clock.at(MORNING + timedelta(minutes=5)):
        shown = page(porter)
        assert said in shown
        assert shown.index(emergency.number) < shown.index(late.number)
        now_shown = rows(porter, marks)
        assert said in now_shown
        assert now_shown.index(late.number) < now_shown.index(emergency.number), (
            "rows do not move by themselves"
        )
        work.take(request=emergency, by=porters.porter)
        assert said not in page(porter)


def rows(client: Client, shown: str) -> str:
    """What the page gets when it asks by itself."""
    return client.get(NEWS, {"shown": shown}, headers={"HX-Request": "true"}).content.decode()


def test_rows_change_in_their_places_and_new_ones_are_counted(
    porters: SimpleNamespace, porter: Client
) -> None:
    first = moving.sent(porters, **SAMPLE)
    second = moving.sent(porters, when="now")
    shown = f"{first.public_id}.{second.public_id}"  # the order of an hour ago
    assert "new: show" not in rows(porter, shown)
    third = moving.sent(porters)
    work.take(request=first, by=porters.other_porter)
    text = rows(porter, shown)
    assert "1 new: show" in text
    assert third.number not in text
    assert "Lee Walker</bdi> has it" in text
    assert text.index(first.number) < text.index(second.number)
    work.finish(request=first, by=porters.other_porter, outcome="handed_over")
    assert "row-over" in rows(porter, shown)
    assert Client().get(NEWS).status_code == 401


def test_what_went_to_another_team_leaves_without_a_word_of_it(
    porters: SimpleNamespace, porter: Client
) -> None:
    request = moving.sent(porters)
    linen = Team.objects.create(hospital=porters.hospital, code="linen", name="Linen")
    work.pass_on(request=request, team=linen, reason="Not ours", by=porters.porter)
    text = rows(porter, request.public_id)
    assert "No longer in your list." in text
    assert request.title not in text


def test_a_move_is_passed_only_to_who_moves(porters: SimpleNamespace) -> None:
    request = moving.sent(porters)
    with pytest.raises(Invalid) as refused:
        work.pass_on(request=request, team=porters.teams["stores"], reason="Not ours", by=porters.porter)
    assert list(refused.value.errors) == ["team"]


def test_an_emergency_stands_first_and_says_so_at_once(porters: SimpleNamespace, porter: Client) -> None:
    calm = moving.sent(porters)
    ServiceRequest.objects.filter(pk=moving.sent(porters).pk).update(priority=Priority.EMERGENCY)
    text = porter.get(WORK).text
    assert text.index("Emergency") < text.index(calm.number)


def test_given_on_while_it_waits_it_still_says_for_what(porters: SimpleNamespace) -> None:
    request = moving.sent(porters, what="goods", collect=porters.deliver_to.code, heavy="no")
    waiting.wait(request=request, reason="not_clean", by=porters.porter)
    given = work.assign(request=request, to=porters.other_porter, by=porters.porter)
    assert given.held_by.startswith("Waiting until it is cleaned: until")
    assert "Lee Walker" in given.held_by


def test_asking_by_itself_makes_no_session_live_longer(porters: SimpleNamespace, porter: Client) -> None:
    moving.sent(porters)
    porter.get(WORK)
    before = Session.objects.values_list("session_key", "expire_date", "session_data")
    known = list(before)
    with clock.at(clock.now() + timedelta(hours=3)):
        for _ in range(10):
            answer = porter.get(NEWS, {"shown": ""}, headers={"HX-Request": "true"})
            assert settings.SESSION_COOKIE_NAME not in answer.cookies
    assert list(before.all()) == known


def test_htmx_gets_the_list_alone(porters: SimpleNamespace, porter: Client) -> None:
    request = moving.sent(porters)
    address = reverse("requests:take", args=[request.public_id])
    answer = porter.post(address, {"shown": request.public_id}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert json.loads(answer["HX-Trigger"]) == {"focus": f"#work-{request.public_id}"}
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


@pytest.mark.parametrize("many", [1, 3])
def test_the_work_takes_ten_queries(porters: SimpleNamespace, porter: Client, many: int) -> None:
    for _ in range(many):
        request = moving.sent(porters, precautions=["contact"])
    work.take(request=request, by=porters.porter)
    porter.get(WORK)
    assert len(queries(lambda: porter.get(WORK))) == 10


@pytest.mark.parametrize("many", [1, 3])
def test_asking_again_takes_ten_queries(porters: SimpleNamespace, porter: Client, many: int) -> None:
    shown = ".".join(moving.sent(porters).public_id for _ in range(many))
    porter.get(WORK)
    assert len(queries(lambda: rows(porter, shown))) == 10


def queries(act: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as found:
        act()
    kept = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return [one["sql"][:150] for one in found if not one["sql"].startswith(kept)]
