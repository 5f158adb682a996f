"""Doors of break-glass: using it, the list of what was used, and the review of one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from approvals import break_glass, glass_reviews, glass_rules
from approvals.glass_forms import GlassForm, ReviewForm
from portal.accounts.place import person, standing
from portal.errors import NotAllowed
from portal.web import door, keyset
from requests_app import access, screening


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def use(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET says what follows and asks why; POST does not wait for the approval."""
    user = person(request)
    case = access.get_request(user, public_id)
    form = GlassForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = form.cleaned_data
        break_glass.use(request=case, by=user, reason=said["reason"], words=said["words"])
        screening.record_kept(request=case, by=user, texts=form.texts)
        messages.success(request, _("It goes on now. Head of department and finance partner were told."))
        return redirect("desk:request-detail", case.public_id)
    context = {"case": case, "form": form, "glass": glass_rules.offered(case, user)}
    return render(request, "approvals/glass_use.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
@door
def reviews(request: HttpRequest) -> HttpResponse:
    """What did not wait: what has to be reviewed first, then what was said of the others."""
    user, where = person(request), standing(request)
    if not glass_reviews.oversees(where):
        raise NotAllowed(_("Finance, directors, executives, service managers and auditors read this."))
    ended = glass_reviews.seen_by(user).filter(reviewed_at__isnull=False)
    page = keyset(ended, by="-reviewed_at", cursor=request.GET.get("after", ""))
    context = {
        "waiting": glass_reviews.open_cards(user),
        "ended": glass_reviews.cards(user, page.rows),
        "page": page,
        "figures": glass_reviews.figures([where.chosen] if where.chosen else where.hospitals),
    }
    return render(request, "approvals/glass_reviews.html", context)


@login_required
@require_safe
@door
def figures(request: HttpRequest) -> HttpResponse:
    """How often, and what waits for a review: the board asks for it by itself."""
    where = standing(request)
    if not glass_reviews.oversees(where):
        raise NotAllowed(_("Finance, directors, executives, service managers and auditors read this."))
    found = glass_reviews.figures([where.chosen] if where.chosen else where.hospitals)
    return render(request, "approvals/_glass_figures.html", {"figures": found})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def review(request: HttpRequest, ref: str) -> HttpResponse:
    """One of them with everything that was known, and what somebody independent thinks of it."""
    user = person(request)
    card = glass_reviews.card(user, ref)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = form.cleaned_data
        break_glass.review(ref=ref, by=user, verdict=said["verdict"], words=said["words"])
        screening.record_kept(request=card.broken.request, by=user, texts=form.texts)
        messages.success(request, _("Your review is on record, and who broke the glass is told."))
        return redirect("approvals:glass-reviews")
    context = {"card": card, "case": card.broken.request, "form": form}
    return render(request, "approvals/glass_review.html", context, status=422 if form.is_bound else 200)
