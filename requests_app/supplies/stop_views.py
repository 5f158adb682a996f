"""Stops and recalls: the page of the compliance officer and of administrators."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.models import Hospital
from portal.accounts.place import person, standing
from portal.errors import NotAllowed
from portal.web import door
from requests_app.supplies import stops
from requests_app.supplies.stop_forms import LiftForm, StopForm


def _hospitals(request: HttpRequest) -> list[Hospital]:
    """Where the person may stop items. Raises NotAllowed when that is nowhere."""
    where = standing(request)
    found = [one for one in where.hospitals if stops.may_stop(person(request), one)]
    chosen = [one for one in found if where.chosen is None or one.pk == where.chosen.pk] or found
    if not chosen:
        raise NotAllowed(_("Only the compliance officer or an administrator stops an item."))
    return chosen


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def stopped(request: HttpRequest) -> HttpResponse:
    """What is stopped, and stopping something."""
    hospitals = _hospitals(request)
    form = StopForm(request.POST if request.method == "POST" else None, hospitals=hospitals)
    if form.is_valid() and (stop := form.stop(by=person(request))):
        said = ngettext("Stopped. %(n)d ward was told.", "Stopped. %(n)d wards were told.", stop.wards)
        messages.success(request, said % {"n": stop.wards})
        return redirect("requests:stops")
    context = {"form": form, "items": stops.stopped_at(hospitals), "several": len(hospitals) > 1}
    return render(request, "requests_app/stops.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
@door
def lift(request: HttpRequest) -> HttpResponse:
    """It may be ordered again, with the reason."""
    form = LiftForm(request.POST, hospitals=_hospitals(request))
    if form.is_valid() and form.lift(by=person(request)):
        messages.success(request, _("It may be ordered again."))
        return redirect("requests:stops")
    return render(request, "requests_app/stop_lift.html", {"form": form}, status=422)
