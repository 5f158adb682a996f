"""Read settings from the environment, strictly: a value that cannot be meant stops the start and says what to write.

django-environ alone reads "maybe" as False and a MySQL address as a database; here both are refused by name.
"""

import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

YES = ("1", "true", "yes", "on")
NO = ("0", "false", "no", "off")
DATABASES = {"django.db.backends.sqlite3": "sqlite", "django.db.backends.postgresql": "postgresql"}


def refuse(name: str, value: str, remedy: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name}={value!r} cannot be used. {remedy}")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    value = text(name).lower()
    if value and value not in YES + NO:
        raise refuse(name, value, "Write 1 or 0.")
    return value in YES if value else default


def number(name: str, default: int, *, low: int, high: int) -> int:
    value = text(name, str(default))
    if not value.isdecimal() or not low <= int(value) <= high:
        raise refuse(name, value, f"Write a whole number from {low} to {high}.")
    return int(value)


def one_of(name: str, default: str, allowed: Iterable[str]) -> str:
    value = text(name, default)
    if value not in allowed:
        raise refuse(name, value, f"Write one of: {', '.join(allowed)}.")
    return value


def words(name: str, default: list[str]) -> list[str]:
    return [word.strip() for word in text(name).split(",") if word.strip()] or default


def address(name: str, default: str = "", *, schemes: tuple[str, ...]) -> str:
    """A URL with one of `schemes` and a host, without a trailing slash; '' where nothing is set."""
    value = text(name, default)
    parts = urlsplit(value)
    if value and (parts.scheme not in schemes or not parts.netloc):
        shown = f"{parts.scheme}:..." if "@" in value else value  # never repeat a password
        starts = " or ".join(f"{scheme}://" for scheme in schemes)
        raise refuse(name, shown, f"Write a whole address that starts with {starts}.")
    return value.rstrip("/")


def socket_address(name: str) -> str:
    """`tcp://host:port` or `unix:/a/path`; '' where nothing is set."""
    value = text(name)
    try:
        parts = urlsplit(value)
        whole = bool(parts.hostname and parts.port) and not (parts.path or parts.query)
    except ValueError:  # a port that is no number
        whole = False
    if value and not (value.startswith("tcp://") and whole) and not re.fullmatch("unix:/.+", value):
        raise refuse(name, value, "Write tcp://host:3310 or unix:/run/clamav/clamd.sock.")
    return value


def shapes(name: str) -> list[str]:
    """Words in which '#' stands for a digit; each has at least four, or it would be found everywhere."""
    found = words(name, [])
    for shape in found:
        if not re.fullmatch(r"[A-Za-z0-9#/.-]{4,20}", shape) or shape.count("#") < 4:
            raise refuse(name, shape, "Write letters, digits and at least four #, such as SB#######.")
    return found


def database(name: str, default: str) -> dict:
    """Django's database settings for SQLite in a file or PostgreSQL; anything else is refused."""
    value = text(name, default)
    scheme = value.partition(":")[0]
    config = environ.Env.db_url_config(value) if scheme in environ.Env.DB_SCHEMES else {}
    known = DATABASES.get(config.get("ENGINE", ""))
    if not known or config.get("NAME") in ("", ":memory:"):
        # The value may hold a password: only its scheme is repeated.
        raise refuse(
            name, f"{scheme}:...", "Write postgresql://user:password@host:5432/name or sqlite:////a/file."
        )
    return config


def email(name: str) -> dict:
    """Django's EMAIL_* settings; the console when nothing is set."""
    value = text(name, "consolemail://")
    if value.partition(":")[0] not in environ.Env.EMAIL_SCHEMES:
        raise refuse(name, value.partition(":")[0] + ":...", "Write smtp+tls://user:password@host:587.")
    return environ.Env.email_url_config(value)


def key_kept_in(folder: Path) -> str:
    """The secret key of this installation, made once; of two processes that start at once, link() lets one win."""
    path = folder / "secret_key"
    if not path.exists():
        mine = folder / f".secret_key.{os.getpid()}"
        mine.touch(mode=0o600)
        mine.write_text(secrets.token_urlsafe(64))
        try:
            os.link(mine, path)
        except FileExistsError:
            pass
        finally:
            mine.unlink()
    return path.read_text().strip()
