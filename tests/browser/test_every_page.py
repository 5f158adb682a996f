"""Every page: no axe violation, light and dark, phone and desk; no sideways scroll; nothing shifts; nothing inline."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Person
from tests.browser.pages import GROUPS

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
INLINE = "[style],[onclick],[onchange],[onsubmit],style,script:not([src])"
SMALL = """() => [...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary')]
  .filter(e => { const b = e.getBoundingClientRect(); return b.width && b.height && !e.closest('p,dd') && !e.matches('.vh,.skip')
    && (b.width < 24 || b.height < 24) && !(e.labels && e.labels[0] && e.labels[0].getBoundingClientRect().height >= 24) })
  .map(e => e.outerHTML.slice(0, 90))"""
SHIFT = """() => { window.shifted = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => {
  if (!entry.hadRecentInput) window.shifted += entry.value })).observe({type: 'layout-shift', buffered: true}) }"""


@pytest.fixture(params=GROUPS)
def shown(
    request: pytest.FixtureRequest, meet: Callable[..., Person], people: SimpleNamespace
) -> Iterator[tuple[str, Page]]:
    """Each page of a group, open, one after the other."""

    def walk() -> Iterator[tuple[str, Page]]:
        known: dict[object, Person] = {}
        for name, user, path in GROUPS[request.param](people):
            if user not in known:
                known[user] = meet(user)
                known[user].page.add_init_script(f"({SHIFT})()")
            page = known[user].go(path, {"not found": 404, "not allowed": 403}.get(name, 200))
            page.wait_for_load_state("networkidle")
            yield name, page

    return walk()


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{v['id']} x{len(v['nodes'])}: {v['nodes'][0]['html'][:140]}" for v in found]


@pytest.mark.timeout(600)
def test_axe_finds_nothing(shown: Iterator[tuple[str, Page]]) -> None:
    found = {}
    for name, page in shown:
        for size in (PHONE, DESK):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                if wrong := violations(page):
                    found[f"{name}, {size['width']} {scheme}"] = wrong
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="light")
    assert not found


@pytest.mark.timeout(300)
def test_it_fits_and_holds_still(shown: Iterator[tuple[str, Page]]) -> None:
    found = {}
    for name, page in shown:
        wrong = {
            "shift": page.evaluate("window.shifted > 0.02 ? window.shifted : 0"),
            "inline": page.locator(INLINE).count(),
            "headings": page.locator("h1").count() - 1,
            "under 24 px": page.evaluate(SMALL),
        }
        for width in (320, 390, 683, 1366):
            page.set_viewport_size({"width": width, "height": 700})
            beyond = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            wrong[f"sideways at {width}"] = max(beyond, 0)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        if any(wrong.values()):
            found[name] = {what: value for what, value in wrong.items() if value}
    assert not found
