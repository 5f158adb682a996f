"""Deciding in Chromium: in a corridor with a thumb, at a desk with keys, without scripts, and with the way back."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import override_settings
from django.urls import reverse
from playwright.sync_api import expect

from approvals.models import ApprovalStep, Decision, StepApprover
from portal.notify.models import Notice
from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from tests import journeys, personas
from tests.browser.conftest import DESK, Person

pytestmark = pytest.mark.browser
INBOX = reverse("approvals:inbox")
Meet = Callable[..., Person]


def sent(people: SimpleNamespace, count: int = 1) -> list[ServiceRequest]:
    return [journeys.sent(people, TON_BLK=2) for _ in range(count)]


@pytest.mark.parametrize("js", [True, False])
def test_from_the_mail_to_the_decision_in_two_taps(meet: Meet, people: SimpleNamespace, js: bool) -> None:
    other, wanted = sent(people, 2)
    link = Notice.objects.get(user=people.head, kind="step_waiting", case=wanted.public_id).url
    head = meet(people.head, js=js)
    head.go(link)
    head.taps += 1  # the link in the mail
    approve = head.page.get_by_role("button", name="Approve £")
    box = approve.bounding_box()
    assert box
    assert box["y"] + box["height"] <= 844, "above the fold"
    head.tap(approve)
    expect(head.page.get_by_text(f"{wanted.number} approved").first).to_be_visible()
    assert head.taps <= 2
    assert journeys.fresh(wanted).state == RequestState.APPROVED
    assert journeys.fresh(other).state == RequestState.SUBMITTED


@pytest.mark.parametrize("js", [True, False])
def test_a_wrong_press_is_taken_back(meet: Meet, people: SimpleNamespace, js: bool) -> None:
    (request,) = sent(people)
    head = meet(people.head, js=js)
    head.go(INBOX).get_by_role("button", name="Approve £").click()
    head.page.get_by_role("button", name="Undo").click()
    expect(head.page.get_by_role("button", name="Approve £")).to_be_visible()
    assert journeys.fresh(request).state == RequestState.SUBMITTED
    assert Decision.objects.count() == 2


def test_undo_counts_down_and_goes(meet: Meet, people: SimpleNamespace) -> None:
    sent(people)
    head = meet(people.head)
    head.page.clock.install()
    page = head.go(INBOX)
    page.get_by_role("button", name="Approve £").click()
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_contain_text(" s")
    page.clock.run_for(4_000)
    expect(undo).to_be_visible()
    page.clock.run_for(8_000)
    expect(undo).to_have_count(0)


def test_less_of_a_line_in_three_taps(meet: Meet, people: SimpleNamespace) -> None:
    request = journeys.sent(people, note="two bays", GLV_NIT_M=30, SPO_SEN=2)
    head = meet(people.head)
    page = head.go(INBOX)
    head.tap(page.get_by_role("link", name="Adjust"))
    head.tap(page.get_by_role("button", name="One less: Gloves"))
    less = page.get_by_role("button", name="Approve £")
    expect(less).not_to_contain_text(f"{request.amount}")
    said = less.inner_text().strip()
    head.tap(less)
    expect(page.locator("#toasts")).to_contain_text(
        f"{request.number} approved, {said.removeprefix('Approve ')}"
    )
    assert head.taps <= 3
    assert Decision.objects.get().adjusted[0]["to"] == 29


def test_several_in_four_taps(meet: Meet, people: SimpleNamespace) -> None:
    requests = sent(people, 3)
    total = sum(one.amount for one in requests)
    head = meet(people.head)
    page = head.go(INBOX)
    head.tap(page.get_by_role("link", name="Select", exact=True))
    head.tap(page.get_by_role("link", name="Select all under £200"))
    head.tap(page.get_by_role("button", name=f"Approve 3, £{total}"))
    expect(page.get_by_role("heading", name="Approve these?")).to_be_visible()
    assert not Decision.objects.exists()
    head.tap(page.get_by_role("button", name=f"Approve 3, £{total}"))
    expect(page.get_by_role("heading", name="3 approved")).to_be_visible()
    assert head.taps <= 4
    assert {journeys.fresh(one).state for one in requests} == {RequestState.APPROVED}


def test_ticking_counts_and_keys_tick(meet: Meet, people: SimpleNamespace) -> None:
    sent(people, 2)
    head = meet(people.head, size=DESK)
    page = head.go(f"{INBOX}?select=1")
    look = page.get_by_role("button", name="Look at what you chose")
    expect(look).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_role("button", name="Approve 1, £")).to_be_visible()
    page.keyboard.press("x")
    expect(look).to_be_visible()


def test_a_large_amount_asks_for_the_password(meet: Meet, people: SimpleNamespace) -> None:
    with override_settings(APPROVE_CONFIRM_FROM=10):
        (request,) = sent(people)
        head = meet(people.head)
        page = head.go(INBOX)
        page.get_by_role("button", name="Approve £").click()
        expect(page.get_by_label("Your password")).to_be_visible()
        page.get_by_label("Your password").fill("guess")
        page.get_by_role("button", name="Approve £").click()
        expect(page.get_by_text("This is not your password.").first).to_be_visible()
        expect(page.get_by_label("Your password")).to_have_value("")
        page.get_by_label("Your password").fill(personas.PASSWORD)
        page.get_by_role("button", name="Approve £").click()
        expect(page.locator("#toasts")).to_contain_text(f"{request.number} approved")
    assert Decision.objects.get().confirmed


@pytest.mark.parametrize("js", [True, False])
def test_passed_on_with_a_reason(meet: Meet, people: SimpleNamespace, js: bool) -> None:
    anna = personas.person("anna.holt", role="head", place=people.ward)
    (request,) = sent(people)
    head = meet(people.head, js=js)
    page = head.go(INBOX)
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Pass on").click()
    page.get_by_label("Anna Holt").check()
    page.get_by_label("Conflict of interest").check()
    page.get_by_role("button", name="Pass it on").click()
    expect(page.get_by_text("Nothing to decide")).to_be_visible()
    assert list(StepApprover.objects.filter(open=True).values_list("user", flat=True)) == [anna.pk]
    assert journeys.open_steps(request)


OVERLAPS = """box => [...document.querySelectorAll('.ac-acts .btn, .tabbar a')].filter(one => {
  const b = one.getBoundingClientRect();
  return b.bottom > box.top + 1 && b.top < box.top + box.height - 1; }).map(one => one.innerText)"""


def test_undo_is_where_the_thumb_is_and_covers_no_decision(meet: Meet, people: SimpleNamespace) -> None:
    sent(people, 3)
    head = meet(people.head)
    page = head.go(INBOX)
    for left in (2, 1, 0):
        page.get_by_role("button", name="Approve £").click()
        toast = page.locator("#toasts .undo")
        expect(toast).to_have_count(1)
        expect(page.get_by_role("button", name="Approve £")).to_have_count(1 if left else 0)
        box = toast.bounding_box()
        assert box
        assert box["y"] > 844 / 2, "in the lower half"
        assert page.evaluate(OVERLAPS, {"top": box["y"], "height": box["height"]}) == []
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Approve £")).to_be_visible()


def test_the_button_counts_what_one_press_approves(meet: Meet, people: SimpleNamespace) -> None:
    plain, flagged = journeys.sent(people, TON_BLK=2), journeys.sent(people, NPW_KIT=1)
    head = meet(people.head)
    page = head.go(f"{INBOX}?select=1")
    page.locator(f"#choose-{journeys.open_steps(flagged)[0].ref}").check()
    expect(page.get_by_role("button", name="Look at what you chose")).to_be_visible()
    page.locator(f"#choose-{journeys.open_steps(plain)[0].ref}").check()
    look = page.get_by_role("button", name=f"Approve 1, £{plain.amount} · 1 by themselves")
    expect(look).to_be_visible()
    look.click()
    expect(page.get_by_role("button", name=f"Approve 1, £{plain.amount}")).to_be_visible()
    expect(page.get_by_role("heading", name="Not among them")).to_be_visible()


def test_away_asks_only_what_the_answers_before_need(meet: Meet, people: SimpleNamespace) -> None:
    page = meet(people.head).go(reverse("approvals:cover-absence"))
    last, amount, types = (
        page.get_by_label(name) for name in ("Last day", "Below which amount?", "Supplies")
    )
    expect(last).to_be_hidden()
    page.get_by_label("Until a date").check()
    expect(last).to_be_visible()
    page.get_by_text("Dates and limits").click()
    expect(amount).to_be_hidden()
    page.get_by_label("Only below an amount").check()
    expect(amount).to_be_visible()
    expect(types).to_be_hidden()
    page.get_by_label("Only some types of request").check()
    expect(types).to_be_visible()


def test_keys_at_a_desk(meet: Meet, people: SimpleNamespace) -> None:
    first, second = sent(people, 2)
    head = meet(people.head, size=DESK)
    page = head.go(INBOX)
    page.keyboard.press("a")
    assert not Decision.objects.exists(), "no card has the focus yet"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{head.server}{INBOX}?open={journeys.open_steps(second)[0].ref}")
    expect(page.locator("h2").first).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator("#toasts")).to_contain_text(f"{second.number} approved")
    page.keyboard.press("e")
    expect(page.get_by_role("heading", name="What do you want to know?")).to_be_visible()
    head.go(INBOX)
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="Say no?")).to_be_visible()
    assert journeys.fresh(first).state == RequestState.SUBMITTED


SWIPE = """([selector, by]) => { const e = document.querySelector(selector), b = e.getBoundingClientRect();
  const at = x => ({bubbles: true, pointerType: 'touch', isPrimary: true, clientX: x, clientY: b.y + 20});
  e.dispatchEvent(new PointerEvent('pointerdown', at(180))); e.dispatchEvent(new PointerEvent('pointermove', at(180 + by)));
  e.dispatchEvent(new PointerEvent('pointerup', at(180 + by))); }"""


def test_a_swipe_is_a_shortcut_for_a_button(meet: Meet, people: SimpleNamespace) -> None:
    first, second = sent(people, 2)
    head = meet(people.head)
    page = head.go(INBOX)
    page.evaluate(SWIPE, [".ac[data-row] h2", 60])
    page.evaluate(SWIPE, [".ac[data-row] h2", 160])
    expect(page.locator("#toasts")).to_contain_text(f"{first.number} approved")
    assert Decision.objects.count() == 1
    expect(page.locator("h2").first).to_be_focused()
    page.evaluate(SWIPE, [".ac[data-row] h2", -160])
    expect(page.get_by_role("heading", name="Say no?")).to_be_visible()
    assert journeys.fresh(second).state == RequestState.SUBMITTED


def test_without_a_connection_nothing_is_kept_for_later(meet: Meet, people: SimpleNamespace) -> None:
    sent(people)
    head = meet(people.head)
    page = head.go(INBOX)
    head.context.set_offline(True)
    page.get_by_role("button", name="Approve £").click()
    expect(page.locator("#alerts")).to_contain_text("This needs a connection. Nothing was decided.")
    head.context.set_offline(False)
    page.get_by_role("button", name="Approve £").click()
    expect(page.get_by_text("Nothing to decide")).to_be_visible()


def test_every_way_without_javascript(meet: Meet, people: SimpleNamespace) -> None:
    one, two, three, four = sent(people, 4)
    head = meet(people.head, js=False)

    def card(request: ServiceRequest) -> None:
        head.go(f"{INBOX}?open={journeys.open_steps(request)[0].ref}")

    page = head.page
    card(one)
    page.get_by_role("link", name="Ask").click()
    page.get_by_label("Still needed?").check()
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("No answer yet from Asha Menon.")).to_be_visible()
    card(two)
    page.get_by_role("link", name="Adjust").click()
    page.get_by_role("spinbutton").fill("1")
    page.get_by_label("Enough on the ward").check()
    page.get_by_role("button", name="Approve what is left").click()
    expect(page.get_by_text(f"{two.number} approved, £").first).to_be_visible()
    card(three)
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Needs more").click()
    page.get_by_label("What it is for").check()
    page.get_by_role("button", name="Give it back").click()
    expect(page.get_by_text(f"{three.number} is with its sender again").first).to_be_visible()
    head.go(f"{INBOX}?select=1")
    page.locator(f"#choose-{journeys.open_steps(four)[0].ref}").check()
    page.get_by_role("button", name="Look at what you chose").click()
    page.get_by_role("button", name="Approve 1, £").click()
    expect(page.get_by_role("heading", name="1 approved")).to_be_visible()
    assert ApprovalStep.objects.filter(decisions__isnull=False).count() == 3
