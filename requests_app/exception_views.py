"""Doors of exceptions: the queue, the page of one, taking it, settling it, and putting one on record by hand."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.place import person, standing
from portal.errors import NotAllowed
from portal.web import door
from requests_app import access, casework, exception_kinds, exception_owners, exception_queue, screening
from requests_app.exception_forms import DeviationForm, SettleForm


@login_required
@require_safe
@door
def exception_list(request: HttpRequest) -> HttpResponse:
    """What is out of the ordinary and waits for this person or their hospital; every filter is an address."""
    user, where = person(request), standing(request)
    asked = exception_queue.asked(request.GET)
    context = {
        "asked": asked,
        "page": exception_queue.page(user, asked, request.GET.get("after", ""), where),
        "filters": exception_queue.filters(user, asked, where),
        "further": "after" in request.GET,
    }
    return render(request, "requests_app/exceptions.html", context)


@login_required
@require_safe
@door
def exception(request: HttpRequest, ref: str) -> HttpResponse:
    """One of them: what it is about, who has it, until when, and what was done."""
    found = access.get_exception(person(request), ref)
    seen = exception_queue.dressed(exception_owners.seen_by(person(request)), person(request)).get(
        pk=found.pk
    )
    context = {
        "exception": seen,
        "may_take": exception_owners.may_take(person(request), seen),
        "may_settle": exception_owners.may_settle(person(request), seen),
        "history": exception_queue.history(seen),
        "then": exception_owners.in_words(exception_owners.then(seen)),
    }
    return render(request, "requests_app/exception.html", context)


@login_required
@require_POST
@door
def exception_take(request: HttpRequest, ref: str) -> HttpResponse:
    """Mine from now on, or no longer."""
    found = access.get_exception(person(request), ref)
    if request.POST.get("back"):
        casework.give_back_exception(exception=found, by=person(request))
        messages.success(request, _("It waits for somebody else again."))
    else:
        casework.take_exception(exception=found, by=person(request))
        messages.success(request, _("You have it now."))
    return redirect("requests:exception", found.ref)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def exception_settle(request: HttpRequest, ref: str) -> HttpResponse:
    """Looked at and settled: one question, what was done."""
    found = access.get_exception(person(request), ref)
    if not exception_owners.may_settle(person(request), found):
        raise NotAllowed(_("It waits for somebody else, or ends by itself: you can read it, not settle it."))
    form = SettleForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        casework.close_exception(exception=found, by=person(request), reason=form.cleaned_data["reason"])
        messages.success(request, _("It is settled and on record."))
        return redirect("requests:exceptions")
    context = {"exception": found, "form": form}
    return render(request, "requests_app/settle.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def exception_new(request: HttpRequest, public_id: str) -> HttpResponse:
    """Not as the policy says, or ordered without an approval: somebody who oversees says so."""
    user = person(request)
    case = access.get_request(user, public_id)
    kinds = exception_kinds.opened_by(exception_owners.roles_at(user, case.hospital))
    if not kinds:
        raise NotAllowed(_("Procurement, finance and the service manager put this on record."))
    form = DeviationForm(request.POST if request.method == "POST" else None, kinds=kinds)
    if form.is_valid():
        said = form.cleaned_data
        opened = casework.open_by_hand(request=case, kind=said["kind"], detail=said["detail"], by=user)
        screening.record_kept(request=case, by=user, texts=form.texts)
        messages.success(request, _("It is on record. %(kind)s.") % {"kind": opened.get_kind_display()})
        return redirect("desk:request-detail", case.public_id)
    context = {"case": case, "form": form}
    return render(request, "requests_app/exception_new.html", context, status=422 if form.is_bound else 200)
