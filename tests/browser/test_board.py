"""The board in Chromium: nothing scrolls sideways, axe finds nothing, it stays live and says when it is not."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests import boards
from tests.browser.conftest import DESK, PHONE, Person
from tests.browser.test_every_page import violations
from tests.browser.test_live import tick

pytestmark = pytest.mark.browser
WALL = {"width": 1920, "height": 1080}
SMALL = {"width": 320, "height": 700}


@pytest.mark.parametrize(("many", "sizes"), [(0, (PHONE,)), (60, (SMALL, PHONE, DESK, WALL))])
def test_no_sideways_scroll_and_no_violation_at_any_width(
    meet: Callable[..., Person], people: SimpleNamespace, many: int, sizes: tuple[dict[str, int], ...]
) -> None:
    rows = boards.fill(people, many)
    for row in rows[:12]:
        boards.change(row, state="closed", closed_at=row.created_at, service="it_fault", private=False)
        boards.ended(row, at=row.submitted_at, met=True, took=boards.MINUTE)
    for size in sizes:
        for scheme in ("light", "dark"):
            page = meet(people.service_manager, size=size, scheme=scheme).go("/board/")
            for address in ("/board/?wall=1" if size == WALL else "/board/", "/board/rows/?which=late"):
                page.goto(page.url.split("/board")[0] + address)
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, (size, scheme, address, wide)
                assert violations(page) == [], (size, scheme, address)


def test_it_follows_by_itself_and_keeps_the_focus(
    meet: Callable[..., Person], people: SimpleNamespace
) -> None:
    page = meet(people.service_manager, size=DESK).go("/board/")
    expect(page.locator(".kpi-late b")).to_have_text("0")
    page.locator(".kpi-late").focus()
    rows = boards.fill(people, 3, wards=[people.ward])
    boards.change(
        *rows, due_at=rows[0].created_at, warn_at=rows[0].created_at, private=False, service="it_fault"
    )
    tick(page, "/board/live/")
    expect(page.locator(".kpi-late b")).to_have_text("3")
    assert page.evaluate("document.activeElement.matches('.kpi-late')")


def test_it_says_since_when_it_is_not_live(meet: Callable[..., Person], people: SimpleNamespace) -> None:
    person = meet(people.service_manager, size=DESK)
    person.page.clock.install()
    page = person.go("/board/?wall=1")
    person.context.route("**/board/live/**", lambda route: route.fulfill(status=503))
    said = page.locator("#board-stale")
    page.clock.run_for(40_000)
    expect(said).to_be_hidden()
    page.clock.run_for(30_000)
    expect(said).to_have_text("Not live since " + page.locator(".board-clock time").inner_text())
    person.context.unroute("**/board/live/**")
    tick(page, "/board/live/")
    page.clock.run_for(6_000)
    expect(said).to_be_hidden()


def test_it_is_a_table_on_paper_and_works_without_script(
    meet: Callable[..., Person], people: SimpleNamespace
) -> None:
    boards.fill(people, 20, wards=[people.ward])
    page = meet(people.service_manager, size=DESK, js=False).go("/board/")
    expect(page.locator(".board-table")).to_be_hidden()
    page.locator(".kpi-late").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Late now")
    page.go_back()
    page.emulate_media(media="print")
    expect(page.locator(".board-table")).to_be_visible()
    expect(page.locator(".lanes")).to_be_hidden()
