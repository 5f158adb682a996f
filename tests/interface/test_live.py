"""Lists that ask by themselves: what is new is said, nothing moves, nobody's session lives longer for it."""

from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from portal import live
from requests_app.supplies import fulfilment
from tests import journeys
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
NEWS = ("approvals:inbox-news", "requests:pick-news", "desk:home-rows")


def asked(client: Client, name: str, shown: str) -> str:
    answer = client.get(reverse(name), {"shown": shown}, headers=HTMX)
    assert answer.status_code == 200
    return answer.text


def test_what_differs_is_counted() -> None:
    shown = live.marks({"aa": "1-0", "bb": "2-0", "cc": "1-1"})
    assert live.since(shown, {"aa": "1-0", "bb": "2-0", "cc": "1-1"}).words == ""
    assert live.since(shown, {"bb": "2-0", "cc": "1-1", "aa": "1-0"}).words == ""  # another order is no news
    assert live.since(shown, {"aa": "0-1", "cc": "1-1", "dd": "1-0"}) == live.Changes(new=1, changed=2)
    assert live.Changes(new=1, changed=2).words == "1 new, 2 changed: show"
    assert live.since("", live.marks([]).split(".")).words == ""
    assert live.since("", ["x"]).words == "1 new: show"


def test_the_inbox_says_what_came_and_what_went(world: SimpleNamespace) -> None:
    first = journeys.sent(world, TON_BLK=2)
    head = signed_in(world.head)
    shown = head.get(reverse("approvals:inbox")).context["shown"]
    assert "show</a>" not in asked(head, "approvals:inbox-news", shown)
    journeys.sent(world, NPW_KIT=2)
    text = asked(head, "approvals:inbox-news", shown)
    assert ">1 new: show</a>" in text
    assert 'id="waiting-tab" hx-swap-oob="true">2<' in text
    journeys.approve(first, world.head)
    assert ">1 new, 1 changed: show</a>" in asked(head, "approvals:inbox-news", shown)


def test_the_pick_list_says_what_a_colleague_picked(world: SimpleNamespace) -> None:
    request = journeys.approved(world, GLV_NIT_M=1, APR_WHT=1)
    store = signed_in(world.storekeeper)
    shown = store.get(reverse("requests:pick-list")).context["shown"]
    assert "show</a>" not in asked(store, "requests:pick-news", shown)
    fulfilment.pick(request=request, line_ids=[request.lines.first().pk], by=world.storekeeper)
    assert ">1 changed: show</a>" in asked(store, "requests:pick-news", shown)
    journeys.approved(world, GLV_NIT_M=1)
    assert ">1 new, 1 changed: show</a>" in asked(store, "requests:pick-news", shown)
    answer = signed_in(world.nurse).get(reverse("requests:pick-news"), headers=HTMX)
    assert answer.status_code == 403


def test_rows_of_home_stay_in_their_places_and_change_there(world: SimpleNamespace) -> None:
    first, second = journeys.sent(world, SET_PMP=2), journeys.sent(world, SET_PMP=3)
    nurse = signed_in(world.nurse)
    shown = live.marks([second.public_id, first.public_id])
    journeys.approve(first, world.head)
    came = journeys.sent(world, SET_PMP=4)
    text = asked(nurse, "desk:home-rows", shown)
    assert text.index(second.public_id) < text.index(first.public_id)
    assert ">1 new: show</a>" in text
    assert came.number not in text
    assert "With Central store" in text
    # One that ended stays until the page is loaded again, and tells so.
    fulfilment_of(world, first)
    text = asked(nurse, "desk:home-rows", shown)
    assert first.number in text
    assert "Closed" in text
    assert first.number not in asked(signed_in(world.stranger), "desk:home-rows", shown)


def fulfilment_of(world: SimpleNamespace, request: object) -> None:
    ids = [line.pk for line in request.lines.all()]
    fulfilment.pick(request=request, line_ids=ids, by=world.storekeeper)
    fulfilment.send_on_the_way(request=request, line_ids=ids, by=world.storekeeper)
    fulfilment.receive(
        request=request,
        quantities={line.pk: line.quantity for line in request.lines.all()},
        by=world.colleague,
    )


def test_asking_by_itself_never_keeps_a_session_alive(world: SimpleNamespace) -> None:
    for name, who in zip(NEWS, (world.head, world.storekeeper, world.nurse), strict=True):
        client = signed_in(who)
        stored = Session.objects.get(pk=client.session.session_key)
        answer = client.get(reverse(name), headers=HTMX)
        assert answer.status_code == 200
        assert settings.SESSION_COOKIE_NAME not in answer.cookies
        now = Session.objects.get(pk=stored.pk)
        assert (now.expire_date, now.session_data) == (stored.expire_date, stored.session_data)
        client.logout()
        assert client.get(reverse(name), headers=HTMX).status_code == 401


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_asking_costs_the_same_whatever_the_length(
    world: SimpleNamespace, rows: int, django_assert_num_queries
) -> None:
    for _ in range(rows):
        journeys.sent(world, TON_BLK=2)
        journeys.approved(world, GLV_NIT_M=1)
    for name, who, queries in zip(NEWS, (world.head, world.storekeeper, world.nurse), (6, 6, 9), strict=True):
        client = signed_in(who)
        with django_assert_num_queries(queries):
            asked(client, name, "x")


def test_lists_say_where_they_ask(world: SimpleNamespace) -> None:
    """Without a script nothing asks, and the page is whole."""
    journeys.sent(world, TON_BLK=2)
    for who, page, name in (
        (world.head, "approvals:inbox", "approvals:inbox-news"),
        (world.storekeeper, "requests:pick-list", "requests:pick-news"),
        (world.nurse, "desk:home", "desk:home-rows"),
    ):
        text = signed_in(who).get(reverse(page)).text
        assert f'hx-get="{reverse(name)}?shown=' in text
        assert 'hx-trigger="tick from:body"' in text
        assert 'role="status"' in text[text.index("<main") : text.index("</main>")]
