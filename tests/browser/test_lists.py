"""The list of requests in a browser: filters, views, files, keys, and rows that change where they stand."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from requests_app import export_files, kept_lists, lifecycle
from requests_app.models import Export
from tests import journeys
from tests.browser.conftest import DESK, Person
from tests.browser.test_every_page import violations
from tests.browser.test_live import tick

pytestmark = pytest.mark.browser
LIST, SEARCH, VIEWS = reverse("requests:list"), reverse("requests:search"), reverse("requests:views")
TICKS = 40  # ten minutes
GROWTH = 1_500_000  # bytes that a page may have more after them


@pytest.fixture
def two(people: SimpleNamespace) -> SimpleNamespace:
    people.first, people.second = journeys.sent(people, SET_PMP=1), journeys.sent(people, NPW_KIT=1)
    return people


@pytest.mark.parametrize("js", [True, False])
def test_filter_keep_the_view_and_find_it_again(
    meet: Callable[..., Person], two: SimpleNamespace, js: bool
) -> None:
    page = meet(two.nurse, js=js).go(LIST)
    page.locator("#list-q").fill("SET-PMP")
    page.locator(".list-find").get_by_role("button", name="Find").click()
    expect(page.locator(".rowlink")).to_have_count(1)
    page.get_by_label("Keep this list as").fill("Pump sets")
    page.get_by_role("button", name="Save").click()
    page.goto(page.url.partition("?")[0])
    expect(page.locator(".rowlink")).to_have_count(2)
    page.get_by_role("link", name="Pump sets").click()
    expect(page.locator(".rowlink")).to_have_count(1)
    expect(page.get_by_role("link", name="Pump sets")).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize("js", [True, False])
def test_a_csv_of_what_was_chosen(meet: Callable[..., Person], two: SimpleNamespace, js: bool) -> None:
    page = meet(two.nurse, js=js).go(LIST)
    page.get_by_role("checkbox", name=two.first.number).check()
    with page.expect_download() as found:
        page.get_by_role("button", name="As CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(found.value.path()).read_text("utf-8-sig"))))
    assert [row["Number"] for row in rows] == [two.first.number]


def test_an_excel_file_says_how_far_it_is_and_is_saved(
    meet: Callable[..., Person], two: SimpleNamespace
) -> None:
    page = meet(two.nurse).go(LIST)
    page.get_by_role("button", name="As Excel file").click()
    expect(page.get_by_text("Waiting to be made")).to_be_visible()
    Export.objects.update(total=4, done=1)
    expect(page.get_by_text("25 %: 1 of 4 rows")).to_be_visible()
    assert not violations(page)
    export_files.make_waiting()
    with page.expect_download() as found:
        page.get_by_role("link", name="Save the file").click()
    assert Path(found.value.path()).read_bytes()[:2] == b"PK"


def test_rows_change_where_they_stand_and_focus_stays(
    meet: Callable[..., Person], two: SimpleNamespace
) -> None:
    page = meet(two.nurse, size=DESK).go(LIST)
    box = page.get_by_role("checkbox", name=two.second.number)
    box.check()
    row = page.locator(f".rowlink[href*='{two.first.public_id}']")
    row.focus()
    row.hover()
    place = row.bounding_box()
    journeys.sent(two, GLV_NIT_M=1)
    lifecycle.withdraw(request=two.first, by=two.nurse)
    tick(page, "/requests/rows/")
    expect(page.get_by_role("link", name="1 new: show")).to_be_visible()
    expect(row).to_contain_text("With Asha Menon")
    now = row.bounding_box()
    assert place and now and place["x"] == now["x"]
    assert page.evaluate("document.activeElement.getAttribute('href')").endswith(f"{two.first.public_id}/")
    expect(box).to_be_checked()


def test_keys_move_choose_and_open(meet: Callable[..., Person], two: SimpleNamespace) -> None:
    page = meet(two.nurse, size=DESK).go(LIST)
    for key in ("j", "j", "k", "x"):
        page.keyboard.press(key)
    expect(page.get_by_role("checkbox", name=two.second.number)).to_be_checked()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "list-q"
    page.keyboard.type("jkx")
    expect(page.locator("#list-q")).to_have_value("jkx")
    page.locator(".rowlink").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{two.second.public_id}/")


def test_ten_minutes_grow_nothing_and_keep_nobody_signed_in(
    meet: Callable[..., Person], two: SimpleNamespace
) -> None:
    person = meet(two.nurse)
    page = person.go(LIST)
    until = dict(Session.objects.values_list("session_key", "expire_date"))
    line = person.context.new_cdp_session(page)

    def heap() -> int:
        line.send("HeapProfiler.collectGarbage")
        return int(line.send("Runtime.getHeapUsage")["usedSize"])

    for _warm in range(3):
        tick(page, "/requests/rows/")
    before, nodes = heap(), page.evaluate("document.getElementsByTagName('*').length")
    for _one in range(TICKS):
        tick(page, "/requests/rows/")
    assert heap() - before < GROWTH
    assert page.evaluate("document.getElementsByTagName('*').length") == nodes
    assert dict(Session.objects.values_list("session_key", "expire_date")) == until


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_for_everybody(meet: Callable[..., Person], two: SimpleNamespace, scheme: str) -> None:
    kept_lists.keep(name="Mine", query="tab=open&scope=mine", by=two.nurse)
    person = meet(two.nurse, scheme=scheme)
    for path in (
        LIST,
        f"{LIST}?tab=needs",
        f"{LIST}?tab=closed&q=none",
        VIEWS,
        SEARCH,
        f"{SEARCH}?q=pump",
        f"{SEARCH}?q=zzzz",
    ):
        page = person.go(path)
        assert not violations(page), path
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
