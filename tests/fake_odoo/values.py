"""Values on their way in (what a field accepts, how it refuses) and out (how a client reads them)."""

import re
from datetime import date, datetime

from tests.fake_odoo import errors
from tests.fake_odoo.schema import Field

DATETIME = "%Y-%m-%d %H:%M:%S"
DATE = "%Y-%m-%d"
SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.I | re.S)


def parse_datetime(text: str) -> datetime:
    """Naive UTC; the format is cut to the length of the text, which is where Odoo's odd messages come from."""
    return datetime.strptime(text, DATETIME[: len(text) - 2])  # noqa: DTZ007


def clean_html(text: str) -> str:
    text = SCRIPT.sub("", text)
    return text if text.startswith("<p>") else f"<p>{text}</p>"


def accept(model: str, field: Field, value: object) -> object:
    """The value as it is stored. Raises the error that Odoo raises."""
    if value is None or value is False:
        return field.empty()
    match field.kind:
        case "float" | "monetary":
            return float(value)  # type: ignore[arg-type]
        case "integer":
            return int(value)  # type: ignore[call-overload]
        case "boolean":
            return bool(value)
        case "datetime":
            return parse_datetime(str(value)).strftime(DATETIME) if value else False
        case "date":
            return date.fromisoformat(str(value)[:10]).strftime(DATE) if value else False
        case "selection":
            if value not in field.selection:
                raise ValueError(f"Wrong value for {model}.{field.name}: {value!r}")
            return value
        case "many2one":
            if isinstance(value, str) and not value.isdigit():
                raise errors.NotAnInteger(value)
            return int(value) or False  # type: ignore[call-overload]
        case "char" | "text" | "html":
            text = str(value)
            if "\0" in text:
                raise ValueError("A string literal cannot contain NUL (0x00) characters.")
            return (clean_html(text) if field.kind == "html" else text) or False
    return value


def many2many(old: list[int], commands: list) -> list[int]:
    """Applies (6, 0, ids), (4, id), (3, id), (5,) or a plain list of ids."""
    ids = list(old)
    for command in commands:
        match command:
            case [6, _, new]:
                ids = list(new)
            case [4, id_, *_]:
                ids.append(id_)
            case [3, id_, *_]:
                ids.remove(id_)
            case [5, *_]:
                ids = []
            case int():
                ids.append(command)
    return ids
