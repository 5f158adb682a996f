"""One supplier under several names: same spelling but for its legal form, same number, same partner in Odoo. PURE."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# Words that a name may have or lack without being another supplier.
FORMS = frozenset(
    (
        "ag and bv co company corp corporation gmbh group holding holdings inc incorporated international kg limited "
        "llc llp ltd nv plc sa sarl se spa srl the uk und vat"
    ).split()
)
NUMBER = re.compile(r"\d[\d ./-]{6,}\d")  # as tax numbers are written
DIGITS = 8


@dataclass(frozen=True)
class Named:
    id: int
    name: str
    partner: int | None = None  # in Odoo


def spelling(name: str) -> str:
    """The words of a name without accents, marks, legal forms, numbers and plural endings, in their order."""
    plain = unicodedata.normalize("NFKD", NUMBER.sub(" ", name).replace("ß", "ss"))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode().lower().replace(".", ""))
    kept = [word for word in words if word not in FORMS] or words
    return " ".join(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in kept)


def number(name: str) -> str:
    """The digits of a tax number inside a name; '' without one."""
    found = NUMBER.search(name)
    digits = re.sub(r"\D", "", found.group()) if found else ""
    return digits if len(digits) >= DIGITS else ""


def same(named: Iterable[Named]) -> dict[int, int]:
    """The key of each supplier -> the lowest key of those that are the same one."""
    first: dict[tuple[str, str], int] = {}
    of: dict[int, int] = {}
    for one in sorted(named, key=lambda one: one.id):
        marks = [("name", spelling(one.name)), ("number", number(one.name))]
        marks.append(("partner", str(one.partner or "")))
        known = sorted({of[first[mark]] for mark in marks if mark[1] and mark in first})
        of[one.id] = known[0] if known else one.id
        for other, root in of.items():
            if root in known[1:]:
                of[other] = known[0]
        for mark in marks:
            first.setdefault(mark, one.id)
    return of
