"""JSON that remembers the line of each value, so that a refusal can name it. PURE."""

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from django.utils.translation import gettext as _

SPACE = re.compile(r"[ \t\r\n]*")
UNKEPT = re.compile("[\\0\ud800-\udfff]")  # no database keeps these
DEEPEST = 12


class Unreadable(ValueError):
    """Not JSON, or JSON that says something twice: `line` and a sentence."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


@dataclass(frozen=True)
class Located:
    """`value`: a plain value, a list of Located, or a dict of Located."""

    value: Any
    line: int

    def plain(self) -> Any:
        if isinstance(self.value, dict):
            return {key: one.plain() for key, one in self.value.items()}
        return [one.plain() for one in self.value] if isinstance(self.value, list) else self.value

    def at(self, *path: str | int) -> int:
        """The line of what `path` leads to, or of the last part of the way that there is."""
        found = self
        for key in path:
            inside = found.value
            there = isinstance(inside, dict) and key in inside
            there = there or (isinstance(inside, list) and isinstance(key, int) and key < len(inside))
            if not there:
                break
            found = inside[key]
        return found.line


def read(text: str) -> Located:
    """Raises Unreadable."""
    found, end = _Reader(text).value(_skip(text, 0), 0)
    if _skip(text, end) != len(text):
        raise Unreadable(_line(text, end), _("Something stands behind the end."))
    return found


def _refuse(_name: str) -> NoReturn:
    raise ValueError


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.decoder = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse)

    def value(self, at: int, depth: int) -> tuple[Located, int]:
        opening = self.text[at : at + 1]
        if depth > DEEPEST:
            raise self.wrong(at, _("Too many lists inside one another."))
        if opening == "{":
            return self.members(at, depth)
        if opening == "[":
            return self.entries(at, depth)
        try:
            value, end = self.decoder.raw_decode(self.text, at)
        except ValueError:
            raise self.wrong(
                at, _("This cannot be read: a text, a whole number, true or false stands here.")
            ) from None
        if isinstance(value, str) and UNKEPT.search(value):
            raise self.wrong(at, _("This text has characters that cannot be kept."))
        return Located(value, _line(self.text, at)), end

    def members(self, at: int, depth: int) -> tuple[Located, int]:
        found: dict[str, Located] = {}
        end = _skip(self.text, at + 1)
        while self.text[end : end + 1] != "}":
            if found:
                end = self.past(",", end)
            key, after = self.value(end, depth + 1)
            if not isinstance(key.value, str):
                raise self.wrong(end, _("A name in quotation marks stands here."))
            if key.value in found:
                raise self.wrong(end, _("“%(name)s” is said twice.") % {"name": key.value})
            found[key.value], end = self.value(self.past(":", _skip(self.text, after)), depth + 1)
            end = _skip(self.text, end)
        return Located(found, _line(self.text, at)), end + 1

    def entries(self, at: int, depth: int) -> tuple[Located, int]:
        found: list[Located] = []
        end = _skip(self.text, at + 1)
        while self.text[end : end + 1] != "]":
            if found:
                end = self.past(",", end)
            one, end = self.value(end, depth + 1)
            found.append(one)
            end = _skip(self.text, end)
        return Located(found, _line(self.text, at)), end + 1

    def past(self, mark: str, at: int) -> int:
        if self.text[at : at + 1] != mark:
            raise self.wrong(at, _("“%(mark)s” is missing here.") % {"mark": mark})
        return _skip(self.text, at + 1)

    def wrong(self, at: int, message: str) -> Unreadable:
        return Unreadable(_line(self.text, at), message)


def _skip(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
