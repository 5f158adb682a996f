"""What a scanner read: the number of a request, the address on its job sheet, or the label of a piece of equipment."""

import re
from typing import TYPE_CHECKING

from requests_app import questions

if TYPE_CHECKING:
    from requests_app.models import Move, ServiceRequest


def is_it(scanned: str, request: "ServiceRequest", move: "Move") -> bool:
    """Does what was scanned name this request, or the piece of equipment that it moves?"""
    read = scanned.strip().casefold()
    names = {(request.number or "").casefold(), request.public_id.casefold()}
    if move.what == "equipment":
        names.add(questions.text(request.answers, "tag").strip().casefold())
    parts = {read, *re.split(r"[/?#&=]", read)}
    return bool(parts & (names - {""}))
