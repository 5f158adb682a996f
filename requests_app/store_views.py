"""The store's desk: what to pick, for whom, by when; picked, and on its way."""

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, F, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from portal.accounts import scopes
from portal.errors import NotAllowed
from portal.web import door, is_htmx, page_or_fragment
from requests_app import access, fulfilment
from requests_app.models import RequestItem, ServiceRequest
from requests_app.states import LineState

if TYPE_CHECKING:
    from portal.accounts.models import User

SHOWN = 50
WAITING = (LineState.TO_PICK, LineState.PICKED)


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
    wanted, ids = _ticked(request, public_id)
    if not ids:
        return _answer(request, problem=public_id, status=422)
    fulfilment.pick(request=wanted, line_ids=ids, by=cast("User", request.user))
    said = ngettext("%(n)d line of %(number)s is picked.", "%(n)d lines of %(number)s are picked.", len(ids))
    messages.success(request, said % {"n": len(ids), "number": wanted.number})
    return _answer(request) if is_htmx(request) else redirect("requests:pick-list")


@login_required
@require_POST
@door
def send(request: HttpRequest, public_id: str) -> HttpResponse:
    """The ticked lines left the store for the ward."""
    wanted, ids = _ticked(request, public_id)
    if not ids:
        return _answer(request, problem=public_id, status=422)
    fulfilment.send_on_the_way(request=wanted, line_ids=ids, by=cast("User", request.user))
    messages.success(request, _("%(number)s is on its way to %(ward)s.") % {"number": wanted.number, "ward": wanted.department})
    return _answer(request) if is_htmx(request) else redirect("requests:pick-list")


def _ticked(request: HttpRequest, public_id: str) -> tuple[ServiceRequest, list[int]]:
    wanted = access.get_request(cast("User", request.user), public_id)
    chosen = wanted.lines.filter(public_id__in=request.POST.getlist("line"), state__in=WAITING)
    return wanted, list(chosen.values_list("pk", flat=True))


def _answer(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The list as it stands. Three queries, whatever the number of rows."""
    teams = list(scopes.teams_with(cast("User", request.user), "fulfil_here"))
    if not teams:
        raise NotAllowed(_("The pick list belongs to the store. Your work does not include it."))
    lines = RequestItem.objects.filter(team__in=teams, state__in=WAITING)
    picks = (
        ServiceRequest.objects.filter(Exists(lines.filter(request=OuterRef("pk"))))
        .select_related("hospital", "department", "deliver_to", "requester")
        .prefetch_related(Prefetch("lines", queryset=lines.order_by("position"), to_attr="waiting_lines"))
        .order_by(F("due_at").asc(nulls_last=True), "pk")[: SHOWN + 1]
    )
    found = list(picks)
    context = {"picks": found[:SHOWN], "more": len(found) > SHOWN, "teams": teams, "problem": problem}
    return page_or_fragment(request, "requests_app/pick_list.html", "requests_app/_picks.html", context, status=status)
