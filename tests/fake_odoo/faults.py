"""What can go wrong between two machines, switched on for the next calls of a method."""

import threading
from dataclasses import dataclass, field

KINDS = {
    "drop": "close the connection before anything is done",
    "delay": "wait, then do it",
    "late": "do it, then wait before answering",
    "lose_response": "do it, then close the connection without an answer",
    "duplicate": "do it twice, as a proxy that repeats a request",
    "502": "answer 502 without doing anything",
    "busy": "answer what PostgreSQL says when two transactions meet",
    "meet": "wait until `count` calls have begun, so that they run at the same time",
}
LONGEST = 60.0  # no wait lasts longer, so that a forgotten release cannot hang a suite


@dataclass
class Fault:
    """Applies to the next `count` calls of `method` (None: any call). `reached` is set when the first one is in it."""

    kind: str
    count: int = 1
    seconds: float | None = None
    method: str | None = None
    left: int = 0
    reached: threading.Event = field(default_factory=threading.Event)
    _go: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind {self.kind!r}; there are {', '.join(KINDS)}")
        self.left = self.count

    def release(self) -> None:
        """Ends the wait of a delay or a late answer at once."""
        self._go.set()

    def wait(self) -> None:
        self._go.wait(LONGEST if self.seconds is None else self.seconds)


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self._all: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._waiting.append(fault)
            self._all.append(fault)
        return fault

    def take(self, method: str) -> Fault | None:
        """The fault for this call, if one is due; counts it down."""
        with self._lock:
            for fault in self._waiting:
                if fault.method in (None, method):
                    fault.left -= 1
                    if not fault.left:
                        self._waiting.remove(fault)
                        if fault.kind == "meet":
                            fault.release()
                    fault.reached.set()
                    return fault
        return None

    def due(self) -> list[Fault]:
        with self._lock:
            return list(self._waiting)

    def clear(self) -> None:
        """Forgets what is due and lets everybody go who waits."""
        with self._lock:
            for fault in self._all:
                fault.release()
            self._waiting, self._all = [], []
