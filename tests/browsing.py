"""People at their browsers over real HTTP, many at the same moment."""

import re
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from portal.accounts.models import User

FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
PATIENCE = 60  # seconds


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    location: str
    took: float  # seconds


class Browser:
    """Signed in as `user`, with the cookies that the portal gives; each answer comes over a connection of its own."""

    def __init__(self, address: tuple[str, int], user: User):
        self.address = address
        self.cookies = {settings.SESSION_COOKIE_NAME: session_of(user)}
        self.line: HTTPConnection | None = None
        self.hidden: dict[str, str] = {}

    def again(self) -> "Browser":
        """The same page in another tab."""
        tab = object.__new__(Browser)
        tab.address, tab.line = self.address, None
        tab.cookies, tab.hidden = dict(self.cookies), dict(self.hidden)
        return tab

    def connect(self) -> None:
        """Open the connection that the next call takes, so that only the request itself is left to send."""
        self.line = HTTPConnection(*self.address, timeout=PATIENCE)
        self.line.connect()

    def get(self, path: str) -> Answer:
        """Read a page; its hidden fields go with the next post, as a form sends them."""
        answer = self._call("GET", path, "", {})
        self.hidden = {name: unescape(value) for name, value in FIELD.findall(answer.body)}
        return answer

    def post(self, path: str, **fields: str) -> Answer:
        """Press a button of the page that was read last."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": "http://{}:{}".format(*self.address),
        }
        return self._call("POST", path, urlencode({**self.hidden, **fields}), headers)

    def _call(self, method: str, path: str, body: str, headers: dict[str, str]) -> Answer:
        if self.line is None:
            self.connect()
        line, self.line = self.line, None
        assert line
        began = monotonic()
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            line.request(method, path, body, {"Cookie": cookies, **headers})
            answer = line.getresponse()
            text = answer.read().decode()
        finally:
            line.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.partition(";")[0].split("=", 1)
            self.cookies[name] = value
        return Answer(answer.status, text, answer.headers.get("Location", ""), monotonic() - began)


def session_of(user: User) -> str:
    """The key of a new session of `user`, as signing in leaves it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def at_once(browsers: Iterable[Browser], act: Callable[[Browser], Any]) -> list[Any]:
    """All connect, wait for each other, and then do `act`. No database is held, unlike in `racing.race`."""
    everybody = list(browsers)
    barrier = threading.Barrier(len(everybody), timeout=PATIENCE)

    def run(browser: Browser) -> Any:
        browser.connect()
        barrier.wait()
        return act(browser)

    with ThreadPoolExecutor(len(everybody)) as pool:
        return list(pool.map(run, everybody))


def in_turn(browsers: Iterable[Browser], act: Callable[[Browser], Any]) -> list[Any]:
    """A few at a time, as before a race."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(act, browsers))
