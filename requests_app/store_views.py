"""The store's desk: what to pick, for whom, by when; picked, and on its way."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from portal.accounts import scopes
from portal.accounts.place import person
from portal.errors import NotAllowed
from portal.web import door, is_htmx, page_or_fragment
from requests_app import access, fulfilment, picking
from requests_app.states import LineState


@login_required
@require_GET
@door
def pick_list(request: HttpRequest) -> HttpResponse:
    """Requests with lines for the person's teams, the soonest due first."""
    return _answer(request)


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
    teams = list(scopes.teams_with(person(request), "fulfil_here"))
    if not teams:
        raise NotAllowed(_("The pick list belongs to the store. Your work does not include it."))
    found = picking.picks(teams, limit=picking.SHOWN + 1)
    context = {
        "picks": found[: picking.SHOWN],
        "more": len(found) > picking.SHOWN,
        "teams": teams,
        "problem": problem,
    }
    page, fragment = "requests_app/pick_list.html", "requests_app/_picks_answer.html"
    return page_or_fragment(request, page, fragment, context, status=422 if problem else 200)
