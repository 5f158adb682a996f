"""The store's desk: what to pick, for whom, by when; picked, and on its way."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.place import person, standing
from portal.live import marks, since
from portal.web import asks_by_itself, door, is_htmx, page_or_fragment
from requests_app import access
from requests_app.states import LineState
from requests_app.supplies import fulfilment, picking


@login_required
@require_GET
@door
def pick_list(request: HttpRequest) -> HttpResponse:
    """Requests with lines for the person's teams, the soonest due first."""
    return _answer(request)


@asks_by_itself
@require_GET
@door
def pick_news(request: HttpRequest) -> HttpResponse:
    """How many came, went or changed since the pick list was shown; the list asks by itself."""
    found = picking.picks(picking.own_teams(person(request)))
    return render(
        request, "requests_app/_picks_news.html", {"news": since(request.GET.get("shown", ""), _marks(found))}
    )


@login_required
@require_POST
@door
def pick(request: HttpRequest, public_id: str) -> HttpResponse:
    """The ticked lines were picked."""
    wanted = access.get_request(person(request), public_id)
    ids = picking.chosen(wanted, request.POST.getlist("line"), state=LineState.TO_PICK)
    if not ids:
        return _answer(request, problem=f"pick-{public_id}")
    fulfilment.pick(request=wanted, line_ids=ids, by=person(request))
    said = ngettext("%(n)d line of %(number)s is picked.", "%(n)d lines of %(number)s are picked.", len(ids))
    return _done(request, said % {"n": len(ids), "number": wanted.number})


@login_required
@require_POST
@door
def send(request: HttpRequest, public_id: str) -> HttpResponse:
    """The ticked lines left the store for the ward."""
    wanted = access.get_request(person(request), public_id)
    ids = picking.chosen(wanted, request.POST.getlist("line"), state=LineState.PICKED)
    if not ids:
        return _answer(request, problem=f"send-{public_id}")
    fulfilment.send_on_the_way(request=wanted, line_ids=ids, by=person(request))
    said = _("%(number)s is on its way to %(ward)s.")
    return _done(request, said % {"number": wanted.number, "ward": wanted.department.name})


def _done(request: HttpRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return _answer(request) if is_htmx(request) else redirect("requests:pick-list")


def _answer(request: HttpRequest, *, problem: str = "") -> HttpResponse:
    """The list as it stands; `problem` names the form in which nothing was ticked."""
    teams = picking.own_teams(person(request))
    found = picking.picks(teams, limit=picking.SHOWN + 1)
    context = {
        "picks": found[: picking.SHOWN],
        "more": len(found) > picking.SHOWN,
        "shown": marks(_marks(found[: picking.SHOWN])),
        "teams": teams,
        "several": standing(request).several,
        "problem": problem,
    }
    page, fragment = "requests_app/pick_list.html", "requests_app/_picks_answer.html"
    return page_or_fragment(request, page, fragment, context, status=422 if problem else 200)


def _marks(found: list[picking.Pick]) -> dict[str, str]:
    """What makes a request on the list another one: how many lines are to pick and how many are picked."""
    return {pick.request.public_id: f"{len(pick.to_pick)}-{len(pick.picked)}" for pick in found}
