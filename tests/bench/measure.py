"""One call after the other over one connection, and what it cost: CPU of a gunicorn and of the backends of its database."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles

from tests.platform.processes import descendants

TOKEN = "b" * 32  # of the CSRF cookie and the form: any 32 letters, as long as both say the same


def cpu(pids: list[int]) -> int:
    """Nanoseconds that these processes have run, all threads."""
    total = 0
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            try:
                total += int(thread.read_text().split()[0])
            except (FileNotFoundError, ProcessLookupError):
                continue  # a thread that ended
    return total


@dataclass
class Server:
    """A gunicorn under measurement; `backends` gives the processes of its database."""

    pid: int
    port: int
    backends: Callable[[], list[int]]

    def pids(self) -> list[int]:
        return [self.pid, *descendants(self.pid), *self.backends()]


@dataclass
class Page:
    """An address as one person sees it. `posts`: a new form for each call, else it is read."""

    name: str
    server: Server
    path: str
    session: str
    posts: Callable[[int], list[tuple[str, str]]] | None = None
    rounds: list["Round"] = field(default_factory=list)

    @property
    def cost(self) -> float:
        return median(one.cost for one in self.rounds)

    @property
    def p50(self) -> float:
        return median(median(one.walls) for one in self.rounds)

    @property
    def p95(self) -> float:
        return median(quantiles(one.walls, n=20)[-1] for one in self.rounds)


@dataclass(frozen=True)
class Round:
    """`cost`: CPU ms of one call; `walls`: ms of each call; `rate`: calls a second."""

    cost: float
    walls: list[float]
    rate: float


class Line:
    """One connection, as one person."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.http = HTTPConnection("127.0.0.1", page.server.port, timeout=120)
        self.headers = {"Cookie": f"sessionid={page.session}; csrftoken={TOKEN}", "Host": "localhost"}

    def call(self, path: str, body: str | None = None) -> float:
        """Milliseconds until the answer was read. Refuses an answer that is not the page."""
        headers = dict(self.headers)
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.http.request("GET" if body is None else "POST", path, body, headers)
        answer = self.http.getresponse()
        text = answer.read()
        took = (time.perf_counter() - began) * 1000
        good = answer.status == 200 if body is None else answer.status in (204, 302)
        where = answer.headers.get("Location", "")
        assert good and "login" not in where, f"{path}: {answer.status} {where} {text[:300]!r}"
        return took


def calls_of(page: Page, count: int) -> list[tuple[str, str | None]]:
    if page.posts is None:
        return [(page.path, None)] * count
    return [(path, f"csrfmiddlewaretoken={TOKEN}&{body}") for path, body in page.posts(count)]


def measure(page: Page, count: int) -> None:
    """Call `page` so often and keep what it cost."""
    line, calls = Line(page), calls_of(page, count)
    pids = page.server.pids()
    before, began = cpu(pids), time.perf_counter()
    walls = [line.call(*one) for one in calls]
    took, after = time.perf_counter() - began, cpu(pids)
    page.rounds.append(Round((after - before) / 1e6 / count, walls, count / took))
    line.http.close()
