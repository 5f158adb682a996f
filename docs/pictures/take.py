"""Take the pictures of the README from the running product.

    make run                                            # in one terminal
    make .venv/.dev                                     # once: installs what drives the browser
    .venv/bin/python docs/pictures/take.py              # in another; Chromium must be installed

It signs in as people of the demonstration hospital and files, approves, picks and receives through the pages, so that
there is something to see; that takes two minutes, most of them waiting for the stand-in Odoo to confirm and receive.
What it files stays in the data of `make run` (`make reset` throws them away). An address may be given as an argument.
"""

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

HERE = Path(__file__).resolve().parent
PASSWORD = "portal-demo"  # noqa: S105 (of the demonstration hospital)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESK, PHONE = {"width": 1366, "height": 900}, {"width": 390, "height": 844}
LARGEST = 200_000  # bytes
PATIENCE = 180.0  # seconds for the stand-in to confirm and receive


class Hospital:
    """The portal at `address`, and people at browsers of its."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address

    def sign_in(
        self, name: str, *, size: dict[str, int] = DESK, scheme: str = "light", scale: float = 1
    ) -> Page:
        context = self.browser.new_context(
            base_url=self.address, viewport=size, color_scheme=scheme, device_scale_factor=scale,
            has_touch=size is PHONE, reduced_motion="reduce",
        )  # fmt: skip
        page = context.new_page()
        page.goto("/accounts/login/")
        page.get_by_label("User name or e-mail").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Good ")
        return page


def ask_for(page: Page, note: str = "", **lines: int) -> str:
    """Fill in the supply form and send it; the address of the request. Lines as keywords: GLV_NIT_M=6."""
    write(page, note, **lines)
    page.get_by_role("button", name="Check and send").click()
    page.get_by_role("button", name="Send, £").click()
    expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    return page.url.partition("?")[0]


def write(page: Page, note: str = "", **lines: int) -> None:
    page.goto("/requests/supply/new/")
    for word, quantity in lines.items():
        code = word.replace("_", "-")
        find = page.get_by_role("searchbox")
        find.fill(code)
        find.press("Enter")
        field = page.locator(f"[name='line-{code}']")
        field.wait_for()
        field.fill(str(quantity))
    page.get_by_label("We are fine until the next delivery").check()
    if note:
        page.locator("[name=note]").fill(note)


def until(page: Page, seen: Callable[[], bool]) -> None:
    """Look at the page again until `seen`, as somebody would who waits for a supplier."""
    end = time.monotonic() + PATIENCE
    while not seen():
        if time.monotonic() > end:
            sys.exit(f"What was waited for did not come: {page.url}")
        time.sleep(2)
        page.reload()


def live(hospital: Hospital) -> str:
    """A morning on ward 7B; the address of a request with two orders."""
    nurse = hospital.sign_in("asha.menon")
    bought = ask_for(nurse, TON_BLK=2, SPO_SEN=1, GLV_NIT_M=14)
    head = hospital.sign_in("joy.okoro")
    head.goto("/approvals/")
    head.get_by_role("button", name="Approve £").first.click()
    expect(head.get_by_role("status")).to_contain_text("You approved")
    ask_for(hospital.sign_in("tom.reid"), "Two patients with large wounds since Friday", NPW_KIT=2)
    ask_for(nurse, "Outbreak in bay 3, infection control asked for it", MSK_IIR=30, WIP_DET=6)
    nurse.goto("/")
    nurse.get_by_role("button", name="Reorder Drip and needle").click()
    nurse.get_by_role("button", name="Send, £").click()
    expect(nurse.get_by_role("heading", name="Sent")).to_be_visible()
    store = hospital.sign_in("sam.doyle")
    store.goto("/store/")
    store.get_by_role("button", name="Picked").first.click()
    store.get_by_role("button", name="On its way").first.click()
    expect(store.get_by_role("status")).to_contain_text("on its way")
    write(nurse, PAP_A4=1)
    nurse.get_by_role("button", name="Save for later").click()
    nurse.goto(bought)
    until(nurse, lambda: nurse.get_by_text("At goods-in").count() >= 2)
    return bought


def take(name: str, page_at: Callable[[float], Page], path: str, *, height: int | None = None) -> None:
    """Save the picture, as sharp as fits into LARGEST."""
    for scale in (2, 1.5, 1):
        page = page_at(scale)
        page.goto(path)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")
        if height:
            page.set_viewport_size({"width": page.viewport_size["width"], "height": height})  # type: ignore[index]
        picture = page.screenshot()
        page.context.close()
        if len(picture) <= LARGEST:
            (HERE / f"{name}.png").write_bytes(picture)
            return
    sys.exit(f"{name}.png would be larger than {LARGEST} bytes.")


def main(address: str) -> None:
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        hospital = Hospital(browser, address)
        request = live(hospital)

        def nurse(scale: float) -> Page:
            return hospital.sign_in("asha.menon", scale=scale)

        take("home", nurse, "/")
        take("request", nurse, request, height=1730)
        take(
            "inbox-phone", lambda scale: hospital.sign_in("joy.okoro", size=PHONE, scale=scale), "/approvals/"
        )
        take(
            "home-phone-dark",
            lambda scale: hospital.sign_in("asha.menon", size=PHONE, scheme="dark", scale=scale),
            "/",
        )
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
