"""What a sent request is found by. Never what its notes, answers, comments say, nor who is moved: only what lists show."""

from typing import TYPE_CHECKING

from requests_app.finding import words
from requests_app.states import Kind

if TYPE_CHECKING:
    from requests_app.models import ServiceRequest

MOST_LINES = 60


def text_of(request: "ServiceRequest") -> str:
    """Title, type, place, who needs it, items and equipment of `request`; no query for what is loaded.

    Its number is not among them: it has an index of its own.
    """
    parts = [
        request.title,
        request.category.name,
        request.department.name,
        request.department.code,
        request.requester.get_full_name(),
    ]
    for line in request.all_lines[:MOST_LINES] if request.is_supply else []:
        parts += [line.name, line.code]
    piece = request.repair.equipment if request.category.kind == Kind.REPAIR else None
    if piece is not None:
        parts += [piece.tag, piece.name]
    return words.indexed(parts)
