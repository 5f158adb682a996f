"""What a file must be to be taken: its ending, its first bytes and its parser agree, and the parser found nothing that acts.

Few kinds, each with a reason: photos of what is broken (JPEG), screens and drawings (PNG), quotes and letters (PDF) and error
reports (text). Office files carry macros, links and other files, and print to PDF; WebP and HEIC need decoders of their own,
and phones send JPEG when they are asked for it; archives hide what is in them. None of these is taken.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import filetype
from django.utils.translation import gettext as _

from portal.uploads import LARGEST_FILE
from requests_app.attachments import documents, images, names
from requests_app.attachments.refusing import NotTaken

LARGEST_MB = LARGEST_FILE // (1024 * 1024)
HEAD = 8192  # bytes that the magic looks at


@dataclass(frozen=True)
class Taken:
    """A file as it will be stored."""

    name: str
    mime: str
    content: bytes
    width: int | None = None
    height: int | None = None

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def accept(upload: Any) -> Taken:
    """`upload`: Django's UploadedFile. Raises NotTaken with the sentence that its owner reads."""
    if not upload.size:
        raise NotTaken(_("The file is empty."))
    if upload.size > LARGEST_FILE:
        raise NotTaken(_("The file is larger than %(most)s MB.") % {"most": LARGEST_MB})
    name = str(upload.name or "")
    reader = READERS.get(names.extension(name))
    if reader is None:
        raise NotTaken(
            _("Only photos (JPEG, PNG), PDF and plain text can be added. Print other files to PDF.")
        )
    magic, read = reader
    upload.seek(0)
    found = filetype.guess(upload.read(HEAD))
    if (found.mime if found else "") not in magic:
        raise NotTaken(_("The file is not what its name says. Save it again as what it is."))
    upload.seek(0)
    return read(name, upload)


def _picture(name: str, upload: Any) -> Taken:
    picture = images.redraw(upload)
    shown = names.clean(name, ends=picture.ends)
    return Taken(shown, picture.mime, picture.content, picture.width, picture.height)


def _pdf(name: str, upload: Any) -> Taken:
    content = upload.read()
    documents.check_pdf(content)
    return Taken(names.clean(name, ends="pdf"), "application/pdf", content)


def _text(name: str, upload: Any) -> Taken:
    content = documents.check_text(upload.read())
    return Taken(names.clean(name, ends="txt"), "text/plain", content)


PICTURES = ("image/jpeg", "image/png")
# ending -> what the first bytes may say ('' where they say nothing), and who reads it
READERS: Mapping[str, tuple[tuple[str, ...], Callable[[str, Any], Taken]]] = {
    "jpg": (PICTURES, _picture),
    "jpeg": (PICTURES, _picture),
    "png": (PICTURES, _picture),
    "pdf": (("application/pdf",), _pdf),
    "txt": (("",), _text),
    "log": (("",), _text),
}
ACCEPT = ".jpg,.jpeg,.png,.pdf,.txt,.log,image/jpeg,image/png,application/pdf,text/plain"
