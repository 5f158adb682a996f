"""Where contents lie: MEDIA_ROOT/<2 hex>/<32 hex>, a random name each, readable by the portal's own account only.

Folders are opened one by one and never through a link, so that nothing is written or read outside MEDIA_ROOT.
"""

import os
import re
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from portal import ids
from portal.clock import now

PATH = re.compile(r"([0-9a-f]{2})/([0-9a-f]{32})")
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


def put(content: bytes) -> str:
    """Store `content` and return its path. It is on the disk when this returns. Raises OSError; nothing is left then."""
    token = ids.hex_token()
    folder, name = token[:2], token
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    (root / folder).mkdir(mode=0o700, exist_ok=True)
    with _folder(folder) as place:
        handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=place)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.fsync(place)
        except OSError:
            os.unlink(name, dir_fd=place)
            raise
    return f"{folder}/{name}"


def open_(path: str) -> BinaryIO:
    """The content at `path`, to be closed by the caller. Raises OSError where there is none."""
    folder, name = _parts(path)
    with _folder(folder) as place:
        return os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=place), "rb")


def drop(path: str) -> None:
    """Delete the content at `path`; nothing happens where there is none."""
    folder, name = _parts(path)
    try:
        with _folder(folder) as place:
            os.unlink(name, dir_fd=place)
    except FileNotFoundError:
        pass


def stray(known: Container[str], *, older_than: float) -> Iterator[str]:
    """Paths that nobody knows and that lie there for more than `older_than` seconds: what a power cut left."""
    root = Path(settings.MEDIA_ROOT)
    for file in root.glob("??/*"):
        path = f"{file.parent.name}/{file.name}"
        if (
            PATH.fullmatch(path)
            and path not in known
            and now().timestamp() - file.lstat().st_mtime > older_than
        ):
            yield path


@contextmanager
def _folder(name: str) -> Iterator[int]:
    root = os.open(settings.MEDIA_ROOT, os.O_RDONLY | os.O_DIRECTORY)
    try:
        place = os.open(name, FOLDER, dir_fd=root)
    finally:
        os.close(root)
    try:
        yield place
    finally:
        os.close(place)


def _parts(path: str) -> tuple[str, str]:
    match = PATH.fullmatch(path)
    if match is None:
        raise FileNotFoundError(path)
    return match[1], match[2]
