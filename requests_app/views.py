"""The requester's doors: lists, sending, and what the ward answers. The supply form is in supply_views."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal import ids
from portal.accounts.place import person
from portal.errors import Invalid, NotFound, WrongState
from portal.web import door
from requests_app import (
    access,
    asking,
    file_views,
    lifecycle,
    listing,
    permissions,
    screening,
    submission,
)
from requests_app.forms import CancelForm, ReopenForm
from requests_app.models import ServiceRequest
from requests_app.states import RequestState, RunOut
from requests_app.supplies import drafting
from requests_app.supplies.quoting import quote
from requests_app.supplies.receive_form import ReceiveForm


def show_review(
    request: HttpRequest, draft: ServiceRequest, *, refused: dict[str, list[str]] | None = None
) -> HttpResponse:
    """The page that is checked before sending: with the sentences of a refusal (422), else with what is still missing."""
    shown = quote(draft)
    errors = refused or submission.problems(draft, shown)
    lines = [(line, errors.get(f"line-{line.item.code}", [])) for line in shown.lines]
    context: dict[str, Any] = {
        "draft": draft,
        "quote": shown,
        "lines": lines,
        "errors": errors,
        "refused": refused,
        "out_now": draft.run_out == RunOut.NOW,
    }
    return render(request, "desk/review.html", context, status=422 if refused else 200)


@login_required
@require_POST
@door
def submit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send it. A second press, a refresh or another tab ends at the same request."""
    try:
        sent = lifecycle.submit(public_id=public_id, by=person(request), seen=request.POST.get("seen", ""))
    except Invalid as refusal:
        return show_review(request, access.get_draft(person(request), public_id), refused=refusal.errors)
    response = redirect("desk:request-detail", sent.public_id)
    response["Location"] += "?sent=1"
    return response


@login_required
@require_POST
@door
def reorder(request: HttpRequest) -> HttpResponse:
    """The usual, again: a draft with every line, ready to be checked and sent."""
    usual = listing.usual_for(person(request), request.POST.get("usual", ""))
    if usual is None:
        raise NotFound
    try:
        draft = drafting.reorder(usual=usual, by=person(request), client_key=_key(request))
    except WrongState as sent:
        return redirect("desk:request-detail", sent.fields["public_id"])
    return redirect("desk:review", draft.public_id)


def _key(request: HttpRequest) -> uuid.UUID:
    """The key that this form was shown with, so that a second press finds the first draft."""
    try:
        return uuid.UUID(request.POST.get("client_key", ""))
    except ValueError:
        return ids.key()


@login_required
@require_POST
@door
def discard(request: HttpRequest, public_id: str) -> HttpResponse:
    """Throw one's own draft away."""
    draft = access.get_draft(person(request), public_id)
    drafting.discard(request=draft, by=person(request))
    messages.success(request, _("The draft is gone."))
    return redirect("desk:home")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def receive(request: HttpRequest, public_id: str) -> HttpResponse:
    """What arrived, line by line, or all of it at one press."""
    case = access.get_request(person(request), public_id)
    form = ReceiveForm(request.POST if request.method == "POST" else None, lines=case.lines.all())
    if not form.lines:
        messages.info(request, _("Nothing is on its way any more: everything that came was confirmed."))
        return redirect("desk:request-detail", case.public_id)
    if form.is_valid():
        file_views.take_files(request, case)
        if form.receive(case, by=person(request)):
            messages.success(request, _("Thank you. What arrived is on record."))
            if form.aside:
                messages.info(request, _("Put it aside: it is fetched, and nobody uses it until then."))
            return redirect("desk:request-detail", case.public_id)
    status = 422 if form.is_bound else 200
    return render(request, "requests_app/receive.html", {"case": case, "form": form}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """No longer needed: one question, why."""
    case = access.get_request(person(request), public_id)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        lifecycle.cancel(request=case, by=person(request), reason=form.cleaned_data["reason"])
        screening.record_kept(request=case, by=person(request), texts=form.texts)
        messages.success(request, _("It is cancelled. Everybody who had it was told."))
        return redirect("desk:request-detail", case.public_id)
    context = {"case": case, "form": form, "may": permissions.can_cancel(person(request), case)}
    context["undecided"] = case.state == RequestState.SUBMITTED
    return render(request, "requests_app/cancel.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
@door
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take it back to change it: it is the sender's again until they send it again."""
    case = access.get_request(person(request), public_id)
    lifecycle.withdraw(request=case, by=person(request))
    messages.success(request, _("It is yours again. Change it and send it again."))
    return redirect("requests:draft-edit", case.public_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    """Not right yet: back to the team, with one of the usual reasons or in own words."""
    case = access.get_request(person(request), public_id)
    form = ReopenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        lifecycle.reopen(request=case, by=person(request), reason=form.said)
        screening.record_kept(request=case, by=person(request), texts=form.texts)
        messages.success(request, _("It is back with the team. They see why."))
        return redirect("desk:request-detail", case.public_id)
    context = {"case": case, "form": form, "may": permissions.can_reopen(person(request), case)}
    return render(request, "requests_app/reopen.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
@door
def copy(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same again: a draft with its answers or lines."""
    case = access.get_request(person(request), public_id)
    try:
        draft = asking.copy(request=case, by=person(request), client_key=_key(request))
    except WrongState as sent:
        return redirect("desk:request-detail", sent.fields["public_id"])
    messages.success(request, _("This is a copy. Check it and send it."))
    return redirect("requests:draft-edit", draft.public_id)
