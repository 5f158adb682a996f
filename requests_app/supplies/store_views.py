"""The store's desk: what to pick, for whom, by when; picked in full or in part, on its way, or given up."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.place import person, standing
from portal.live import marks, since
from portal.web import asks_by_itself, door, is_htmx, page_or_fragment
from requests_app import access
from requests_app.supplies import fulfilment, picking
from requests_app.supplies.pick_form import PickForm, StrikeForm


@login_required
@require_GET
@door
def pick_list(request: HttpRequest) -> HttpResponse:
    """Requests with lines for the person's teams, the soonest due first; what was scanned stands on top."""
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
    """The ticked lines were picked, as many as the numbers say."""
    wanted = access.get_request(person(request), public_id)
    form = PickForm(request.POST, lines=picking.in_store(wanted), request=wanted)
    if not form.is_valid() or form.nothing or not form.pick(wanted, by=person(request)):
        return _answer(request, problem=f"pick-{public_id}", form=form)
    count = len(form.chosen)
    said = ngettext("%(n)d line of %(number)s is picked.", "%(n)d lines of %(number)s are picked.", count)
    return _done(request, said % {"n": count, "number": wanted.number})


@login_required
@require_POST
@door
def send(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was picked of the ticked lines left the store for the ward."""
    wanted = access.get_request(person(request), public_id)
    ids = picking.ready(wanted, request.POST.getlist("line"))
    if not ids:
        return _answer(request, problem=f"send-{public_id}")
    fulfilment.send_on_the_way(request=wanted, line_ids=ids, by=person(request))
    said = _("%(number)s is on its way to %(ward)s.")
    return _done(request, said % {"number": wanted.number, "ward": wanted.department.name})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def strike(request: HttpRequest, public_id: str) -> HttpResponse:
    """The lead gives up the rest of a line: one question, why."""
    line = picking.line_in_store(person(request), public_id)
    form = StrikeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        fulfilment.strike(request=line.request, line_id=line.pk, reason=reason, by=person(request))
        messages.success(request, _("It is off the list. The ward was told why."))
        return redirect("requests:pick-list")
    context = {"line": line, "case": line.request, "form": form}
    return render(request, "requests_app/pick_strike.html", context, status=422 if form.is_bound else 200)


def _done(request: HttpRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return _answer(request) if is_htmx(request) else redirect("requests:pick-list")


def _answer(request: HttpRequest, *, problem: str = "", form: PickForm | None = None) -> HttpResponse:
    """The list as it stands; `problem` names the form that was not taken, `form` is what was typed into it."""
    teams = picking.own_teams(person(request))
    found = picking.picks(teams, limit=picking.SHOWN + 1)
    more, found = len(found) > picking.SHOWN, found[: picking.SHOWN]
    context = {
        "more": more,
        "shown": marks(_marks(found)),
        "teams": teams,
        "leads": picking.leads(person(request)),
        "several": standing(request).several,
        "problem": problem,
        **_scanned(request, found),
    }
    context["picks"] = [
        (pick, form if form and problem == f"pick-{pick.request.public_id}" else _blank(pick))
        for pick in context["found"]
    ]
    page, fragment = "requests_app/pick_list.html", "requests_app/_picks_answer.html"
    return page_or_fragment(request, page, fragment, context, status=422 if problem else 200)


def _blank(pick: picking.Pick) -> PickForm:
    return PickForm(lines=[*pick.to_pick, *pick.follow], request=pick.request)


def _scanned(request: HttpRequest, found: list[picking.Pick]) -> dict[str, Any]:
    """`found` with the request of the scanned line on top, and which line that is; `unknown`: it is on nobody's list."""
    code = request.GET.get("scan", "").strip()[:60]
    hit = picking.scanned(found, code)
    if hit is None:
        return {"found": found, "unknown": code}
    first, line = hit
    rest = [pick for pick in found if pick is not first]
    return {"found": [first, *rest], "unknown": "", "hit": line.public_id}


def _marks(found: list[picking.Pick]) -> dict[str, str]:
    """What makes a request on the list another one: how much of its lines is to pick, picked and to follow."""
    return {
        pick.request.public_id: "-".join(
            str(len(lines)) for lines in (pick.to_pick, pick.picked, pick.follow)
        )
        for pick in found
    }
