"""The board: how everything stands that somebody may see, as a page, on a wall, and the rows behind each number."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from approvals import glass_reviews
from portal.accounts.place import person, standing
from portal.clock import now
from portal.desk import board_page
from portal.desk.board_page import Asked
from portal.web import asks_by_itself, door, keyset
from requests_app import listing
from requests_app.standing import Standing
from sla import board


@login_required
@require_safe
@door
def show(request: HttpRequest) -> HttpResponse:
    """The board; `?wall=1` for a screen on a wall."""
    return render(request, "sla/board.html", _context(request))


@asks_by_itself
@require_safe
@door
def live(request: HttpRequest) -> HttpResponse:
    """The board as it is now; the page asks for it by itself."""
    return render(request, "sla/_board.html", _context(request))


def _context(request: HttpRequest) -> dict[str, object]:
    asked = board_page.asked(request.GET, standing(request))
    reviews = glass_reviews.oversees(standing(request))
    return {"board": board_page.build(person(request), asked), "asked": asked, "reviews": reviews}


@login_required
@require_safe
@door
def rows(request: HttpRequest) -> HttpResponse:
    """The requests behind one number of the board, what is due first comes first."""
    asked, moment = board_page.asked(request.GET, standing(request)), now()
    scope = board_page.scope_of(person(request), asked)
    groups = board.counted(scope, moment)
    found = listing.dressed(board.board_rows(scope, asked.which, moment, lane=asked.lane))
    by = "created_at" if asked.which == Standing.WAITING else "due_at"
    page = keyset(found, by=by, cursor=request.GET.get("after", ""))
    context = {"page": page, "asked": asked, "title": board_page.title_of(asked, groups)}
    return render(request, "sla/board_rows.html", context | _choices(asked, groups))


def _choices(asked: Asked, groups: list[board.Group]) -> dict[str, object]:
    """The other numbers of the same lane."""
    own = [one for one in groups if asked.lane in ("", one.key)]
    lane = {"lane": asked.lane} if asked.lane else {}
    figures = [
        board_page.Figure(
            board.total(own, which),
            str(board_page.TITLES[which]),
            which,
            asked.link("board-rows", which=which, **lane),
        )
        for which in Standing
    ]
    first = asked.link("board-rows", which=asked.which, **lane)
    return {"figures": figures, "first": first, "back": asked.link("board")}
