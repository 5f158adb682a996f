"""The desk of a repair: into the workshop, made safe, lent meanwhile, what it costs."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.place import person
from portal.errors import NotAllowed, WrongState
from portal.web import door
from requests_app import access, costs, screening
from requests_app.equipment import keeping, keeping_page, loans
from requests_app.equipment.repair_forms import CostForm, SafeForm
from requests_app.models import ServiceRequest


@login_required
@require_safe
@door
def repair_desk(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the team does with it besides taking, waiting and ending."""
    return _show(request, access.get_request(person(request), public_id))


def _show(request: HttpRequest, case: ServiceRequest, **more: Any) -> HttpResponse:
    context = keeping_page.desk(person(request), case) | more
    return render(request, "requests_app/repair_desk.html", context, status=422 if more else 200)


def _back(request: HttpRequest, case: ServiceRequest, said: str = "", refusal: str = "") -> HttpResponse:
    if said:
        messages.success(request, said)
    if refusal:
        messages.warning(request, refusal)
    return redirect("requests:repair-desk", case.public_id)


@login_required
@require_POST
@door
def workshop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Work on the piece starts at the bench; what nobody had is taken."""
    case = access.get_request(person(request), public_id)
    try:
        keeping.to_workshop(request=case, by=person(request))
    except WrongState as refusal:
        return _back(request, case, refusal=refusal.message)
    return _back(request, case, _("It is in the workshop."))


@login_required
@require_POST
@door
def make_safe(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the ward does meanwhile."""
    user = person(request)
    case = access.get_request(user, public_id)
    form = SafeForm(request.POST)
    try:
        if form.is_valid() and form.make_safe(case, by=user):
            screening.record_kept(request=case, by=user, texts=form.texts)
            return _back(request, case, _("Made safe. The ward is told, and what is left is less urgent."))
    except WrongState as refusal:
        return _back(request, case, refusal=refusal.message)
    return _show(request, case, safe_form=form)


@login_required
@require_POST
@door
def lend(request: HttpRequest, public_id: str) -> HttpResponse:
    """One of the free pieces goes to whoever asked."""
    case = access.get_request(person(request), public_id)
    chosen = request.POST.get("equipment", "")
    piece = get_object_or_404(loans.pool(case.hospital), pk=chosen if chosen.isdecimal() else 0)
    try:
        loan = loans.lend(equipment=piece, request=case, by=person(request))
    except WrongState as refusal:
        return _back(request, case, refusal=refusal.message)
    said = _("%(piece)s is lent to %(ward)s.") % {"piece": piece, "ward": loan.department}
    return _back(request, case, said)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def cost_new(request: HttpRequest, public_id: str) -> HttpResponse:
    """What it will cost outside: filed for decision, the work waits meanwhile."""
    user = person(request)
    case = access.get_request(user, public_id)
    if not costs.may_estimate(user, case):
        raise NotAllowed(_("Only the team that has the work says what it costs."))
    form = CostForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_valid() and form.file(case, by=user):
            screening.record_kept(request=case, by=user, texts=form.texts)
            return _filed(request, case)
    except WrongState as refusal:
        return _back(request, case, refusal=refusal.message)
    context = {"case": case, "form": form}
    return render(request, "requests_app/cost_new.html", context, status=422 if form.is_bound else 200)


def _filed(request: HttpRequest, case: ServiceRequest) -> HttpResponse:
    """Small costs were decided at once by the policy."""
    last = costs.of(case)[0]
    return _back(request, case, costs.in_short(last, last.decision))
