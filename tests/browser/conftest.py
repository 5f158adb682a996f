"""The pages in Chromium: a server of this process, contexts signed in by session, and what a browser complains of."""

import os
from collections.abc import Callable, Iterator
from threading import Thread
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from portal.accounts.models import User
from tests.conftest import CHROMIUM
from tests.personas import signed_in

# Playwright keeps an event loop in the thread of the test, where Django would refuse its own queries.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1366, "height": 900}


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The portal as it is served, hashed static files and all headers included; its address."""
    httpd = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    httpd.daemon_threads = True
    httpd.set_app(get_wsgi_application())
    thread = Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


class Person:
    """Somebody at a browser: `page` to look at, `tap` to press and be counted, `complaints` of the browser."""

    def __init__(self, context: BrowserContext, server: str) -> None:
        self.context, self.server = context, server
        self.taps = 0
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda m: self._hear(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self._hear(str(error)))

    def _hear(self, text: str) -> None:
        if not text.startswith("Failed to load resource"):  # a 404 or 409 that was asked for
            self.complaints.append(f"{self.page.url}: {text}")

    def go(self, path: str, status: int = 200) -> Page:
        response = self.page.goto(self.server + path)
        assert response is not None
        assert response.status == status, f"{path}: {response.status}"
        return self.page

    def tap(self, what: Locator) -> None:
        self.taps += 1
        what.click()


@pytest.fixture
def meet(transactional_db: None, browser: Browser, server: str) -> Iterator[Callable[..., Person]]:
    """`meet(user, phone=True, js=True)`: a browser signed in as `user`, or of a visitor for None.

    Fails the test afterwards if a console complained: a script that broke, or something that the policy blocked.
    """
    met: list[Person] = []

    def open_for(
        user: User | None, *, size: dict[str, int] = PHONE, js: bool = True, scheme: str = "light"
    ) -> Person:
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            java_script_enabled=js,
            has_touch=size["width"] < 700,
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        if user is not None:
            value = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": server}])
        met.append(Person(context, server))
        return met[-1]

    yield open_for
    complaints = [text for person in met for text in person.complaints]
    for person in met:
        person.context.close()
    assert not complaints


@pytest.fixture
def people(transactional_db: None) -> SimpleNamespace:
    """The world of tests/personas.py, committed, so that the server's threads see it. Its office never closes.

    The server's clock is the true one: on a Sunday the duty ladder would decide instead of those a test asks.
    """
    from sla.calendars import publish_calendar
    from sla.models import BusinessCalendar
    from tests import personas

    world = personas.world()
    always = BusinessCalendar.objects.get(hospital=world.hospital, code="always")
    publish_calendar(
        hospital=world.hospital,
        code="office",
        name="Office",
        windows=always.windows,
        holidays=always.holidays,
        by=world.system,
    )
    return world
