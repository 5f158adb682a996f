"""Where an act came from.

Kept for the length of a request, a task or a command, and written on its events.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    source: str = "system"
    address: str = ""
    correlation: str = ""


_origin: ContextVar[Origin | None] = ContextVar("portal_audit_origin", default=None)


def current() -> Origin:
    """The origin of what runs now; source 'system' outside of `acting_from`."""
    return _origin.get() or Origin()


@contextmanager
def acting_from(source: str, *, address: str = "", correlation: str = "") -> Iterator[None]:
    """Let events recorded inside the block carry this origin, in this thread or task only."""
    token = _origin.set(Origin(source[:20], address[:45], correlation[:64]))
    try:
        yield
    finally:
        _origin.reset(token)
