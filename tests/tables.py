"""The tables of the test database, kept between runs: applying every migration takes longer than most tests together.

SQLite only. What is kept is named after the content of the migrations and of the lock, so that it is never an old one.
"""

import hashlib
import shutil
import sqlite3
from pathlib import Path

from django.conf import settings

OWN = ("portal", "requests_app", "approvals", "sla", "integrations")


def kept() -> Path:
    """Where the empty tables of these migrations are, or would be, kept."""
    root = Path(settings.BASE_DIR)
    files = sorted(path for app in OWN for path in (root / app).glob("**/migrations/*.py"))
    content = hashlib.sha256()
    for path in (root / "requirements.txt", *files):
        content.update(path.read_bytes())
    return Path(settings.VAR_DIR) / f"test-tables-{content.hexdigest()[:16]}.sqlite3"


def put_back(name: str) -> bool:
    """Let the test database `name` (a file) hold these tables and no rows; False where nothing is kept."""
    if not kept().exists():
        return False
    for left in (f"{name}-wal", f"{name}-shm"):
        Path(left).unlink(missing_ok=True)
    shutil.copyfile(kept(), name)
    return True


def keep(connection: sqlite3.Connection) -> None:
    """Keep these tables, in the place of those of other migrations; a second process does the same at no harm."""
    there = kept()
    there.parent.mkdir(parents=True, exist_ok=True)
    for old in there.parent.glob("test-tables-*"):
        old.unlink(missing_ok=True)
    fresh = there.with_suffix(f".{id(connection)}")
    with sqlite3.connect(fresh) as copy:
        connection.backup(copy)
    copy.close()
    fresh.rename(there)
