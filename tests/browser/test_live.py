"""Lists that ask by themselves, in a browser: said politely, nothing moves, nothing is lost, the bell follows."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, expect

from requests_app.supplies import fulfilment
from tests import journeys
from tests.browser.conftest import Person

pytestmark = pytest.mark.browser
HOME, INBOX, PICKS = reverse("desk:home"), reverse("approvals:inbox"), reverse("requests:pick-list")


def tick(page: Page, part: str) -> None:
    """What a clock of app.js does every 15 seconds; waits for the answer of the list at `part`."""
    with page.expect_response(lambda response: part in response.url):
        page.evaluate("document.body.dispatchEvent(new CustomEvent('tick'))")


def test_the_inbox_says_that_something_came_and_moves_nothing(
    meet: Callable[..., Person], people: SimpleNamespace
) -> None:
    journeys.sent(people, TON_BLK=2)
    head = meet(people.head)
    page = head.go(INBOX)
    page.locator(".ac-acts button").focus()
    came = journeys.sent(people, NPW_KIT=2)
    tick(page, "/news/")
    news = page.get_by_role("status").get_by_role("link", name="1 new: show")
    expect(news).to_be_visible()
    expect(page.locator("#waiting-tab")).to_have_text("2 waiting")
    expect(page.locator("#bell .badge")).to_have_text("2 unread")
    assert page.evaluate("document.activeElement.closest('.ac-acts') !== null")
    assert came.number not in page.content()
    said = page.locator("#inbox-news a").element_handle()
    tick(page, "/news/")  # nothing else came: the sentence stays as it is and is not said again
    assert page.evaluate("link => link.isConnected", said)
    head.tap(news)
    expect(page.get_by_text(came.number).first).to_be_visible()


def test_ticks_on_the_pick_list_are_kept(meet: Callable[..., Person], people: SimpleNamespace) -> None:
    journeys.approved(people, GLV_NIT_M=1, APR_WHT=1)
    page = meet(people.storekeeper).go(PICKS)
    page.get_by_role("checkbox").first.uncheck()
    journeys.approved(people, GLV_NIT_M=2)
    tick(page, "/news/")
    expect(page.get_by_role("link", name="1 new: show")).to_be_visible()
    expect(page.get_by_role("checkbox").first).not_to_be_checked()


def test_a_row_of_home_changes_in_its_place(meet: Callable[..., Person], people: SimpleNamespace) -> None:
    request = journeys.sent(people, SET_PMP=2)
    page = meet(people.nurse).go(HOME)
    row = page.locator(f"#open-rows a[href*='{request.public_id}']")
    expect(row).to_contain_text("With Joy Okoro")
    row.focus()
    journeys.approve(request, people.head)
    ids = [line.pk for line in request.lines.all()]
    fulfilment.pick(request=request, line_ids=ids, by=people.storekeeper)
    fulfilment.send_on_the_way(request=request, line_ids=ids, by=people.storekeeper)
    tick(page, "/home/rows/")
    expect(row).to_contain_text("On its way to the ward")
    assert page.evaluate("document.activeElement.matches('#open-rows a')")
    expect(page.locator("#bell .badge")).to_have_text("2 unread")


def test_who_is_signed_out_is_told_and_the_list_stays(
    meet: Callable[..., Person], people: SimpleNamespace
) -> None:
    journeys.sent(people, TON_BLK=2)
    page = meet(people.head).go(INBOX)
    Session.objects.all().delete()
    tick(page, "/news/")
    expect(page.get_by_role("alert").get_by_text("You are signed out.")).to_be_visible()
    expect(page.locator(".ac")).to_have_count(1)


def test_single_keys_that_are_switched_off_do_nothing(
    meet: Callable[..., Person], people: SimpleNamespace
) -> None:
    nurse = meet(people.nurse)
    page = nurse.go(reverse("accounts:me"))
    page.get_by_role("button", name="Switch single keys off").click()
    page.wait_for_url("**/me/")
    nurse.go(HOME)
    page.keyboard.press("n")
    page.keyboard.press("1")
    expect(page).to_have_url(nurse.server + HOME)
    nurse.go(reverse("accounts:me"))
    page.get_by_role("button", name="Switch single keys on").click()
    page.wait_for_url("**/me/")
    nurse.go(HOME)
    page.keyboard.press("n")
    expect(page).to_have_url(nurse.server + reverse("requests:ask"))
