"""The server's clock: real time, unless somebody set it."""

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """Naive UTC, as Odoo keeps it. Once set it stands still until it is advanced or reset."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fixed: datetime | None = None

    def now(self) -> datetime:
        with self._lock:
            return self._fixed or datetime.now(UTC).replace(tzinfo=None)

    def set(self, moment: datetime) -> None:
        """Stops the clock at the moment (aware, or naive UTC)."""
        if moment.tzinfo:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        with self._lock:
            self._fixed = moment

    def advance(self, seconds: float) -> None:
        """Stops the clock `seconds` after what it says now."""
        self.set(self.now() + timedelta(seconds=seconds))

    def reset(self) -> None:
        with self._lock:
            self._fixed = None
