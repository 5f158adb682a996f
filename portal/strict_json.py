"""Reads the bodies of the API: JSON that the database can keep, or a refusal that says why not."""

import codecs
import json
from math import isfinite
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.parsers import BaseParser

LARGEST = 256 * 1024  # bytes of one body
DEEPEST = 12  # lists and objects inside one another


class Unreadable(APIException):
    """A body or an address that cannot be read: 400 with a sentence."""

    status_code = 400
    default_code = "malformed"


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"


class StrictJSONParser(BaseParser):
    """JSON in UTF-8 that the database can keep: no NUL, no half characters, no NaN, no key twice, nothing endless."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise TooLarge(_("A body may have %(size)s KiB.") % {"size": LARGEST // 1024})
        try:
            text = codecs.decode(raw, "utf-8")
            body = json.loads(
                text,
                parse_int=_whole,
                parse_float=_finite,
                parse_constant=_no_such_number,
                object_pairs_hook=_once,
            )
        except RecursionError:
            raise Unreadable(_("The body has too many lists inside one another.")) from None
        except ValueError as wrong:
            raise Unreadable(_("The body is not JSON: %(why)s.") % {"why": wrong}) from None
        _check(body)
        return body


def _no_such_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:  # Python's own limit of digits
        raise _too_large() from None


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise _too_large()
    return number


def _too_large() -> Unreadable:
    return Unreadable(_("The body has a number that is too large."))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names differ: of two values under one name nobody can say which was meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _check(value: Any, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise Unreadable(_("The body has too many lists inside one another."))
    if isinstance(value, str) and ("\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value)):
        raise Unreadable(_("The body has a character that no text has."))
    inside = (
        [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    )
    for one in inside:
        _check(one, depth + 1)
