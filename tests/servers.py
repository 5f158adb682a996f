"""The portal's own processes beside a test, on the test's database: web (gunicorn), worker and beat (Celery).

    with web(processes=2, threads=16) as address: ...
    with worker(broker, **odoo) as run, beat(broker, **odoo): ...

Each is started by the `manage.py serve --only` that a hospital runs, is up when the block begins and gone when it ends.
They see no test settings; only the static files come from where they lie, since nothing was collected.
"""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from portal.celery import app
from tests.platform.processes import ROOT, answers, descendants, environment, free_port, wait_for

START = 60  # seconds in which a process must be up, also on a machine that does other things


def database_url() -> str:
    """The PostgreSQL database of the running test, for another process."""
    database = connection.settings_dict
    login = ":".join(quote(part, safe="") for part in (database["USER"], database["PASSWORD"]) if part)
    at = f"{database['HOST'] or '127.0.0.1'}:{database['PORT'] or 5432}"
    return f"postgresql://{login}@{at}/{database['NAME']}"


@contextmanager
def serving(role: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py serve --only role`, started; at the end asked to stop, and nobody is left of it."""
    own = {
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,  # sessions are signed with it
        "VAR_DIR": str(settings.VAR_DIR),
        "STATIC_MANIFEST": "0",
        "LOG_LEVEL": "ERROR"
        if role == "web"
        else "INFO",  # a line for each refusal hides the one that matters
    }
    run = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--only", role],
        cwd=ROOT,
        env=environment(**own, **variables),
        stdin=subprocess.DEVNULL,
    )
    try:
        yield run
    finally:
        everybody = descendants(run.pid)
        run.send_signal(signal.SIGTERM)
        try:
            run.wait(60)
        finally:
            run.kill()
            left = [pid for pid in everybody if os.path.exists(f"/proc/{pid}")]
            for pid in left:
                os.kill(pid, signal.SIGKILL)
        assert not left, f"{role} left {len(left)} processes behind"


@contextmanager
def web(*, processes: int, threads: int) -> Iterator[tuple[str, int]]:
    """gunicorn with so many processes of so many threads; gives the host and the port at which it answers."""
    port = free_port()
    sizes = {"PORTAL_PROCESSES": str(processes), "PORTAL_THREADS": str(threads), "PORTAL_PORT": str(port)}
    with serving("web", **sizes) as run:
        wait_for(lambda: run.poll() is not None or healthy(port), START)
        assert run.poll() is None, "the web server did not start"
        yield "127.0.0.1", port


def healthy(port: int) -> bool:
    if not answers(port):
        return False
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=10) as answer:
            return answer.status == 200
    except (URLError, OSError):
        return False


def broker_of_this_run() -> str:
    """An empty Redis database of this test process: a worker of another one would do the work in its own PostgreSQL."""
    server, _slash, number = settings.REDIS_URL.rpartition("/")
    runner = os.environ.get("PYTEST_XDIST_WORKER")
    if runner:
        number = str(8 + int(runner.removeprefix("gw")) % 7)
    broker = f"{server}/{number}"
    with app.connection_for_write(broker) as line:
        line.default_channel.client.flushdb()
    return broker


@contextmanager
def worker(broker: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker under its supervisor; up when it listens."""
    with serving("worker", REDIS_URL=broker, **variables) as run:
        wait_for(lambda: run.poll() is not None or listeners(broker), START)
        assert run.poll() is None, "the worker did not start"
        yield run


@contextmanager
def beat(broker: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """The one beat, with every sweep at its own pace."""
    with serving("beat", REDIS_URL=broker, **variables) as run:
        yield run


def listeners(broker: str) -> int:
    """How many clients wait for a task at the queue."""
    with app.connection_for_write(broker) as line:
        database = broker.rpartition("/")[2]
        clients = line.default_channel.client.client_list()
        return sum(client["cmd"] == "brpop" and client["db"] == database for client in clients)


def worker_group(run: subprocess.Popen[bytes]) -> int | None:
    """The process group of the Celery worker under the supervisor `run`; None while there is none."""
    groups = {os.getpgid(pid) for pid in descendants(run.pid)} - {os.getpgid(run.pid)}
    return min(groups, default=None)
