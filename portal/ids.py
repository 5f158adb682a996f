"""The only source of ids that nobody can guess. Everything that names a row at random asks here.

Not for session keys, passwords or the API tokens of people: those never repeat, whoever asks.
"""

import base64
import random
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_repeatable: ContextVar[random.Random | None] = ContextVar("portal_ids_repeatable", default=None)


def token() -> str:
    """Return 128 random bits for an address or an outside name: 22 characters, letters, digits, '-' and '_'."""
    return base64.urlsafe_b64encode(_bits()).rstrip(b"=").decode()


def hex_token() -> str:
    """Return 128 random bits as 32 hexadecimal digits."""
    return _bits().hex()


def key() -> uuid.UUID:
    """Return a random UUID (version 4): the key under which a form or a program sends a thing once."""
    return uuid.UUID(bytes=_bits(), version=4)


def fraction() -> float:
    """Return a number in [0, 1), to spread waits by chance; not for anything secret."""
    source = _repeatable.get()
    return random.random() if source is None else source.random()  # noqa: S311 (no secret)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let every id repeat with `seed` inside the block, in this thread or task only.

    For the demonstration and for tests, whose rows must come out the same twice. Whoever knows the seed can guess
    the ids, so nothing that serves people may call it.
    """
    state = _repeatable.set(random.Random(seed))  # noqa: S311 (repeatable is what it is for)
    try:
        yield
    finally:
        _repeatable.reset(state)


def _bits() -> bytes:
    source = _repeatable.get()
    return secrets.token_bytes(16) if source is None else source.randbytes(16)
