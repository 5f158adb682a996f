"""Breaking the glass and its review, on a phone and at a desk, with and without JavaScript."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from approvals.models import BreakGlass
from requests_app.states import RequestState
from tests.browser.conftest import DESK, PHONE, Person
from tests.glass import on_duty
from tests.journeys import fresh, sent

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.mark.parametrize(("size", "js"), [(PHONE, True), (DESK, False)])
def test_from_the_request_to_the_review(
    meet: Callable[..., Person], people: SimpleNamespace, size: dict[str, int], js: bool
) -> None:
    request, manager = sent(people, NPW_KIT=2), on_duty(people)
    page = meet(manager, size=size, js=js).go(reverse("desk:request-detail", args=[request.public_id]))
    page.get_by_role("link", name="Do not wait: break glass").click()
    page.get_by_role("button", name="Break glass").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    assert fresh(request).state == RequestState.SUBMITTED
    page.get_by_label("Patient safety").check()
    page.get_by_label("Why can it not wait?").fill("The last pump")
    if js:
        expect(page.locator("[data-count-of]")).to_have_text("more characters needed: 7")
    page.get_by_label("Why can it not wait?").fill("The last pump failed in bay 4 just now")
    if js:
        expect(page.locator("[data-count-of]")).to_have_text("Long enough.")
    page.get_by_role("button", name="Break glass").click()
    expect(page.get_by_role("heading", name="it did not wait")).to_be_visible()
    assert fresh(request).state == RequestState.APPROVED
    page = meet(people.finance, size=size, js=js).go(reverse("desk:board"))
    if js:
        page.get_by_role("link", name="Break-glass: 1, 1 to review").click()
    else:
        page.get_by_role("link", name="Break-glass").click()
    page.get_by_role("link", name=request.title).click()
    page.get_by_label("It was right").check()
    page.get_by_role("button", name="Put the review on record").click()
    expect(page.get_by_text("Nothing waits for a review")).to_be_visible()
    assert BreakGlass.objects.get().reviewed_by == people.finance
