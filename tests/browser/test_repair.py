"""A broken pump, from its label to the tag: by touch with the taps counted, by keyboard, and without JavaScript."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from requests_app.models import ServiceRequest
from tests import repairs
from tests.browser.conftest import DESK, Person
from tests.journeys import fresh
from tests.repairs import ECG, PUMP

pytestmark = pytest.mark.browser
LABEL = reverse("requests:equipment", args=[PUMP])
ASK = reverse("requests:ask-new", args=["repair"])


@pytest.fixture
def ward(people: SimpleNamespace) -> SimpleNamespace:
    return repairs.equip(people)


@pytest.mark.parametrize("js", [True, False])
def test_scanned_and_sent_in_three_taps(meet: Callable[..., Person], ward: SimpleNamespace, js: bool) -> None:
    """The telephone's camera opens the address of the label; what follows is counted."""
    nurse = meet(ward.nurse, js=js)
    nurse.go(LABEL)
    nurse.tap(nurse.page.get_by_role("link", name="Battery will not hold"))
    nurse.tap(nurse.page.locator("label.choice", has=nurse.page.locator('[name="q-safe"][value="yes"]')))
    nurse.tap(nurse.page.get_by_role("button", name="Send"))
    expect(nurse.page.get_by_role("heading", name="Sent")).to_be_visible()
    case = ServiceRequest.objects.get()
    assert case.repair.symptoms == ["battery"] and case.repair.equipment.tag == PUMP
    assert nurse.taps == 3
    print(f"repair from a label: {nurse.taps} taps, 0 keystrokes, 0 fields typed")


def test_typed_chosen_and_sent_by_keyboard_only(meet: Callable[..., Person], ward: SimpleNamespace) -> None:
    nurse = meet(ward.nurse, size=DESK)
    page = nurse.go(ASK)
    strokes = 0

    def press(key: str, times: int = 1) -> None:
        nonlocal strokes
        for _time in range(times):
            page.keyboard.press(key)
            strokes += 1

    def reach(selector: str) -> None:
        for _stop in range(60):
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            press("Tab")
        raise AssertionError(f"{selector} cannot be reached")

    reach('[name="q-equipment"]')
    page.keyboard.type(ECG)
    expect(page.locator('[name="q-symptoms"][value="lead"]')).to_be_attached()
    expect(page.locator("#ask-beside")).to_contain_text("ECG recorder")
    assert page.evaluate("document.activeElement.name") == "q-equipment", "the page changed under the hands"
    reach('[name="q-symptoms"][value="lead"]')
    press("Space")
    reach('[name="q-needed"]')
    press("ArrowDown", 2)
    reach('[name="q-safe"]')
    press("Space")
    press("Control+Enter")
    expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    case = ServiceRequest.objects.get(number__isnull=False)
    assert (case.repair.equipment.tag, case.repair.safe) == (ECG, "yes")
    print(f"repair by keyboard: {strokes} keys, {len(ECG)} characters typed into 1 field")


def test_without_javascript_a_typed_number_brings_its_own_symptoms(
    meet: Callable[..., Person], ward: SimpleNamespace
) -> None:
    nurse = meet(ward.nurse, js=False)
    page = nurse.go(ASK)
    page.locator('[name="q-equipment"]').fill(PUMP)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    assert page.locator('[name="q-equipment"]').input_value() == PUMP
    page.get_by_label("Occlusion alarm keeps coming").check()
    page.locator('[name="q-needed"][value="can_wait"]').check()
    page.locator('[name="q-safe"][value="no_removed"]').check()
    page.locator('[name="q-clean"][value="not_clean"]').check()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="The tag").click()
    expect(page.get_by_role("heading", name="Do not use")).to_be_visible()


def test_somebody_else_finds_it_reported_while_typing_and_joins(
    meet: Callable[..., Person], ward: SimpleNamespace
) -> None:
    case = repairs.sent(ward)
    colleague = meet(ward.colleague)
    page = colleague.go(ASK)
    page.locator('[name="q-equipment"]').fill(PUMP)
    expect(page.get_by_role("heading", name="Already reported")).to_be_visible()
    colleague.tap(page.get_by_role("button", name="Join"))
    expect(page.locator("#toasts")).to_contain_text("You are on it.")
    expect(page.get_by_role("heading", name="2 people reported this")).to_be_visible()
    assert list(ServiceRequest.objects.all()) == [fresh(case)], "the draft that was begun is gone"
    assert colleague.taps == 1


def test_two_tabs_and_a_double_click_send_one(meet: Callable[..., Person], ward: SimpleNamespace) -> None:
    draft = repairs.drafted(ward)
    nurse = meet(ward.nurse)
    edit = reverse("requests:draft-edit", args=[draft.public_id])
    first, second = nurse.go(edit), nurse.context.new_page()
    second.goto(nurse.server + edit)
    first.get_by_role("button", name="Send").dblclick()
    expect(first.get_by_role("heading", name="Sent")).to_be_visible()
    second.get_by_role("button", name="Send").click()
    expect(second.locator("h1")).to_contain_text("Infusion pump")
    first.go_back()
    first.go_forward()
    assert ServiceRequest.objects.count() == 1
