"""The only source of time. Everything that asks what time it is asks `now()`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_moment: ContextVar[datetime | None] = ContextVar("portal_clock_moment", default=None)


def now() -> datetime:
    """Return the present moment as an aware UTC datetime, or the one set by `at()`."""
    return _moment.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let `now()` answer `moment` (aware) inside the block, in this thread or task only."""
    if moment.tzinfo is None:
        raise ValueError("clock.at() needs an aware datetime")
    token = _moment.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _moment.reset(token)
