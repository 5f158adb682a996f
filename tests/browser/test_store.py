"""The store's day at a desk by keyboard, and the ward's by thumb: a part picked, sent, received with a difference."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from requests_app.models import ReceiptDifference, ServiceRequest
from requests_app.states import LineState
from tests import journeys
from tests.browser.conftest import DESK, Person

pytestmark = pytest.mark.browser
PICKS, COUNTS = reverse("requests:pick-list"), reverse("requests:counts")


def here(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()"))


def test_a_part_is_picked_and_sent_by_keyboard(meet: Callable[..., Person], people: SimpleNamespace) -> None:
    request = journeys.approved(people, GLV_NIT_M=6, CAN_20=2)
    journeys.approved(people, APR_WHT=2)
    keeper = meet(people.storekeeper, size=DESK)
    page = keeper.go(PICKS)
    page.locator("#scan").focus()
    keys = 0

    def press(key: str, times: int = 1) -> None:
        nonlocal keys
        for _time in range(times):
            page.keyboard.press(key)
            keys += 1

    page.keyboard.type("GLV-NIT-M")  # as a scanner does, with its Enter
    page.keyboard.press("Enter")
    expect(page.locator(".picked-hit")).to_contain_text("Gloves, nitrile, medium")
    count = request.lines.get(code="GLV-NIT-M")
    assert here(page) == f"n-{count.public_id}", "the number of what was scanned has the focus"
    press("4")
    press("Enter")
    expect(page.locator("#toasts")).to_contain_text("2 lines of")
    expect(page.get_by_text("To follow").first).to_be_visible()
    for _stop in range(60):
        if "On its way" in here(page):
            break
        press("Tab")
    press("Enter")
    expect(page.locator("#toasts")).to_contain_text("is on its way")
    line = journeys.fresh(count)
    assert (line.state, line.sent_quantity, line.follow_quantity) == (LineState.ON_THE_WAY, 4, 2)
    print(f"store by keyboard: {keys} keys after the scan")


@pytest.mark.parametrize("js", [True, False])
def test_the_ward_says_what_is_not_right_by_thumb(
    meet: Callable[..., Person], people: SimpleNamespace, js: bool
) -> None:
    request = journeys.approved(people, GLV_NIT_M=6)
    keeper = meet(people.storekeeper, js=js)
    page = keeper.go(PICKS)
    keeper.tap(page.get_by_role("button", name="Picked"))
    keeper.tap(page.get_by_role("button", name="On its way"))
    expect(page.get_by_text("is on its way").first).to_be_visible()
    assert keeper.taps == 2
    nurse = meet(people.nurse, js=js, scheme="dark")
    page = nurse.go(reverse("desk:home"))
    nurse.tap(page.get_by_role("link", name="Something missing"))
    if js:
        nurse.tap(page.get_by_role("button", name="One less: Gloves"))
    else:
        page.get_by_role("spinbutton").fill("5")
    nurse.tap(page.locator("summary", has_text="Something is not right"))
    nurse.tap(page.locator("label.choice", has_text="Damaged"))
    nurse.tap(page.get_by_role("button", name="Confirm these numbers"))
    expect(page.get_by_text("Put it aside").first).to_be_visible()
    difference = ReceiptDifference.objects.get()
    assert (difference.kind, difference.quantity) == ("damaged", 1)
    assert request.lines.get().to_pick == 1
    print(f"receive with a difference: {nurse.taps} taps")
    assert nurse.taps <= 5


def test_all_here_is_one_tap(meet: Callable[..., Person], people: SimpleNamespace) -> None:
    request = journeys.approved(people, GLV_NIT_M=6)
    keeper = meet(people.storekeeper)
    page = keeper.go(PICKS)
    page.get_by_role("button", name="Picked").click()
    page.get_by_role("button", name="On its way").click()
    expect(page.get_by_text("is on its way").first).to_be_visible()
    nurse = meet(people.nurse)
    page = nurse.go(reverse("desk:home"))
    nurse.tap(page.get_by_role("button", name="All here"))
    expect(page.get_by_text("Closed").first).to_be_visible()
    assert (nurse.taps, journeys.fresh(request).state) == (1, "closed")


def test_the_store_counts_a_ward_by_keyboard(meet: Callable[..., Person], people: SimpleNamespace) -> None:
    keeper = meet(people.storekeeper, size=DESK)
    page = keeper.go(COUNTS)
    page.get_by_role("link", name=re.compile("Count.*Gloves and aprons, Ward 7B")).click()
    page.get_by_label("Gloves, nitrile, medium").focus()
    page.keyboard.type("8")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("asks for what is missing")
    request = ServiceRequest.objects.get()
    assert (request.department, request.lines.get().quantity) == (people.ward, 4)


def test_two_presses_pick_once(meet: Callable[..., Person], people: SimpleNamespace) -> None:
    request = journeys.approved(people, GLV_NIT_M=6)
    page = meet(people.storekeeper).go(PICKS)
    page.get_by_role("spinbutton").fill("2")
    page.get_by_role("button", name="Picked").dblclick()
    expect(page.get_by_text("To follow").first).to_be_visible()
    line = request.lines.get()
    assert (line.picked_quantity, line.follow_quantity) == (2, 4)


def test_the_pick_list_prints_without_what_is_pressed(
    meet: Callable[..., Person], people: SimpleNamespace
) -> None:
    journeys.approved(people, GLV_NIT_M=6, CAN_20=2)
    page = meet(people.storekeeper, size=DESK).go(PICKS)
    page.emulate_media(media="print")
    expect(page.locator("#scan")).to_be_hidden()
    expect(page.get_by_role("button", name="Picked")).to_be_hidden()
    expect(page.get_by_text("Gloves, nitrile, medium", exact=True)).to_be_visible()
