"""Labels: what stands on them, and the square that a telephone reads."""

from collections.abc import Iterable
from dataclasses import dataclass

import segno
from django.utils.safestring import SafeString, mark_safe

from portal.accounts.models import Location
from requests_app.models import Equipment

A_SHEET = 24  # labels of one A4 page, 3 by 8


@dataclass(frozen=True)
class Label:
    """`code`: what somebody types who cannot scan."""

    square: SafeString
    code: str
    name: str
    where: str
    phone: str


def square(address: str) -> SafeString:
    """A QR code of `address` as inline SVG: only a path, no style, readable with a sixth of it scratched."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=2)
    return mark_safe(drawn)  # noqa: S308 (segno draws it; the address is in its modules, not in its text)


def of_piece(piece: Equipment, address: str) -> Label:
    return Label(square(address), piece.tag, piece.name, str(piece.location or ""), piece.hospital.phone)


def of_room(room: Location, address: str) -> Label:
    return Label(square(address), room.code, room.name, str(room.hospital), room.hospital.phone)


def sheets(labels: Iterable[Label]) -> list[list[Label]]:
    """By pages of A4."""
    rows = list(labels)
    return [rows[start : start + A_SHEET] for start in range(0, len(rows), A_SHEET)]
