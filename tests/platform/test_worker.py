"""A real Celery worker, on Redis and PostgreSQL, takes a tick and does its work."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection

from portal.celery import BEATS, app
from tests.platform.processes import ROOT, descendants, environment, wait_for

pytestmark = [
    pytest.mark.workers,
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(180),
]


@pytest.fixture
def broker() -> str:
    """A Redis database of this test process: the worker of another would do the work in its own PostgreSQL."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return f"{settings.REDIS_URL.rpartition('/')[0]}/{8 + number % 7}"


@contextmanager
def worker(broker: str) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py serve --only worker` on the test's own database; gone afterwards."""
    database = connection.settings_dict
    login = f"{database['USER']}:{database['PASSWORD']}".rstrip(":")
    url = f"postgresql://{login}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"
    run = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--only", "worker"],
        cwd=ROOT,
        env=environment(DATABASE_URL=url, REDIS_URL=broker, VAR_DIR=str(settings.VAR_DIR)),
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
            for pid in descendants(run.pid):
                os.kill(pid, signal.SIGKILL)
            run.kill()
        assert not [pid for pid in everybody if os.path.exists(f"/proc/{pid}")]


def waiting(broker: str) -> int:
    with app.connection_for_write(broker) as line:
        return int(line.default_channel.client.llen("celery"))


def test_a_worker_takes_every_sweep_and_none_fails(broker: str, capfd) -> None:
    sweeps = [task for entries in BEATS.values() for task in entries]
    with app.connection_for_write(broker) as line:
        line.default_channel.client.flushdb()
        for task in sweeps:
            app.send_task(task, connection=line)
    assert waiting(broker) == len(sweeps)
    with worker(broker):
        wait_for(lambda: waiting(broker) == 0, 90)
        said = ""

        def done() -> bool:
            nonlocal said
            said += "".join(capfd.readouterr())
            return all(f"Task {task}[" in said for task in sweeps) and said.count("succeeded in") == len(
                sweeps
            )

        wait_for(done, 60)
    assert "raised unexpected" not in said
