"""What budgets say, in Chromium: before sending and on the card, on a telephone and at a desk."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from tests import journeys
from tests.approvals.budgets.money import a_budget
from tests.browser.conftest import Person

pytestmark = pytest.mark.browser
Meet = Callable[..., Person]
SIZES = [{"width": 390, "height": 844}, {"width": 1366, "height": 900}]


@pytest.mark.parametrize("size", SIZES, ids=["phone", "desk"])
@pytest.mark.parametrize(
    ("amount", "said"), [("3000", "; after this £"), ("100", "agreed to only once there is money")]
)
def test_budgets_are_read(
    meet: Meet, people: SimpleNamespace, size: dict[str, int], amount: str, said: str
) -> None:
    a_budget(people, amount, check="stop")
    draft = journeys.draft(people, NPW_KIT=1)
    for who, url in (
        (people.nurse, reverse("desk:review", args=[draft.public_id])),
        (people.head, reverse("approvals:inbox")),
    ):
        person = meet(who, size=size)
        person.page.set_viewport_size(size)
        page = person.go(url)
        found = Axe().run(page).response["violations"]
        assert not found, [one["id"] for one in found]
        expect(page.get_by_text(said).first).to_be_visible()
        page.locator(".budget").first.scroll_into_view_if_needed()

        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        if who == people.nurse:
            journeys.send(draft)
