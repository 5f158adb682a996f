"""Take the pictures of the README from the demonstration.

    make run        # in one terminal, on an empty var/: plays half a year first
    make pictures   # in another: installs what drives the browser, once; Chromium must be installed

It picks people and stories on the tour as a visitor does, and leaves one draft behind. Another address may be given
as an argument. Pillow, where it is installed, makes the pictures a third of their size.
"""

import shutil
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESK, PHONE = (1200, 800), (390, 844)
LARGEST = 110_000  # bytes of one picture
TOGETHER = 1_200_000  # bytes of all
Go = Callable[[Page], object]


def visit(path: str) -> Go:
    return lambda page: page.goto(path)


def being(person: str, path: str = "/") -> Go:
    """Pick somebody of the tour, then open a page."""

    def go(page: Page) -> None:
        page.goto("/tour/")
        page.locator(f"button.person[value='{person}']").first.click()
        page.goto(path)

    return go


def story(code: str) -> Go:
    """See a story as the person that the tour names."""

    def go(page: Page) -> None:
        page.goto("/tour/")
        page.locator(f"button[name=story][value='{code}']").click()

    return go


def asking(item: str) -> Go:
    """The supply form with one line in it, and who will decide."""

    def go(page: Page) -> None:
        being("asha.menon", f"/requests/supply/new/?q={item}")(page)
        page.locator("button.hit").first.click()
        page.locator("[name^=line-]").first.fill("2")
        page.get_by_label("We are fine until the next delivery").check()
        page.wait_for_timeout(3000)  # it saves itself, and says then what it costs and who decides
        page.wait_for_selector("html:not([data-busy])")

    return go


# name, how to get there, width and height, colours
PICTURES: tuple[tuple[str, Go, tuple[int, int], str], ...] = (
    ("sign-in", visit("/accounts/login/"), (1200, 940), "light"),
    ("tour", visit("/tour/"), (1200, 800), "light"),
    ("home", being("asha.menon"), DESK, "light"),
    ("home-phone-dark", being("asha.menon"), PHONE, "dark"),
    ("inbox-phone", being("priya.shah", "/approvals/"), PHONE, "light"),
    ("request", story("two-ways"), (1200, 1400), "light"),
    ("late-dark", story("late-pump"), (1200, 940), "dark"),
    ("list", being("claire.dubois", "/requests/"), DESK, "light"),
    ("pick-list", being("sam.doyle", "/store/"), DESK, "light"),
    ("settle", being("mark.evans"), DESK, "light"),
    ("form", asking("toner"), (1200, 940), "light"),  # last: it leaves a draft on home
)


def take(browser: Browser, address: str, name: str, go: Go, size: tuple[int, int], colours: str) -> int:
    """Save one picture, as sharp as fits into LARGEST; its bytes."""
    for scale in (2, 1.5, 1):
        context = browser.new_context(
            base_url=address, viewport={"width": size[0], "height": size[1]}, color_scheme=colours,  # type: ignore[arg-type]
            device_scale_factor=scale, has_touch=size is PHONE, reduced_motion="reduce",
        )  # fmt: skip
        page = context.new_page()
        go(page)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")
        picture = smaller(page.screenshot())
        context.close()
        if len(picture) <= LARGEST:
            (HERE / f"{name}.png").write_bytes(picture)
            sys.stdout.write(f"{name}.png {len(picture) // 1000} kB\n")
            return len(picture)
    sys.exit(f"{name}.png would be larger than {LARGEST} bytes.")


def smaller(picture: bytes) -> bytes:
    """With 128 colours instead of millions where Pillow is installed: a third of the size, and nobody sees it."""
    if not find_spec("PIL"):
        return picture
    image = import_module("PIL.Image").open(BytesIO(picture)).convert("RGB").quantize(128, dither=0)
    made = BytesIO()
    image.save(made, "PNG", optimize=True)
    return made.getvalue()


def main(address: str) -> None:
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        together = sum(take(browser, address, *picture) for picture in PICTURES)
        browser.close()
    if together > TOGETHER:
        sys.exit(f"All pictures are {together} bytes; keep them under {TOGETHER}.")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
