"""Looking after pieces: what waits for a check, checking and signing, lending to a ward and taking back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.place import person, standing
from portal.errors import WrongState
from portal.web import door
from requests_app.equipment import equipment_page, keeping, keeping_page, loans
from requests_app.equipment.repair_forms import CheckForm, LendForm
from requests_app.models import Equipment, Loan


@login_required
@require_safe
@door
def check_queue(request: HttpRequest) -> HttpResponse:
    """Pieces that only a check sets in use again."""
    context = {"rows": keeping_page.waits_for_check(person(request)), "several": standing(request).several}
    return render(request, "requests_app/equipment_checks.html", context)


def _piece(request: HttpRequest, pk: int) -> Equipment:
    """A piece of a hospital where the person works; of every other nobody learns anything."""
    rows = Equipment.objects.select_related("hospital", "department", "location")
    return get_object_or_404(rows, pk=pk, hospital__in=standing(request).hospitals)


def _show(request: HttpRequest, piece: Equipment, **more: Any) -> HttpResponse:
    context = equipment_page.one_piece(person(request), piece, standing(request)) | more
    return render(request, "requests_app/equipment.html", context, status=422)


def _back(request: HttpRequest, piece: Equipment, said: str = "", refusal: str = "") -> HttpResponse:
    if said:
        messages.success(request, said)
    if refusal:
        messages.warning(request, refusal)
    there = reverse("requests:equipment", args=[piece.tag])
    return redirect(f"{there}?{urlencode({'hospital': piece.hospital.code})}")


@login_required
@require_POST
@door
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Safety, function, next service: in use again, or a signature short of it."""
    piece, form = _piece(request, pk), CheckForm(request.POST)
    try:
        if form.is_valid() and form.check_piece(piece, by=person(request)):
            piece.refresh_from_db()
            return _back(request, piece, _checked(piece))
    except WrongState as refusal:
        return _back(request, piece, refusal=refusal.message)
    return _show(request, piece, check_form=form)


def _checked(piece: Equipment) -> str:
    if piece.state in (Equipment.State.IN_USE, Equipment.State.ON_LOAN):
        return _("It is in use again.")
    if piece.state == Equipment.State.AWAITING_CHECK:
        return _("Signed. Somebody else of the team gives the second signature.")
    return _("On record: it did not pass, and stays out of use.")


@login_required
@require_POST
@door
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """The second signature."""
    piece = _piece(request, pk)
    try:
        keeping.countersign(equipment=piece, by=person(request))
    except WrongState as refusal:
        return _back(request, piece, refusal=refusal.message)
    return _back(request, piece, _("It is in use again."))


@login_required
@require_POST
@door
def lend_to(request: HttpRequest, pk: int) -> HttpResponse:
    """To a ward that came or rang for it."""
    piece = _piece(request, pk)
    form = LendForm(request.POST, hospital=piece.hospital)
    try:
        if form.is_valid() and form.lend(piece, by=person(request)):
            return _back(request, piece, _("It is lent to %(ward)s.") % {"ward": form.cleaned_data["to"]})
    except WrongState as refusal:
        return _back(request, piece, refusal=refusal.message)
    return _show(request, piece, lend_form=form)


@login_required
@require_POST
@door
def loan_back(request: HttpRequest, pk: int) -> HttpResponse:
    """It is back."""
    rows = Loan.objects.select_related("equipment__hospital", "department", "request")
    loan = get_object_or_404(rows, pk=pk, equipment__hospital__in=standing(request).hospitals)
    loans.give_back(loan=loan, by=person(request))
    return _back(request, loan.equipment, _("%(piece)s is back.") % {"piece": loan.equipment})
