"""The approvals inbox over HTTP: two taps to decide, a reason to say no, and one decision whoever is first."""

import re
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import Decision
from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from tests import journeys
from tests.personas import person, signed_in

pytestmark = pytest.mark.django_db
INBOX = reverse("approvals:inbox")
HTMX = {"HX-Request": "true"}


def ref(request: ServiceRequest) -> str:
    return journeys.open_steps(request)[0].ref


def approve_url(request: ServiceRequest) -> str:
    return reverse("approvals:step-approve", args=[ref(request)])


def reject_url(request: ServiceRequest) -> str:
    return reverse("approvals:step-reject", args=[ref(request)])


@pytest.fixture
def head(world: SimpleNamespace) -> Client:
    return signed_in(world.head)


def test_the_first_card_says_everything(world: SimpleNamespace, head: Client) -> None:
    request = journeys.sent(world, GLV_NIT_M=30, SPO_SEN=2, note="two bays")
    page = head.get(INBOX).content.decode()
    assert "Asha Menon" in page
    assert "Approve £332.00" in page
    assert "30\N{NO-BREAK SPACE}boxes = 3,000\N{NO-BREAK SPACE}gloves" in page
    assert "More than usual: at most 20" in page
    assert "Approving sends 1 line to the store and an order to Kestrel Devices." in page
    assert "Only you were asked." in page
    assert request.number in page


def test_approve_is_one_press_and_a_second_changes_nothing(world: SimpleNamespace, head: Client) -> None:
    request = journeys.sent(world, TON_BLK=2)
    url, seen = approve_url(request), {"seen": journeys.seen(request)}
    for _ in range(2):
        assert head.post(url, seen, follow=True).status_code == 200
    assert journeys.fresh(request).state == RequestState.APPROVED
    assert Decision.objects.count() == 1


def test_a_get_decides_nothing(world: SimpleNamespace, head: Client) -> None:
    request = journeys.sent(world, TON_BLK=2)
    assert head.get(approve_url(request)).status_code == 405
    assert "Choose" not in head.get(reject_url(request)).content.decode()
    assert not Decision.objects.exists()


def test_somebody_was_first(world: SimpleNamespace) -> None:
    colleague = person("anna.holt", role="head", place=world.ward)
    request = journeys.sent(world, TON_BLK=2)
    url, seen = approve_url(request), {"seen": journeys.seen(request)}
    late = signed_in(colleague)
    assert "The first of you to decide counts." in late.get(INBOX).content.decode()
    assert signed_in(world.head).post(url, seen).status_code == 302
    for answer in (
        late.post(url, seen),
        late.post(url.replace("approve", "reject"), seen | {"chip": "in_stock"}),
    ):
        assert answer.status_code == 409
        page = answer.content.decode()
        assert "Joy Okoro approved this first." in page
        assert "Your press changed nothing" in page
    assert Decision.objects.count() == 1


def test_what_changed_since_is_shown_again(world: SimpleNamespace, head: Client) -> None:
    request = journeys.sent(world, TON_BLK=2)
    answer = head.post(approve_url(request), {"seen": "something else"})
    assert answer.status_code == 409
    assert "changed since you opened it" in answer.content.decode()
    assert journeys.seen(request) in answer.content.decode()
    assert journeys.fresh(request).state == RequestState.SUBMITTED


def test_no_needs_a_reason_and_keeps_what_was_typed(world: SimpleNamespace, head: Client) -> None:
    request = journeys.sent(world, TON_BLK=2)
    url, seen = reject_url(request), journeys.seen(request)
    empty = head.post(url, {"seen": seen})
    assert empty.status_code == 422
    assert "Choose a reason or write one" in empty.content.decode()
    other = head.post(url, {"seen": seen, "chip": "other", "words": "  "})
    assert "Write the reason" in other.content.decode()
    long = head.post(url, {"seen": seen, "chip": "nonsense", "words": "kept <b>words</b>"})
    assert long.status_code == 422
    assert "kept &lt;b&gt;words&lt;/b&gt;" in long.content.decode()
    assert not Decision.objects.exists()
    assert head.post(url, {"seen": seen, "chip": "in_stock", "words": "Ask ward 5C."}).status_code == 302
    assert Decision.objects.get().reason == "Not needed: stock is there. Ask ward 5C."
    assert journeys.fresh(request).state == RequestState.REJECTED


def test_four_eyes_is_a_refusal_that_says_why(world: SimpleNamespace, head: Client) -> None:
    own = journeys.sent(world, world.head, TON_BLK=2)
    answer = head.post(approve_url(own), {"seen": journeys.seen(own)})
    assert answer.status_code == 403
    assert "You have a part in this request" in answer.content.decode()


def test_a_stranger_gets_what_a_nonexistent_one_gets(world: SimpleNamespace) -> None:
    stranger, request = signed_in(world.stranger), journeys.sent(world, TON_BLK=2)
    for real in (approve_url(request), reject_url(request)):
        missing = real.replace(ref(request), "x" * 22)
        answers = [stranger.post(url, {"seen": "x", "chip": "in_stock"}) for url in (real, missing)]
        assert [answer.status_code for answer in answers] == [404, 404]
        bodies = [
            re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", answer.content) for answer in answers
        ]
        assert bodies[0] == bodies[1]


def test_htmx_gets_the_list_the_toast_and_the_count(world: SimpleNamespace, head: Client) -> None:
    first, second = journeys.sent(world, TON_BLK=2), journeys.sent(world, NPW_KIT=2)
    first_ref = ref(first)
    answer = head.post(approve_url(first), {"seen": journeys.seen(first)}, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in page
    assert f"{first.number} approved" in page
    assert reverse("approvals:step-undo", args=[first_ref]) in page
    assert 'id="waiting-tab" hx-swap-oob="true">1<' in page
    assert second.number in page
    assert first.title not in page.replace(f"{first.number} approved", "") or first.title == second.title


def test_the_bell_follows_a_decision(world: SimpleNamespace, head: Client) -> None:
    first, second = journeys.sent(world, TON_BLK=2), journeys.sent(world, NPW_KIT=2)
    assert ">2<" in bell(head.get(INBOX).text)
    for request, left in ((first, ">1<"), (second, "Notices</span>")):
        page = head.post(approve_url(request), {"seen": journeys.seen(request)}, headers=HTMX).text
        assert 'hx-swap-oob="true"' in bell(page)
        assert left in bell(page)
    assert "badge" not in bell(page)


def bell(page: str) -> str:
    start = page.index('id="bell"')
    return page[start : page.index("</a>", start)]


def test_opening_another_card_puts_it_first(world: SimpleNamespace, head: Client) -> None:
    journeys.sent(world, TON_BLK=2)
    second = journeys.sent(world, NPW_KIT=2)
    assert f"Approve £{second.amount}" in head.get(INBOX, {"open": ref(second)}).content.decode()


def test_nothing_to_decide(world: SimpleNamespace) -> None:
    assert "Nothing to decide" in signed_in(world.nurse).get(INBOX).content.decode()


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_the_inbox_takes_eight_queries(world: SimpleNamespace, head: Client, rows: int) -> None:
    for _ in range(rows):
        journeys.sent(world, TON_BLK=2)
    head.get(INBOX)
    with CaptureQueriesContext(connection) as queries:
        head.get(INBOX)
    assert len(queries) == 8, [query["sql"][:120] for query in queries]
