"""Each form in a browser: by touch with the taps counted, by keyboard, without JavaScript, and interrupted in the middle."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from tests import configuring, it_desk, moving, repairs
from tests.browser.conftest import DESK, Person

pytestmark = pytest.mark.browser
HOME = reverse("desk:home")
SAVED_WITHIN = 2_000  # milliseconds from the last key to the draft
MOST_TABS = 120

# code, what the address brings along, answers in the order of the page: (key of the question, code of the choice or text)
Form = tuple[str, str, list[tuple[str, str]]]


@pytest.fixture
def hospital(people: SimpleNamespace) -> SimpleNamespace:
    """With equipment, an IT desk, porters, teams that clean, and a move that was made before."""
    world = moving.porters(it_desk.add(repairs.equip(people)))
    configuring.crew(world)
    moving.sent(world)
    return world


def repair(world: SimpleNamespace) -> Form:
    """The label was scanned: its address fills the piece in."""
    return "repair", f"?equipment={repairs.PUMP}", [("symptoms", "occlusion"), ("safe", "no_removed")]


def move(world: SimpleNamespace) -> Form:
    return "transport", "", [("to", world.ct.code), ("how", "chair"), ("precautions", "standard")]


def fault(world: SimpleNamespace) -> Form:
    return "it", "?service=printer", [("symptom", "nothing"), ("stops", "one_person")]


def clean(world: SimpleNamespace) -> Form:
    """A configured type, of a room whose label was scanned."""
    answers = [("what", "discharge"), ("precautions", "standard"), ("when", "bed")]
    return "clean", f"?place={world.bay.code}", answers


def turnover(world: SimpleNamespace) -> Form:
    """A bundle: one form, three requests."""
    return "room_turnover", f"?place={world.bay.code}", [("what", "discharge"), ("precautions", "standard")]


FORMS = {  # with the taps that each may take
    "repair": (repair, 3),
    "move": (move, 5),
    "IT fault": (fault, 3),
    "clean": (clean, 4),
    "room turnover": (turnover, 3),
}


def ask(form: Form) -> str:
    return reverse("requests:ask-new", args=[form[0]]) + form[1]


def field(page: Page, key: str, code: str = "") -> Any:
    return page.locator(f'#ask [name="q-{key}"]' + (f'[value="{code}"]' if code else ""))


def last() -> ServiceRequest:
    return ServiceRequest.objects.filter(parent=None).exclude(submitted_at=None).latest("pk")


def sent_of(code: str) -> int:
    return (
        ServiceRequest.objects.filter(category__code=code, filed_by__username="asha.menon")
        .exclude(submitted_at=None)
        .count()
    )


@pytest.mark.parametrize("name", FORMS)
def test_by_touch_within_the_taps(
    meet: Callable[..., Person], hospital: SimpleNamespace, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make, most = FORMS[name]
    form = make(hospital)
    nurse = meet(hospital.nurse)
    page = nurse.go(ask(form))
    for key, code in form[2]:
        nurse.tap(page.locator(f'label.choice:has([name="q-{key}"][value="{code}"])'))
    nurse.tap(page.get_by_role("button", name="Send", exact=True).last)
    expect(page.get_by_text("Its number is")).to_be_visible()
    with capsys.disabled():
        print(f"\n{name}: {nurse.taps} taps of {most}, 0 fields typed, 0 keystrokes")
    assert last().category.code == form[0]
    assert nurse.taps <= most


@pytest.mark.parametrize("name", FORMS)
def test_by_keyboard_alone(meet: Callable[..., Person], hospital: SimpleNamespace, name: str) -> None:
    make, _most = FORMS[name]
    form = make(hospital)
    nurse = meet(hospital.nurse, size=DESK)
    page = nurse.go(ask(form))
    for key, code in form[2]:
        _tab_to(page, f"q-{key}")
        if page.evaluate("document.activeElement.type") == "checkbox":
            _tab_to(page, f"q-{key}", code)
            page.keyboard.press("Space")
        else:
            _arrow_to(page, code)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Its number is")).to_be_visible()
    assert last().category.code == form[0]


def _tab_to(page: Page, name: str, value: str = "") -> None:
    for _press in range(MOST_TABS):
        at = page.evaluate("[document.activeElement.name || '', document.activeElement.value || '']")
        if at[0] == name and value in ("", at[1]):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{name} {value} cannot be reached by keyboard")


def _arrow_to(page: Page, value: str) -> None:
    page.keyboard.press("Space")
    for _press in range(MOST_TABS):
        if page.evaluate("document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"{value} cannot be chosen by keyboard")


@pytest.mark.parametrize("name", FORMS)
def test_without_javascript(meet: Callable[..., Person], hospital: SimpleNamespace, name: str) -> None:
    """A form that asks more because of an answer asks it after the first press; nothing has to be answered twice."""
    make, _most = FORMS[name]
    form = make(hospital)
    page = meet(hospital.nurse, js=False).go(ask(form))
    page.get_by_role("button", name="Send", exact=True).last.click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    for key, code in form[2]:
        field(page, key, code).check()
    page.get_by_role("button", name="Send", exact=True).last.click()
    expect(page.get_by_text("Its number is")).to_be_visible()
    assert last().category.code == form[0]


def test_a_browser_that_dies_loses_two_seconds_at_most(
    meet: Callable[..., Person], hospital: SimpleNamespace
) -> None:
    nurse = meet(hospital.nurse)
    page = nurse.go(ask(repair(hospital)))
    field(page, "symptoms", "occlusion").check()
    page.get_by_text("Add details").click()
    with page.expect_response("**/save/", timeout=SAVED_WITHIN) as saved:
        page.get_by_label("Anything they should know?").fill("It beeps when the drip is moved")
    assert saved.value.status == 200
    nurse.context.close()  # killed: nothing was sent
    again = meet(hospital.nurse, size=DESK)
    again.go(HOME).get_by_role("link", name="Continue").first.click()
    expect(field(again.page, "symptoms", "occlusion")).to_be_checked()
    expect(field(again.page, "equipment")).to_have_value(repairs.PUMP)
    assert "It beeps" in again.page.get_by_label("Anything they should know?").input_value()


def test_signing_out_loses_nothing(meet: Callable[..., Person], hospital: SimpleNamespace) -> None:
    nurse = meet(hospital.nurse, size=DESK)
    page = nurse.go(ask(move(hospital)))
    with page.expect_response("**/save/", timeout=SAVED_WITHIN):
        field(page, "how", "bed").check()
    page.get_by_role("button", name="Sign out").click()
    later = meet(hospital.nurse)
    later.go(HOME).get_by_role("link", name="Continue").first.click()
    expect(field(later.page, "how", "bed")).to_be_checked()


def test_many_drafts_at_once(meet: Callable[..., Person], hospital: SimpleNamespace) -> None:
    nurse = meet(hospital.nurse)
    for form, key, code in ((move(hospital), "how", "bed"), (repair(hospital), "symptoms", "occlusion")):
        page = nurse.go(ask(form))
        with page.expect_response("**/save/", timeout=SAVED_WITHIN):
            field(page, key, code).check()
    drafts = ServiceRequest.objects.filter(state=RequestState.DRAFT, filed_by=hospital.nurse)
    assert set(drafts.values_list("category__code", flat=True)) == {"transport", "repair"}


@pytest.mark.parametrize("name", FORMS)
def test_double_click_back_and_a_second_tab_send_one(
    meet: Callable[..., Person], hospital: SimpleNamespace, name: str
) -> None:
    make, _most = FORMS[name]
    form = make(hospital)
    before = sent_of(form[0])
    nurse = meet(hospital.nurse)
    page = nurse.go(ask(form))
    for key, code in form[2]:
        field(page, key, code).check()
    with page.expect_response("**/save/", timeout=5_000):
        field(page, form[2][-1][0], form[2][-1][1]).dispatch_event("change")
    tab = nurse.context.new_page()
    tab.goto(nurse.server + HOME)
    tab.get_by_role("link", name="Continue").first.click()
    expect(field(tab, *form[2][-1])).to_be_checked()
    page.get_by_role("button", name="Send", exact=True).last.dblclick()
    expect(page.get_by_text("Its number is")).to_be_visible()
    tab.get_by_role("button", name="Send", exact=True).last.click()
    expect(tab.locator(".stagebar")).to_be_visible()
    page.go_back()  # to the address of the draft, which leads to what was sent
    expect(page.locator(".stagebar")).to_be_visible()
    tab.go_back()
    expect(tab.locator(".stagebar")).to_be_visible()
    page.reload()
    assert sent_of(form[0]) == before + 1
    assert not ServiceRequest.objects.filter(state=RequestState.DRAFT, filed_by=hospital.nurse).exists()


@pytest.mark.parametrize("name", FORMS)
def test_back_after_sending_at_once_is_an_empty_form(
    meet: Callable[..., Person], hospital: SimpleNamespace, name: str
) -> None:
    """Sent before it was ever saved: Back shows a form that begins another request, with nothing of the first chosen."""
    make, _most = FORMS[name]
    form = make(hospital)
    nurse = meet(hospital.nurse)
    page = nurse.go(ask(form))
    page.locator("#ask").evaluate("form => form.removeAttribute('data-autosave')")  # sent before it is saved
    key = page.locator("#ask [name=client_key]").input_value()
    for question, code in form[2]:
        field(page, question, code).check()
    page.get_by_role("button", name="Send", exact=True).last.click()
    expect(page.get_by_text("Its number is")).to_be_visible()
    page.go_back()
    for question, code in form[2]:
        expect(field(page, question, code)).not_to_be_checked()
    assert page.locator("#ask [name=client_key]").input_value() != key


def test_supplies_by_touch_back_and_a_second_tab(
    meet: Callable[..., Person], hospital: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Found by five letters, added, checked, sent; the copy in the other tab leads to what was sent."""
    typed = "glove"
    nurse = meet(hospital.nurse)
    page = nurse.go(reverse("requests:supply-new"))
    page.locator("#q").press_sequentially(typed)
    nurse.tap(page.locator("#hits button.hit").first)
    expect(page.locator(".supply-line")).to_have_count(1)
    tab = nurse.context.new_page()
    tab.goto(nurse.server + HOME)
    tab.get_by_role("link", name="Continue").first.click()
    nurse.tap(page.locator("label.choice:has([name=run_out][value=before_delivery])"))
    nurse.tap(page.get_by_role("button", name="Check and send"))
    nurse.taps += 1
    page.get_by_role("button", name="Send, £").dblclick()
    expect(page.locator(".stagebar")).to_be_visible()
    with capsys.disabled():
        print(f"\nsupplies: {nurse.taps} taps, 1 field typed, {len(typed)} keystrokes")
    tab.get_by_role("button", name="Check and send").click()
    expect(tab.locator(".stagebar")).to_be_visible()
    for _step in range(2):  # the page that checks, then the form
        page.go_back()
        expect(page.locator(".stagebar")).to_be_visible()
    assert sent_of("supply") == 1
    assert not ServiceRequest.objects.filter(state=RequestState.DRAFT, filed_by=hospital.nurse).exists()
    assert nurse.taps <= 4
