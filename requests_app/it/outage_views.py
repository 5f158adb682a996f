"""Known outages: the IT team opens and ends them, everybody else says that they have it too."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.place import current_department, person
from portal.errors import Invalid, NotAllowed
from portal.web import door, keyset
from requests_app.it import outages
from requests_app.it.outage_form import OutageForm


@login_required
@require_safe
@door
def outage_list(request: HttpRequest) -> HttpResponse:
    """Every outage of the hospitals whose IT desk the person works at, latest first."""
    desks = list(outages.desks(person(request)))
    if not desks:
        raise NotAllowed(_("Only the IT team says what does not work."))
    page = keyset(outages.of_desk(person(request)), by="-started_at", cursor=request.GET.get("after", ""))
    return render(request, "requests_app/outages.html", {"page": page, "desks": desks})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def outage_new(request: HttpRequest) -> HttpResponse:
    desks = list(outages.desks(person(request)))
    if not desks:
        raise NotAllowed(_("Only the IT team says what does not work."))
    form = OutageForm(request.POST or None, hospitals=[desk.hospital for desk in desks])
    if form.is_valid():
        try:
            outage = outages.open_outage(by=person(request), **form.values())
        except Invalid as refusal:
            form.add_problems(refusal.errors)
        else:
            messages.success(request, _("Everybody sees it now: %(title)s.") % {"title": outage.title})
            return redirect("requests:outages")
    return render(
        request, "requests_app/outage_new.html", {"form": form}, status=422 if form.is_bound else 200
    )


@login_required
@require_POST
@door
def outage_end(request: HttpRequest, ref: str) -> HttpResponse:
    """It works again: everybody who said that they have it is told."""
    outage = outages.end_outage(by=person(request), ref=ref)
    messages.success(
        request, _("It works again: %(title)s. Who reported it is told.") % {"title": outage.title}
    )
    return redirect("requests:outages")


@login_required
@require_POST
@door
def outage_join(request: HttpRequest, ref: str) -> HttpResponse:
    """The person has it too; no request is needed."""
    outage = outages.join(by=person(request), ref=ref, department=current_department(request))
    said = _("Noted: you have it too. You are told when “%(title)s” works again.")
    messages.success(request, said % {"title": outage.title})
    return redirect("desk:home")
