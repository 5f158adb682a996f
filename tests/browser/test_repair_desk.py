"""A broken pump from its label to its check: reported, lent, in the workshop, waiting, done, checked. Desk, thumb, no script."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from portal import clock
from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from tests import personas, repairs
from tests.browser.conftest import DESK, PHONE, Person
from tests.browser.test_every_page import RULES
from tests.journeys import fresh
from tests.repairs import DEFIBRILLATOR, PUMP

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
LABEL = reverse("requests:equipment", args=[PUMP])


@pytest.fixture
def ward(people: SimpleNamespace) -> SimpleNamespace:
    return repairs.equip(people)


def at(name: str, case: ServiceRequest) -> str:
    return reverse(f"requests:{name}", args=[case.public_id])


def fine(page: Page) -> None:
    """No violation, no sideways scroll."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [one["id"] for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def report(nurse: Person) -> ServiceRequest:
    page = nurse.go(LABEL)
    page.get_by_role("link", name="Battery will not hold").click()
    for key, value in (("safe", "no_removed"), ("clean", "clean"), ("needed", "today")):
        page.locator(f'[name="q-{key}"][value="{value}"]').check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    return ServiceRequest.objects.get(repair__equipment__tag=PUMP)


@pytest.mark.parametrize(
    ("size", "scheme", "js"), [(PHONE, "dark", True), (DESK, "light", True), (PHONE, "light", False)]
)
def test_from_the_label_to_use_again(
    meet: Callable[..., Person], ward: SimpleNamespace, size: dict[str, int], scheme: str, js: bool
) -> None:
    case = report(meet(ward.nurse, js=js))
    engineer = meet(ward.engineer, size=size, scheme=scheme, js=js)
    page = engineer.go(at("repair-desk", case))
    if js:
        fine(page)
    engineer.tap(page.get_by_role("button", name="Lend Infusion pump"))
    expect(page.locator("#main, main").first).to_contain_text("is lent meanwhile")
    engineer.tap(page.get_by_role("button", name="In the workshop"))
    expect(page.locator("main")).to_contain_text("Being repaired")
    assert fresh(case).repair.made_safe_at is not None
    engineer.tap(page.get_by_role("link", name="Wait", exact=True))
    page.locator('[name="reason"][value="parts"]').check()
    page.locator('[name="again"][value="morning"]').check()
    engineer.taps += 2
    engineer.tap(page.get_by_role("button", name="Let it wait"))
    page.wait_for_url("**/work/**")
    page = engineer.go(at("repair-desk", case))
    expect(page.locator("main")).to_contain_text("Waiting")
    engineer.tap(page.get_by_role("link", name="Done, and how"))
    page.locator('[name="outcome"][value="part_replaced"]').check()
    engineer.taps += 1
    engineer.tap(page.get_by_role("button", name="Done", exact=True))
    page.wait_for_url("**/work/**")
    assert fresh(case).state == RequestState.CLOSED
    page = engineer.go(reverse("requests:equipment-checks"))
    if js:
        fine(page)
    engineer.tap(page.get_by_role("link", name=PUMP))
    page.get_by_label("Safety test passed").check()
    page.get_by_label("Function test passed").check()
    engineer.taps += 2
    page.get_by_label("Next service due").fill((clock.now() + timedelta(days=300)).date().isoformat())
    if js:
        fine(page)
    engineer.tap(page.get_by_role("button", name="Set it in use again"))
    expect(page.get_by_text("It is in use again.")).to_be_visible()
    assert fresh(ward.pieces[PUMP]).state == "in_use"
    if js:
        fine(page)
    print(
        f"repair at {size['width']} px: {engineer.taps} taps from the desk of the repair to use again, 1 date"
    )


def test_a_cost_and_the_second_signature_by_keyboard(
    meet: Callable[..., Person], ward: SimpleNamespace
) -> None:
    lead = personas.person("lena.fischer", role="team_lead", place=ward.teams["biomed"])
    case = repairs.sent(ward, equipment=DEFIBRILLATOR, symptoms=["battery"], safe="no_removed")
    engineer = meet(ward.engineer, size=DESK)
    page = engineer.go(at("cost-new", case))
    fine(page)
    page.get_by_role("button", name="Ask for agreement").press("Enter")
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    page.get_by_label("How much").fill("420")
    page.get_by_label("What for?").fill("Battery pack")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Waiting for a decision")
    inbox = meet(lead).go("/approvals/")
    inbox.get_by_role("button", name="Approve").first.click()
    expect(inbox.locator("main")).not_to_contain_text("Battery pack")
    page = engineer.go(at("repair-desk", case))
    expect(page.locator("main")).to_contain_text("Lena Fischer")
    page = engineer.go(at("finish", case))
    page.locator('[name="outcome"][value="part_replaced"]').check()
    page.get_by_role("button", name="Done", exact=True).press("Enter")
    page.wait_for_url("**/work/**")
    page = engineer.go(reverse("requests:equipment", args=[DEFIBRILLATOR]))
    for box in ("Safety test passed", "Function test passed"):
        page.get_by_label(box).press("Space")
    page.get_by_label("Next service due").fill((clock.now() + timedelta(days=300)).date().isoformat())
    page.get_by_role("button", name="Sign the check").press("Enter")
    expect(page.get_by_role("heading", name="One signature of two")).to_be_visible()
    fine(page)
    page = meet(lead).go(reverse("requests:equipment", args=[DEFIBRILLATOR]))
    page.get_by_role("button", name="Sign as the second").click()
    expect(page.get_by_text("It is in use again.")).to_be_visible()
    assert fresh(ward.pieces[DEFIBRILLATOR]).state == "in_use"
