"""How words are compared: as people type them, in any spelling, with one slip of the finger. PURE."""

import re
import unicodedata
from collections.abc import Iterable

TOKEN = re.compile(r"[^\W_]+")
LONGEST, MOST = 40, 8  # characters of a word, words of a question; the rest is not looked at
SHORTEST_TYPO = 2  # a word of one character is no slip of another


def plain(text: str) -> str:
    """`text` in small letters without accents; "Ä" is "a", "ß" is "ss"."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(one))


def tokens(text: str) -> list[str]:
    """Its words: letters and digits; everything else only parts them."""
    return [one[:LONGEST] for one in TOKEN.findall(plain(text))]


def joined(text: str) -> str:
    """Its words as one: "GLV-NIT-M" is "glvnitm"."""
    return "".join(tokens(text))[:LONGEST]


def indexed(parts: Iterable[str]) -> str:
    """What a row is found by: every word of `parts`, and each part as one word, between spaces."""
    found: dict[str, None] = {}
    for part in parts:
        own = tokens(part)
        found |= dict.fromkeys(own)
        if len(own) > 1:
            found[joined(part)] = None
    return f" {' '.join(found)} " if found else ""


def ends_intact(word: str) -> tuple[str, str]:
    """Its begin and its end: every word that is one slip away has one of the two."""
    middle = len(word) // 2
    return word[:middle], word[middle + 1 :]


def near(one: str, other: str) -> bool:
    """Is it the same but for one character too many, too few or wrong, or two that changed places?"""
    if one == other:
        return True
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, others = one[start:], other[start:]
    if len(rest) == len(others):
        return rest[1:] == others[1:] or (rest[:2] == others[1::-1] and rest[2:] == others[2:])
    return rest[1:] == others if len(rest) > len(others) else others[1:] == rest
