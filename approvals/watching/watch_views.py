"""Doors of what is watched: suspected splits, how people decide, duties that do not go together, why one may not decide."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from approvals.watching import not_yours, reciprocal, separation, suspecting, suspects
from approvals.watching.separation_forms import AcceptForm
from approvals.watching.watch_forms import ClearForm
from portal.accounts.place import person, standing
from portal.errors import NotAllowed, NotFound
from portal.web import door, keyset
from requests_app import access


@login_required
@require_safe
@door
def splits(request: HttpRequest) -> HttpResponse:
    """Suspected splits: those that nobody cleared, or `?cleared`; the latest first."""
    if not suspects.reads(standing(request)):
        raise NotAllowed(
            _("Procurement, finance, directors, executives, service managers and auditors read this.")
        )
    cleared = "cleared" in request.GET
    found = suspects.seen_by(person(request)).filter(cleared_at__isnull=not cleared)
    page = keyset(found, by="-found_at", cursor=request.GET.get("after", ""))
    context = {"rows": suspects.shown(page.rows), "page": page, "cleared": cleared}
    return render(request, "approvals/watch_splits.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def split(request: HttpRequest, pk: int) -> HttpResponse:
    """One suspicion with all its parts; POST says why it is none."""
    user = person(request)
    found = suspects.seen_by(user).filter(pk=pk).first()
    if found is None or not suspects.reads(standing(request)):
        raise NotFound
    one = suspects.shown([found])[0]
    form = ClearForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        suspecting.clear(suspicion_id=pk, reason=form.cleaned_data["reason"], by=user)
        messages.success(request, _("Cleared, with your reason on record."))
        return redirect("approvals:watch-splits")
    why_not = "" if found.cleared_at else suspects.why_not_clear(found, one.requests, user)
    context = {"one": one, "form": form, "why_not": why_not}
    return render(request, "approvals/watch_split.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
@door
def deciding(request: HttpRequest) -> HttpResponse:
    """How decisions were taken in the last 90 days: for each other, in bursts, at once, never with a no."""
    if not reciprocal.reads(standing(request)):
        raise NotAllowed(_("Auditors and finance partners read this."))
    return render(request, "approvals/watch_deciding.html", {"report": reciprocal.report(person(request))})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def duties(request: HttpRequest) -> HttpResponse:
    """Duties of one person that do not go together; POST accepts one for a while, with an owner and a control."""
    if not separation.reads(standing(request)):
        raise NotAllowed(_("Auditors, executives and administrators read this."))
    found, user = separation.conflicts(), person(request)
    may_accept = separation.accepts(standing(request))
    form = AcceptForm(request.POST if request.method == "POST" else None, conflicts=found)
    if form.is_valid():
        separation.accept(**form.accepted, by=user)
        messages.success(request, _("Accepted until then, with its control on record."))
        return redirect("approvals:watch-duties")
    context = {"conflicts": found, "form": form, "may_accept": may_accept}
    return render(request, "approvals/watch_duties.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
@door
def why(request: HttpRequest, public_id: str) -> HttpResponse:
    """Each decision of one request, and why it is not this person's."""
    case = access.get_request(person(request), public_id)
    context = {"case": case, "rows": not_yours.reasons(case, person(request))}
    return render(request, "approvals/watch_why.html", context)
