"""The store counts the shelves of the wards: what is missing up to the agreed level is asked for at once, for the ward."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.place import person
from portal.errors import Invalid, WrongState
from portal.web import door
from requests_app.supplies import counting, picking
from requests_app.supplies.usual_forms import CountForm


@login_required
@require_safe
@door
def counts(request: HttpRequest) -> HttpResponse:
    """Wards with lists that the store counts, those of today first."""
    teams = picking.own_teams(person(request))
    context = {"wards": counting.to_count(person(request)), "teams": teams}
    return render(request, "requests_app/counts.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """One shelf: what is left. What is missing is sent for the ward; what cannot be sent like that is a draft to look at."""
    usual = get_object_or_404(counting.counted_by_store(person(request)), pk=pk)
    form = CountForm(request.POST if request.method == "POST" else None, usual=usual)
    if form.is_valid():
        try:
            sent = counting.top_up(usual=usual, left=form.left(), by=person(request), client_key=form.key())
        except WrongState as before:
            return redirect("desk:request-detail", before.fields["public_id"])
        except Invalid as refusal:
            form.add_problems(refusal.errors)
        else:
            _say(request, sent)
            return redirect("requests:counts")
    context = {"usual": usual, "ward": usual.department, "count": form, "last_count": counting.latest(usual)}
    return render(request, "requests_app/count.html", context, status=422 if form.is_bound else 200)


def _say(request: HttpRequest, sent: counting.ToppedUp) -> None:
    if sent.request is None:
        messages.success(request, _("Counted: nothing is missing."))
    elif sent.problem:
        messages.warning(request, _("Counted. It is a draft of yours: %(why)s") % {"why": sent.problem})
    else:
        said = _("Counted. %(number)s asks for what is missing.")
        messages.success(request, said % {"number": sent.request.number})
