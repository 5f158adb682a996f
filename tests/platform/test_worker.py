"""A real Celery worker, on Redis and PostgreSQL, takes a tick and does its work."""

import pytest

from portal.celery import BEATS, app
from tests.platform.processes import wait_for
from tests.servers import broker_of_this_run, worker

pytestmark = [
    pytest.mark.workers,
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(180),
]


def waiting(broker: str) -> int:
    with app.connection_for_write(broker) as line:
        return int(line.default_channel.client.llen("celery"))


def test_a_worker_takes_every_sweep_and_none_fails(capfd) -> None:
    broker = broker_of_this_run()
    sweeps = [task for entries in BEATS.values() for task in entries]
    with app.connection_for_write(broker) as line:
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
