"""Start the portal's own commands beside the test, each with data of its own."""

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The child must not think that it is a test, nor see what the shell or the suite is set up for.
HIDDEN = ("PYTEST_", "PORTAL_", "ODOO_", "DATABASE_", "REDIS_", "EMAIL_", "STATIC_MANIFEST")


def environment(**variables: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(HIDDEN)} | variables


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )


def free_port() -> int:
    """A port that is free together with the one 69 above, which the stand-in takes.

    Below the range that outgoing connections draw theirs from, so that neither is lost again before it is taken.
    """
    while True:
        port = random.randrange(12_000, 32_000)
        try:
            with socket.socket() as web, socket.socket() as odoo:
                web.bind(("127.0.0.1", port))
                odoo.bind(("127.0.0.1", port + 69))
                return port
        except OSError:
            continue


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def descendants(pid: int) -> list[int]:
    """Everybody alive whose ancestor is `pid`, itself aside (Linux)."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                state, parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:2]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if state != "Z":
                parents[int(entry.name)] = int(parent)
    found = [pid]
    for ancestor in found:
        found += [child for child, parent in parents.items() if parent == ancestor]
    return found[1:]


def wait_for(condition: Callable[[], object], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)
