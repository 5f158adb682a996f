"""What people do, in a browser: taps counted, focus kept, without JavaScript, by keyboard, two at once."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from approvals.models import Decision
from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from tests import journeys, personas
from tests.browser.conftest import DESK, Person

pytestmark = pytest.mark.browser
HOME, INBOX, PICKS = reverse("desk:home"), reverse("approvals:inbox"), reverse("requests:pick-list")
FOCUSED = "document.activeElement.tagName + ' ' + document.activeElement.textContent.trim().slice(0, 40)"


def focused(page: Page) -> str:
    return str(page.evaluate(FOCUSED))


def reorder(nurse: Person) -> None:
    nurse.go(HOME)
    nurse.tap(nurse.page.get_by_role("button", name="Reorder").first)
    nurse.tap(nurse.page.get_by_role("button", name="Send, £"))
    expect(nurse.page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("js", [True, False])
def test_the_usual_in_two_taps(meet: Callable[..., Person], people: SimpleNamespace, js: bool) -> None:
    nurse = meet(people.nurse, js=js)
    reorder(nurse)
    assert nurse.taps <= 3
    assert ServiceRequest.objects.exclude(state=RequestState.DRAFT).count() == 1


def test_a_double_click_sends_one(meet: Callable[..., Person], people: SimpleNamespace) -> None:
    nurse = meet(people.nurse)
    draft = journeys.draft(people, TON_BLK=2)
    nurse.go(reverse("desk:review", args=[draft.public_id]))
    nurse.page.get_by_role("button", name="Send, £").dblclick()
    expect(nurse.page).to_have_url(
        nurse.server + reverse("desk:request-detail", args=[draft.public_id]) + "?sent=1"
    )
    assert ServiceRequest.objects.count() == 1


def test_approve_in_one_tap_and_focus_moves_to_the_next(
    meet: Callable[..., Person], people: SimpleNamespace
) -> None:
    first, second = journeys.sent(people, TON_BLK=2), journeys.sent(people, NPW_KIT=2)
    head = meet(people.head)
    head.go(INBOX)
    approve = head.page.get_by_role("button", name="Approve £")
    box = approve.bounding_box()
    assert box
    assert box["height"] >= 54
    assert box["y"] + box["height"] <= 844, "above the fold"
    head.tap(approve)
    expect(head.page.locator("#toasts")).to_contain_text(" approved")
    expect(head.page.locator("h2").first).to_be_focused()
    assert second.title in focused(head.page)
    expect(head.page.locator("#waiting-tab")).to_have_text("1 waiting")
    assert journeys.fresh(first).state == RequestState.APPROVED
    head.tap(head.page.get_by_role("button", name="Approve £"))
    expect(head.page.get_by_text("Nothing to decide")).to_be_visible()
    assert focused(head.page) == "H1 Approvals"
    expect(head.page.locator("#waiting-tab")).to_be_hidden()


def test_two_approvers_one_decision(meet: Callable[..., Person], people: SimpleNamespace) -> None:
    colleague = personas.person("anna.holt", role="head", place=people.ward)
    request = journeys.sent(people, TON_BLK=2)
    both = [meet(people.head), meet(colleague, size=DESK)]
    for approver in both:
        approver.go(INBOX)
    both[0].tap(both[0].page.get_by_role("button", name="Approve £"))
    expect(both[0].page.get_by_text("Nothing to decide")).to_be_visible()
    both[1].tap(both[1].page.get_by_role("button", name="Approve £"))
    expect(both[1].page.get_by_text("Joy Okoro approved this first.")).to_be_visible()
    assert request.title in focused(both[1].page)
    assert Decision.objects.count() == 1


def test_no_needs_a_reason_beside_the_field(meet: Callable[..., Person], people: SimpleNamespace) -> None:
    request = journeys.sent(people, TON_BLK=2)
    head = meet(people.head)
    head.go(INBOX)
    head.tap(head.page.get_by_role("link", name="Reject"))
    head.page.get_by_label("Another reason").check()
    head.page.get_by_role("button", name="Reject").click()
    expect(head.page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(head.page.locator(".error-summary")).to_be_focused()
    assert head.page.title().startswith("Error:")
    expect(head.page.get_by_label("Another reason")).to_be_checked()
    head.page.get_by_label("In your own words").fill("Use the printer of 5C.")
    head.page.get_by_role("button", name="Reject").click()
    expect(head.page.locator("#toasts")).to_contain_text("rejected. The ward is told why")
    assert journeys.fresh(request).state == RequestState.REJECTED


def test_the_path_without_javascript(meet: Callable[..., Person], people: SimpleNamespace) -> None:
    """Ordered, approved, picked, sent, received, closed: forms and links only."""
    request = journeys.sent(people, note="two bays", GLV_NIT_M=30)
    head = meet(people.head, js=False)
    head.go(INBOX).get_by_role("button", name="Approve £").click()
    expect(head.page.get_by_text(f"{request.number} approved").first).to_be_visible()
    store = meet(people.storekeeper, js=False)
    store.go(PICKS).get_by_role("button", name="Picked").click()
    store.page.get_by_role("button", name="On its way").click()
    expect(store.page.get_by_text("is on its way to")).to_be_visible()
    nurse = meet(people.nurse, js=False)
    nurse.go(HOME).get_by_role("button", name="All here").click()
    expect(nurse.page.locator("h1")).to_be_visible()
    assert journeys.fresh(request).state == RequestState.CLOSED


def test_picking_keeps_the_focus_in_the_list(meet: Callable[..., Person], people: SimpleNamespace) -> None:
    journeys.approved(people, GLV_NIT_M=2, CAN_20=1)
    store = meet(people.storekeeper)
    store.go(PICKS)
    for box in store.page.get_by_role("checkbox").all():
        box.uncheck()
    store.page.get_by_role("button", name="Picked").click()
    expect(store.page.locator("p", has_text="Tick at least one line.")).to_be_focused()
    store.page.get_by_role("checkbox").first.check()
    store.page.get_by_role("button", name="Picked").click()
    expect(store.page.get_by_role("button", name="On its way")).to_be_visible()
    expect(store.page.locator("#toasts")).to_contain_text("1 line of")
    assert people.ward.name in focused(store.page)


def test_by_keyboard_alone(meet: Callable[..., Person], people: SimpleNamespace) -> None:
    """Skip link first; every stop is visible and not covered; Enter decides."""
    journeys.sent(people, TON_BLK=2)
    head = meet(people.head, size=DESK)
    keys = head.go(INBOX).keyboard
    covered = []
    for stop in range(30):
        keys.press("Tab")
        if stop == 0:
            assert focused(head.page) == "A Skip to main content"
        if not head.page.evaluate(ON_TOP):
            covered.append(focused(head.page))
        if "Approve £" in focused(head.page):
            break
    assert not covered
    keys.press("Enter")
    expect(head.page.get_by_text("Nothing to decide")).to_be_visible()


ON_TOP = """() => { const e = document.activeElement, b = e.getBoundingClientRect();
  const hit = document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2);
  return getComputedStyle(e).outlineStyle !== 'none' && (e === hit || e.contains(hit)); }"""


def test_keys_work_outside_of_fields_only(meet: Callable[..., Person], people: SimpleNamespace) -> None:
    nurse = meet(people.nurse, size=DESK)
    page = nurse.go(HOME)
    page.keyboard.press("/")
    expect(page.locator("main").get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("n/")
    expect(page.locator("main").get_by_role("searchbox")).to_have_value("n/")
    page.locator("h1").click()
    page.keyboard.press("n")
    expect(page).to_have_url(nurse.server + reverse("requests:ask"))


def test_a_failed_answer_is_announced(meet: Callable[..., Person], people: SimpleNamespace) -> None:
    journeys.sent(people, TON_BLK=2)
    head = meet(people.head)
    page = head.go(INBOX)
    page.route("**/approve/", lambda route: route.fulfill(status=502, body="<h1>gateway</h1>"))
    page.get_by_role("button", name="Approve £").click()
    expect(page.locator("#alerts")).to_have_text(
        "That did not work. Nothing was changed; try again in a moment."
    )
    expect(page.get_by_role("heading", name="Approvals")).to_be_visible()
    page.unroute("**/approve/")
    page.get_by_role("button", name="Approve £").click()
    expect(page.get_by_text("Nothing to decide")).to_be_visible()


@pytest.mark.parametrize("path", [HOME, INBOX])
def test_a_cold_visit_is_light(meet: Callable[..., Person], people: SimpleNamespace, path: str) -> None:
    for _ in range(3):
        journeys.sent(people, note="two bays", GLV_NIT_M=30, TON_BLK=2)
    head = meet(people.head)
    seen = {"requests": 0, "bytes": 0.0}
    devtools = head.context.new_cdp_session(head.page)
    devtools.send("Network.enable")

    def count(event: dict) -> None:  # type: ignore[type-arg]
        seen["requests"] += 1
        seen["bytes"] += event["encodedDataLength"]

    devtools.on("Network.loadingFinished", count)
    head.go(path).wait_for_load_state("networkidle")
    assert seen["requests"] <= 10
    assert seen["bytes"] <= 120 * 1024, seen
    print(path, seen)
