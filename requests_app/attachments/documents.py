"""PDF and plain text: read as far as it takes to refuse what could act by itself. PURE: bytes in, sentences out.

A PDF is never changed: it is taken as it is or not at all. The look is conservative and reads no structure: it searches the
whole file, and what it unpacks from object streams, for the names that make a reader do something. A name may be written with
hexadecimal escapes (/J#61vaScript), so those are put back first. An action when the file is opened is common and harmless as
long as it turns to a page; every other action is refused wherever it stands, so that what it points at need not be followed.
"""

import re
import zlib

from django.utils.translation import gettext as _

from requests_app.attachments.refusing import NotTaken

ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|GoToR|Rendition|Movie|Sound|3D"
    rb"|(?:JS|AA)(?=[\x00\t\n\f\r ]*[(<\[0-9])|OpenAction\s*<<[^>]{0,300}/URI)(?![A-Za-z0-9])"
)
LOCKED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
NAME = re.compile(rb"/[^\x00\t\n\f\r ()<>\[\]{}/%#]{0,40}#[^\x00\t\n\f\r ()<>\[\]{}/%]{1,120}")
OBJECT_STREAM = re.compile(rb"/ObjStm(?![A-Za-z0-9])")
STREAM = re.compile(rb"(?<!end)stream\r?\n")
PLAIN_FLATE = re.compile(rb"/Filter\s*(?:/FlateDecode\s*(?=[/>])|\[\s*/FlateDecode\s*\])")
ZIP_END = b"PK\x05\x06"
BEFORE = 2_000  # bytes in which the dictionary of a stream stands
MOST_UNPACKED = 32 * 1024 * 1024  # bytes, of all object streams together
MOST_OF_ONE = 8 * 1024 * 1024
# More of them are no document, and would take long to go through.
MOST_NAMES, MOST_ESCAPED, MOST_STREAMS = 1_000_000, 50_000, 20_000

LONGEST_TEXT = 1024 * 1024  # bytes
MARKUP = re.compile(
    r"<\s*(?:!doctype|html|head|body|script|svg|iframe|\?xml|\?php|object|embed|img|a\s)", re.IGNORECASE
)


def check_pdf(content: bytes) -> None:
    """Raises NotTaken for what is no PDF, is locked, or could do more than be read."""
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise NotTaken(_("The file is not a whole PDF. Save it as a PDF again."))
    if ZIP_END in content[-70_000:]:
        raise NotTaken(_("The file is two files in one. Save it as a PDF again."))
    if content.count(b"/") > MOST_NAMES:
        raise unusual()
    plain = _unescaped(content)
    _check_names(plain)
    if OBJECT_STREAM.search(plain):
        _check_packed(content)


def check_text(content: bytes) -> bytes:
    """The text as UTF-8 with plain line ends. Raises NotTaken for what is no plain text."""
    if len(content) > LONGEST_TEXT:
        raise NotTaken(_("The text is longer than 1 MB. Keep the part that matters."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    strange = sum(not (sign.isprintable() or sign in "\t\n\r\ufffd") for sign in text)
    if "\x00" in text or text.count("\ufffd") or strange > len(text) // 100:
        raise NotTaken(_("The file is not plain text. Save it as plain text or PDF."))
    if MARKUP.search(text[:20_000]) or text.lstrip().startswith(("%PDF", "{\\rtf", "MZ", "#!", "PK\x03\x04")):
        raise NotTaken(_("The file holds more than plain text. Save it as a PDF."))
    return text.replace("\r\n", "\n").replace("\r", "\n").encode()


def _check_names(content: bytes) -> None:
    """`content` with its escapes put back."""
    if LOCKED.search(content):
        raise NotTaken(_("The PDF is locked, so nobody can check it. Save it without a password."))
    if ACTIVE.search(content):
        raise NotTaken(
            _("The PDF can do more than be read (scripts or files in it). Print it to a PDF again.")
        )


def _unescaped(content: bytes) -> bytes:
    """Names with their escapes put back, once: a reader does it once as well. Raises NotTaken where nearly all have some."""
    parts, at = [], 0
    for number, name in enumerate(NAME.finditer(content)):
        if number > MOST_ESCAPED:
            raise unusual()
        parts += [content[at : name.start()], ESCAPED.sub(lambda sign: bytes([int(sign[1], 16)]), name[0])]
        at = name.end()
    return b"".join([*parts, content[at:]]) if parts else content


def unusual() -> NotTaken:
    return NotTaken(_("The PDF is packed in an unusual way. Print it to a PDF again."))


def _check_packed(content: bytes) -> None:
    """Objects may be packed, and names with them: every object stream is unpacked and looked at."""
    room = MOST_UNPACKED
    for number, begin in enumerate(STREAM.finditer(content)):
        if number > MOST_STREAMS:
            raise unusual()
        words = content[max(0, begin.start() - BEFORE) : begin.start()].rpartition(b" obj")[2]
        words = _unescaped(words)
        if not OBJECT_STREAM.search(words):
            continue
        unpacked = _unpacked(content, begin.end(), words)
        room -= len(unpacked)
        if room < 0:
            raise unusual()
        _check_names(_unescaped(unpacked))


def _unpacked(content: bytes, start: int, words: bytes) -> bytes:
    """What is in the object stream that begins at `start`. One that is packed in another way is not taken."""
    end = content.find(b"endstream", start)
    packed = content[start : end if end >= 0 else len(content)]
    if b"/Filter" not in words and b"/F " not in words:
        return packed
    if not PLAIN_FLATE.search(words + b">") or b"/Predictor" in words:
        raise unusual()
    try:
        reader = zlib.decompressobj()
        unpacked = reader.decompress(packed, MOST_OF_ONE)
    except zlib.error:
        raise unusual() from None
    if reader.unconsumed_tail or not reader.eof:
        raise unusual()
    return unpacked
