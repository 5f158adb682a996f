"""The page of a request in a browser: what is said, whom it calls, with whom it is shared, and the sheet that is printed."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from requests_app import comments
from requests_app.models import Comment, RequestShare, ServiceRequest
from tests import moving
from tests.browser.conftest import DESK, PHONE, Person

pytestmark = pytest.mark.browser


@pytest.fixture
def case(people: SimpleNamespace) -> ServiceRequest:
    moving.porters(people)
    return moving.sent(people, when="now")


def page_of(case: ServiceRequest) -> str:
    return reverse("desk:request-detail", args=[case.public_id])


def test_somebody_is_called_by_two_letters_and_a_tap(
    meet: Callable[..., Person], people: SimpleNamespace, case: ServiceRequest
) -> None:
    nurse = meet(people.nurse)
    page = nurse.go(page_of(case))
    field = page.get_by_label("Say something")
    field.press_sequentially("Bed 4, ask @to")
    nurse.tap(page.get_by_role("button", name="Tom Reid"))
    expect(field).to_have_value("Bed 4, ask @tom.reid ")
    expect(field).to_be_focused()
    nurse.tap(page.get_by_role("button", name="Say it"))
    expect(page.locator(".said:target")).to_contain_text("Bed 4, ask @tom.reid")
    assert list(Comment.objects.get().mentions.all()) == [people.colleague]
    assert nurse.taps == 2


def test_without_javascript_and_with_a_note_for_the_team(
    meet: Callable[..., Person], people: SimpleNamespace, case: ServiceRequest
) -> None:
    porter = meet(people.porter, js=False)
    page = porter.go(page_of(case))
    page.get_by_label("Say something").fill("@tom.reid we come from the lift")
    page.get_by_role("button", name="Say it").click()
    expect(page.get_by_text("we come from the lift")).to_be_visible()
    page.get_by_label("Say something").fill("Lift 2 sticks")
    page.get_by_label("Only for the team").check()
    page.get_by_role("button", name="Say it").click()
    note = page.locator(".said-internal")
    expect(note).to_contain_text("Only for the team")
    plain = page.locator(".said:not(.said-internal) .said-in").first
    colours = [
        one.evaluate("one => getComputedStyle(one).backgroundColor")
        for one in (plain, note.locator(".said-in"))
    ]
    assert colours[0] != colours[1]
    page.get_by_label("Say something").fill("@ben.carter comes too")
    page.get_by_role("button", name="Say it").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    assert page.get_by_label("Say something").input_value() == "@ben.carter comes too"
    nurse = meet(people.nurse, js=False)
    assert "Lift 2 sticks" not in nurse.go(page_of(case)).content()


def test_shared_by_a_name_from_the_list_and_no_longer(
    meet: Callable[..., Person], people: SimpleNamespace, case: ServiceRequest
) -> None:
    nurse = meet(people.nurse, size=DESK)
    page = nurse.go(page_of(case))
    page.get_by_role("link", name="Share it with a colleague").click()
    page.get_by_label("Colleague").press_sequentially("car")
    expect(page.locator("#share-people option[value='ben.carter']")).to_be_attached()
    page.get_by_label("Colleague").fill("ben.carter")
    page.get_by_role("button", name="Share it").click()
    expect(page.get_by_text("Shared by Asha Menon")).to_be_visible()
    assert RequestShare.objects.get().user == people.other_nurse
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Nobody so far.")).to_be_visible()
    assert not RequestShare.objects.exists()


def test_the_sheet_is_one_page_of_a4(
    meet: Callable[..., Person], people: SimpleNamespace, case: ServiceRequest
) -> None:
    ServiceRequest.objects.filter(pk=case.pk).update(note="Two bags and a drip stand. " * 30)
    nurse = meet(people.nurse, size=DESK)
    page = nurse.go(reverse("desk:request-print", args=[case.public_id]))
    expect(page.locator(".sheet svg").first).to_be_visible()
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1
    assert b"MediaBox [0 0 594" in printed or b"MediaBox [0 0 595" in printed


def test_the_bar_of_a_phone_says_what_can_be_done_and_hides_nothing(
    meet: Callable[..., Person], people: SimpleNamespace, case: ServiceRequest
) -> None:
    porter = meet(people.porter, size=PHONE)
    page = porter.go(page_of(case))
    bar = page.get_by_role("navigation", name="What you can do now")
    expect(bar).to_be_in_viewport()
    porter.tap(bar.get_by_role("button", name="Take it"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    case.refresh_from_db()
    assert case.assignee == people.porter
    desk = meet(people.nurse, size=DESK)
    expect(desk.go(page_of(case)).get_by_role("navigation", name="What you can do now")).to_be_hidden()


@pytest.mark.parametrize("width", [320, 390, 1366])
def test_long_words_do_not_push_the_page_wide(
    meet: Callable[..., Person], people: SimpleNamespace, case: ServiceRequest, width: int
) -> None:
    comments.add_comment(request=case, text="x" * 300, by=people.nurse)
    nurse = meet(people.nurse, size={"width": width, "height": 800})
    page = nurse.go(page_of(case))
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
