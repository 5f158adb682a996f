"""A team's day at a desk by keyboard alone, a question answered on a phone, and the same without script."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from requests_app import work
from requests_app.states import RequestState
from tests import personas, repairs
from tests.browser.conftest import DESK, Person
from tests.browser.test_live import tick
from tests.journeys import fresh

pytestmark = pytest.mark.browser
WORK, HOME = reverse("requests:work"), reverse("desk:home")


@pytest.fixture
def shop(people: SimpleNamespace) -> SimpleNamespace:
    repairs.equip(people)
    people.second = personas.person("dan.holt", role="fulfiller", place=people.teams["biomed"])
    people.lead = personas.person("lea.stone", role="team_lead", place=people.teams["biomed"])
    people.case = repairs.sent(people)
    return people


class Keyboard:
    """Presses keys and counts them; the mouse stays where it is."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def __call__(self, *keys: str) -> None:
        for key in keys:
            self.pressed += 1
            self.page.keyboard.press(key)


def on_row(page: Page, case: object) -> None:
    expect(page.locator(f"#work-{case.public_id}")).to_be_focused()  # type: ignore[attr-defined]


def test_take_and_done_are_two_presses(meet: Callable[..., Person], shop: SimpleNamespace) -> None:
    engineer = meet(shop.engineer, size=DESK)
    page = engineer.go(WORK)
    engineer.tap(page.get_by_role("button", name="Take it"))
    on_row(page, shop.case)
    expect(page.get_by_text("You have it")).to_be_visible()
    page.wait_for_timeout(600)  # a double click is not two presses
    engineer.tap(page.get_by_role("button", name="Fixed on the ward"))
    expect(page.locator("#toasts")).to_contain_text("is done")
    assert fresh(shop.case).state == RequestState.CLOSED
    assert engineer.taps == 2


def test_a_double_click_takes_and_does_not_end_it(meet: Callable[..., Person], shop: SimpleNamespace) -> None:
    page = meet(shop.engineer, size=DESK).go(WORK)
    page.get_by_role("button", name="Take it").dblclick()
    expect(page.get_by_text("You have it")).to_be_visible()
    assert fresh(shop.case).state == RequestState.IN_FULFILMENT


def test_a_day_by_keyboard_alone(meet: Callable[..., Person], shop: SimpleNamespace) -> None:
    second = repairs.sent(shop)
    engineer = meet(shop.engineer, size=DESK)
    page = engineer.go(WORK)
    keys = Keyboard(page)
    keys("j")
    on_row(page, shop.case)
    keys("j", "k", "s")
    expect(page.get_by_text("You have it")).to_be_visible()
    on_row(page, shop.case)
    assert keys.pressed == 4

    keys("e")
    expect(page.get_by_role("heading", level=1)).to_have_text("What do you want to know from the ward?")
    page.get_by_label("Is it still connected to a patient?").focus()
    keys("Space", "Control+Enter")
    page.wait_for_url(f"**{WORK}#work-{shop.case.public_id}")
    expect(page.locator(f"#row-{shop.case.public_id}")).to_contain_text("Waiting for an answer from the ward")

    nurse = meet(shop.nurse)
    nurse.go(HOME)
    nurse.tap(nurse.page.get_by_role("button", name=re.compile("^No ?: Is it still")))
    expect(nurse.page.locator("#toasts")).to_contain_text("The team has your answer")
    assert nurse.taps == 1
    assert fresh(shop.case).state == RequestState.IN_FULFILMENT

    tick(page, "/work/news/")
    expect(page.locator(f"#row-{shop.case.public_id}")).to_contain_text("You have it")
    keys("w")  # the address names the row: it is still the one
    expect(page.get_by_role("heading", level=1)).to_have_text("What does it wait for?")
    page.get_by_label("until it is cleaned").focus()
    keys("Space", "Control+Enter")
    page.wait_for_url(f"**{WORK}#work-{shop.case.public_id}")
    keys("g")
    expect(page.locator(f"#row-{shop.case.public_id}")).to_contain_text("You have it")
    on_row(page, shop.case)

    keys("d")
    page.get_by_label("Minutes of work").focus()
    page.keyboard.type("25")
    keys("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("is done")
    assert fresh(shop.case).state == RequestState.CLOSED
    assert shop.case.work_records.get().minutes == 25

    keys("j", "p")
    page.get_by_label("To").focus()
    page.keyboard.type("Esta")
    page.get_by_label("Not ours").focus()
    keys("Space", "Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("is with Estates now")
    expect(page.get_by_text("No work waits for you")).to_be_visible()
    assert fresh(second).team == shop.teams["estates"]
    print(f"a day at the desk: {keys.pressed} keys")


def test_the_sheet_lists_the_keys_and_the_lead_gives_out(
    meet: Callable[..., Person], shop: SimpleNamespace
) -> None:
    lead = meet(shop.lead, size=DESK)
    page = lead.go(WORK)
    page.keyboard.press("Shift+?")
    expect(page.locator(".keys").get_by_text("pass to another team")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_role("radio", checked=True)).to_have_count(1)  # who has least
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("has SR-")
    assert fresh(shop.case).assignee is not None


def test_rows_change_in_place_and_focus_and_menu_stay(
    meet: Callable[..., Person], shop: SimpleNamespace
) -> None:
    page = meet(shop.engineer, size=DESK).go(WORK)
    row = page.locator(f"#row-{shop.case.public_id}")
    row.locator("summary").click()
    row.get_by_role("link", name="Wait").focus()
    before = row.bounding_box()
    came = repairs.sent(shop)
    work.take(request=shop.case, by=shop.second)
    tick(page, "/work/news/")
    expect(row).to_contain_text("Dan Holt has it")
    expect(page.get_by_role("link", name="1 new: show")).to_be_visible()
    expect(row.get_by_role("link", name="Wait")).to_be_focused()
    expect(row.get_by_role("link", name="Wait")).to_be_visible()
    assert came.number not in page.content()
    assert before


@pytest.mark.parametrize("js", [True, False])
def test_on_a_phone(meet: Callable[..., Person], shop: SimpleNamespace, js: bool) -> None:
    engineer = meet(shop.engineer, js=js)
    page = engineer.go(WORK)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    engineer.tap(page.get_by_role("button", name="Take it"))
    expect(page.get_by_text("You have it").first).to_be_visible()
    page.locator(f"#row-{shop.case.public_id} summary").click()
    page.get_by_role("link", name="Ask the ward").click()
    page.get_by_label("In your own words").fill("Which socket is it in?")
    page.get_by_role("button", name="Ask the ward").click()
    expect(page.get_by_text("Waiting for an answer from the ward").first).to_be_visible()
    nurse = meet(shop.nurse, js=js)
    nurse.go(HOME).get_by_role("link", name=re.compile("^Reply ?: Which")).click()
    nurse.page.get_by_label("Reply").fill("The left one")
    nurse.page.get_by_role("button", name="Send the reply").click()
    expect(nurse.page.get_by_text("The team has your answer").first).to_be_visible()
    engineer.go(WORK)
    if js:
        page.wait_for_timeout(600)
    page.get_by_role("button", name="Fixed on the ward").click()
    expect(page.get_by_text("is done").first).to_be_visible()
    assert fresh(shop.case).state == RequestState.CLOSED
