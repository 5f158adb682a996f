"""The beats, and what every task does around its work."""

import pytest

from portal import celery
from portal.celery import BEATS, SweepTask, app, schedule


def test_every_sweep_stands_in_one_beat() -> None:
    sweeps = [task for entries in BEATS.values() for task in entries]
    assert len(sweeps) == len(set(sweeps))
    assert set(schedule(*BEATS)) == set(sweeps)
    assert set(schedule("world")) == set(BEATS["world"])
    assert BEATS["world"]["integrations.tasks.dispatch_outbox"] == 5


def test_a_tick_that_waited_is_dropped() -> None:
    assert all(entry["options"]["expires"] == entry["schedule"] for entry in schedule(*BEATS).values())


@pytest.mark.parametrize("fails", [False, True])
def test_a_task_leaves_no_dead_connection(monkeypatch, fails: bool) -> None:
    called = []
    monkeypatch.setattr(celery, "close_old_connections", lambda: called.append("close"))

    @app.task(name=f"tests.probe_{fails}")
    def probe() -> None:
        called.append("work")
        if fails:
            raise ValueError

    assert isinstance(probe, SweepTask)
    if fails:
        with pytest.raises(ValueError):  # noqa: PT011
            probe.apply(throw=True)
    else:
        probe.apply(throw=True)
    assert called == ["close", "work", "close"]
