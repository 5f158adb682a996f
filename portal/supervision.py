"""Keep some programs running, and stop them all: what `manage.py serve` stands on."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
STEADY = 60.0  # seconds of life after which a program's earlier deaths are forgotten
LONGEST_PAUSE = 30.0  # seconds


@dataclass
class Program:
    """One child with its own process group. `grace`: seconds between asking it to stop and killing its group."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    grace: float = 15.0
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    deaths: int = 0

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command, env={**os.environ, **self.environment}, stdin=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )  # fmt: skip

    def signal(self, number: int) -> None:
        if self.process:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                pass

    def stop(self) -> None:
        """Ask, wait, then kill whatever is left of its group."""
        if not self.process:
            return
        if self.process.poll() is None:
            # The leader alone is asked: it stops its own children in its own order.
            self.process.terminate()
            try:
                self.process.wait(self.grace)
            except subprocess.TimeoutExpired:
                pass
        self.signal(signal.SIGKILL)
        self.process.wait()


class Supervisor:
    """Runs `programs` until SIGINT or SIGTERM. They stop in their order, and start in the opposite one."""

    def __init__(self, programs: list[Program], say: Callable[[str], None]) -> None:
        self.programs = programs
        self.say = say
        self.stopping = False

    def run(self, ready: Callable[[], bool], announce: Callable[[], None]) -> None:
        """Start everything, call `announce` once when `ready()`, restart what dies; return when all have stopped."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked_to_stop)
        announced = False
        try:
            for program in reversed(self.programs):
                program.start()
            while not self.stopping:
                for program in self.programs:
                    self._watch(program)
                if not announced and ready():
                    announced = True
                    announce()
                time.sleep(0.2)
        finally:
            self._stop_all()

    def _asked_to_stop(self, number: int, frame: object) -> None:
        if self.stopping:  # asked twice: no more waiting
            for program in self.programs:
                program.signal(signal.SIGKILL)
        self.stopping = True

    def _watch(self, program: Program) -> None:
        now = time.monotonic()
        if program.process and program.process.poll() is not None:
            code = program.process.returncode
            program.signal(signal.SIGKILL)  # what it left behind would hold its port
            program.process = None
            program.deaths = 1 if now - program.started > STEADY else program.deaths + 1
            pause = min(2.0 ** (program.deaths - 1), LONGEST_PAUSE)
            program.due = now + pause
            self.say(f"{program.name} ended ({_ending(code)}); starting it again in {pause:.0f} s.")
        if program.process is None and now >= program.due:
            program.start()

    def _stop_all(self) -> None:
        self.say("Stopping ...")
        for program in self.programs:
            program.stop()
        self.say("Stopped.")


def _ending(code: int) -> str:
    return f"exit status {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def _die_with_parent() -> None:
    """In the child: a supervisor that is killed outright leaves nobody behind (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
