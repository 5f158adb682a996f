"""What a file is called: cleaned for people and for every system that it may be saved on. PURE: text in, text out."""

import unicodedata

LONGEST = 100  # characters, with the extension
LONGEST_BYTES = 180  # as UTF-8: file systems count bytes
FORBIDDEN = frozenset('<>:"/\\|?*%;`$')
RESERVED = frozenset(
    ["con", "prn", "aux", "nul"]
    + [f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"]
)


def extension(name: str) -> str:
    """What stands behind the last dot, in small letters; '' without one."""
    stem, dot, last = _base(name).rpartition(".")
    return last.strip().lower() if dot and stem else ""


def clean(name: str, *, ends: str) -> str:
    """The name without path, control and direction signs, ending in `.ends`: what the content is, whatever it was called."""
    base = unicodedata.normalize("NFC", _base(name))
    stem = base.rpartition(".")[0] or base
    kept = "".join(sign for sign in stem if _is_shown(sign)).replace(".", " ")
    stem = " ".join(kept.split()).strip(" .-") or "file"
    if stem.lower() in RESERVED:
        stem = f"{stem} file"
    room = LONGEST - len(ends) - 1
    stem = stem[:room].encode()[: LONGEST_BYTES - len(ends) - 1].decode(errors="ignore").strip()
    return f"{stem}.{ends}"


def _base(name: str) -> str:
    """Without the folders that any system may have put before it."""
    visible = "".join(sign for sign in name if unicodedata.category(sign)[0] != "C")
    return visible.replace("\\", "/").rpartition("/")[2]


def _is_shown(sign: str) -> bool:
    """Letters, digits, marks, plain spaces and most punctuation; nothing that steers how the rest is shown."""
    return (
        unicodedata.category(sign)[0] not in "C"
        and sign not in FORBIDDEN
        and (sign == " " or not sign.isspace())
    )
