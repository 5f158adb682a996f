"""An answer that makes it an emergency: what to do now is seen at once, on a telephone too, and the button says what it sends."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests import repairs
from tests.browser.conftest import Person

SIZES = [{"width": 390, "height": 844}, {"width": 1366, "height": 800}]


@pytest.mark.parametrize("size", SIZES, ids=["phone", "desk"])
def test_it_is_seen_from_where_the_answer_is(
    meet: Callable[..., Person], people: SimpleNamespace, size: dict[str, int]
) -> None:
    ward = repairs.equip(people)
    page = meet(ward.nurse, size=size).go(f"/ask/repair/?equipment={repairs.DEFIBRILLATOR}")
    send = page.locator("[data-send]")
    expect(send).to_have_accessible_name("Send")
    expect(page.locator("#ask-ring")).to_be_hidden()
    page.locator("label.choice", has=page.locator('[name="q-safe"][value="yes"]')).click()
    page.locator("label.choice", has=page.locator('[name="q-needed"][value="now"]')).click()
    expect(page.locator("#alerts")).to_contain_text("Ring")
    expect(send).to_have_accessible_name("Send the emergency")
    expect(send).to_be_in_viewport()
    ring = page.locator(".ask-now")
    expect(ring).to_be_in_viewport()
    ring.click()
    expect(page.get_by_role("heading", name="Ring")).to_be_in_viewport()
