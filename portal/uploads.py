"""How a file comes in: streamed to a file without a name, never more of it than a file may have.

A temporary file has no name from its first byte on, so a process that is killed leaves nothing behind.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

MB = 1024 * 1024
LARGEST_FILE = 10 * MB
LARGEST_POST = 110 * MB  # ten files and the form around them
LARGEST_OF_A_VISITOR = 64 * 1024
IN_MEMORY = 512 * 1024


class Bounded(FileUploadHandler):
    """Keeps at most one byte more than LARGEST_FILE of each file: whoever takes it in sees that it is too large.

    A post larger than all files together, or a file of somebody who is not signed in, is refused before it is read (400).
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        user = getattr(self.request, "user", None)
        known = user is not None and user.is_authenticated
        if content_length > (LARGEST_POST if known else LARGEST_OF_A_VISITOR):
            raise RequestDataTooBig("The files are too large to be sent at once.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        # It is closed with the request, by Django.
        self.kept = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=str(folder()))  # noqa: SIM115
        self.size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        room = LARGEST_FILE + 1 - self.size
        part = raw_data[:room]
        self.kept.write(part)
        self.size += len(part)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.kept.seek(0)
        return UploadedFile(
            file=self.kept,
            name=self.file_name,
            content_type=self.content_type,
            size=self.size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        if hasattr(self, "kept"):
            self.kept.close()


def folder() -> Path:
    """Where a large file waits: beside what is kept, on the same disk."""
    place = Path(settings.VAR_DIR) / "tmp"
    os.makedirs(place, mode=0o700, exist_ok=True)
    return place
