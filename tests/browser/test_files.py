"""Photos of a phone on a form: made small in the browser, added at once, and nothing that was typed is lost; also without JavaScript."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, Request, expect

from requests_app.models import Attachment
from tests import it_desk
from tests.browser.conftest import DESK, PHONE, Person
from tests.files.conftest import noise, photo

pytestmark = pytest.mark.browser
ASK = "/ask/it/"
NOTE = "black since the morning"


@pytest.fixture
def nurse(people: SimpleNamespace, settings, tmp_path: Path) -> object:
    settings.MEDIA_ROOT = tmp_path / "media"
    return it_desk.add(people, duties=False).nurse


def typed(page: Page) -> None:
    page.locator("details.more summary").click()
    page.fill("[name=note]", NOTE)


def file(folder: Path, name: str, content: bytes) -> str:
    (folder / name).write_bytes(content)
    return str(folder / name)


def test_a_photo_is_small_before_it_leaves_the_phone(
    meet: Callable[..., Person], nurse, tmp_path: Path
) -> None:
    large = file(tmp_path, "screen.jpg", noise(2600, 1900, quality=90))
    assert Path(large).stat().st_size > 4_000_000
    someone = meet(nurse, size=PHONE)
    page, sent = someone.go(ASK), []

    def note_size(request: Request) -> None:
        if request.method == "POST" and "save" not in request.url:
            sent.append(len(request.post_data_buffer or b""))

    page.on("request", note_size)
    typed(page)
    page.set_input_files("#id_files", large)
    page.locator(".file-rows li", has_text="screen.jpg").wait_for()
    assert (
        sent and max(sent) < 2_000_000
    )  # chance is the worst of all photos; a real one comes out below 300 KB
    assert Attachment.objects.get().size <= 300 * 1024
    assert page.input_value("[name=note]") == NOTE
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert Axe().run(page).response["violations"] == []
    page.locator(".file-rows button").click()
    page.locator(".file-rows li").wait_for(state="detached")
    assert Attachment.objects.get().removed_at
    assert page.input_value("[name=note]") == NOTE


def test_what_is_wrong_with_a_file_stands_beside_it(
    meet: Callable[..., Person], nurse, tmp_path: Path
) -> None:
    page = meet(nurse).go(ASK)
    typed(page)
    page.set_input_files("#id_files", file(tmp_path, "setup.exe", b"MZ"))
    page.locator("#files .error", has_text="setup.exe").wait_for()
    assert page.input_value("[name=note]") == NOTE


def test_without_javascript_the_button_adds_and_removes(
    meet: Callable[..., Person], nurse, tmp_path: Path
) -> None:
    page = meet(nurse, js=False).go(ASK)
    page.locator("details.more summary").click()
    page.fill("[name=note]", NOTE)
    page.set_input_files("#id_files", file(tmp_path, "screen.jpg", photo()))
    page.get_by_role("button", name="Add file").click()
    page.locator(".file-rows li", has_text="screen.jpg").wait_for()
    assert page.input_value("[name=note]") == NOTE
    with page.expect_download() as saved:
        page.locator(".file-rows a").click()
    assert saved.value.suggested_filename == "screen.jpg"
    page.get_by_role("button", name="Remove screen.jpg").click()
    page.locator(".file-rows li").wait_for(state="detached")
    assert page.input_value("[name=note]") == NOTE


@pytest.mark.parametrize("js", [True, False])
def test_a_file_survives_a_refusal_and_signing_out(
    meet: Callable[..., Person], nurse, tmp_path: Path, js: bool
) -> None:
    """Chosen, then sent with questions unanswered, then signed out: it stands on the draft, once."""
    page = meet(nurse, size=DESK, js=js).go(ASK)
    page.set_input_files("#id_files", file(tmp_path, "screen.jpg", photo()))
    row = ".file-rows li:has-text('screen.jpg')"
    if js:
        page.locator(row).wait_for()
    page.get_by_role("button", name="Send", exact=True).last.click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    expect(page.locator(row)).to_have_count(1)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").first.wait_for()
    later = meet(nurse)
    later.go(reverse("desk:home")).get_by_role("link", name="Continue").first.click()
    expect(later.page.locator(row)).to_have_count(1)


def test_the_page_warns_of_patient_data_while_it_is_typed(meet: Callable[..., Person], nurse) -> None:
    page = meet(nurse).go(ASK)
    typed(page)
    assert not page.locator("[data-patient-data]").is_visible()
    page.fill("[name=note]", "for pt 943 476 5919")
    page.locator("[data-patient-note]", has_text="NHS number").wait_for(timeout=2_000)
    assert page.get_by_label("Send it anyway").is_visible()
    assert Axe().run(page).response["violations"] == []
    page.fill("[name=note]", "PO 943 476 5919")
    page.locator("[data-patient-note]").wait_for(state="detached")
