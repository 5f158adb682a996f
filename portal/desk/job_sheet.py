"""One request on one sheet of paper: what is to be done, where, and the square that leads back to it."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from requests_app.equipment.labels import square
from requests_app.kinds import kind_of
from requests_app.models import RequestItem, ServiceRequest

MOST_LINES = 20  # what fits on the page beside the rest
LONGEST = 220  # characters of an answer


@dataclass(frozen=True)
class Sheet:
    """`more`: how many lines stand only in the portal."""

    square: SafeString
    said: list[tuple[str, str]]
    lines: list[RequestItem]
    more: int


def build(request: ServiceRequest, address: str) -> Sheet:
    """Gather the sheet; `address` is where the square leads. At most two queries."""
    lines = list(request.lines.select_related("team")) if request.is_supply else []
    said = [] if request.is_supply else kind_of(request).said(request)
    return Sheet(
        square=square(address),
        said=[(question, _short(answer)) for question, answer in said[:MOST_LINES]],
        lines=lines[:MOST_LINES],
        more=max(len(lines) - MOST_LINES, 0),
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()} …"
