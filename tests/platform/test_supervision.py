"""Programs are started, restarted and stopped in order, and nobody is left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# A program that notes its start and its end, and has a child of its own that ignores being asked to stop.
CHILD = """
import os, signal, subprocess, sys, time
name, notes = sys.argv[1], sys.argv[2]
def note(what):
    with open(notes, "a") as f: f.write(f"{name} {what}\\n")
def stop(*_): note("stopped"); sys.exit(0)
signal.signal(signal.SIGTERM, stop)
DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
deaf = subprocess.Popen([sys.executable, "-c", DEAF])
note(f"started {os.getpid()} {deaf.pid}")
while True: time.sleep(0.05)
"""
PARENT = """
import sys
from portal.supervision import Program, Supervisor
notes, child = sys.argv[1:]
programs = [Program(n, [sys.executable, "-c", child, n, notes], {}, grace=5) for n in ("first", "second")]
Supervisor(programs, lambda line: print(line, flush=True)).run(lambda: True, lambda: print("ready", flush=True))
"""


@pytest.fixture
def supervisor(tmp_path):
    notes = tmp_path / "notes"
    notes.touch()
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(notes), CHILD], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    parent.notes = notes  # type: ignore[attr-defined]
    wait_for(lambda: notes.read_text().count("started") == 2)
    yield parent
    for pid in everybody(notes):
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
    parent.kill()
    parent.wait()


def everybody(notes: Path, name: str = "") -> list[int]:
    """Leader, child, leader, child ... of the programs of that name, or of all."""
    lines = [line for line in notes.read_text().splitlines() if f"{name} started" in f" {line}"]
    return [int(pid) for line in lines for pid in line.split()[2:]]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition, seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_everybody_stops_in_order(supervisor, asked: int) -> None:
    supervisor.send_signal(asked)
    said, _ = supervisor.communicate(timeout=15)
    assert supervisor.returncode == 0
    assert said.splitlines()[-2:] == ["Stopping ...", "Stopped."]
    ends = [line for line in supervisor.notes.read_text().splitlines() if "stopped" in line]
    assert ends == ["first stopped", "second stopped"]
    wait_for(lambda: not any(map(alive, everybody(supervisor.notes))))


def test_a_dead_program_is_started_again_and_it_is_said(supervisor) -> None:
    (first, its_child) = everybody(supervisor.notes, "first")
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: supervisor.notes.read_text().count("first started") == 2)
    assert not alive(its_child), "what a dead program leaves behind would hold its port"
    supervisor.send_signal(signal.SIGTERM)
    said, _ = supervisor.communicate(timeout=15)
    assert "first ended (killed by SIGKILL); starting it again in 1 s." in said


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_killed_supervisor_leaves_nobody(supervisor) -> None:
    leaders = everybody(supervisor.notes)[::2]
    supervisor.kill()
    wait_for(lambda: not any(map(alive, leaders)))
