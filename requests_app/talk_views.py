"""Doors of what people say about a request, and of those with whom it is shared."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.place import person
from portal.errors import Invalid
from portal.web import asks_by_itself, door
from requests_app import access, comments, permissions, sharing
from requests_app.talk_forms import CommentForm, ShareForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def say(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say something of it, for everybody who sees it or for its team alone."""
    case, user = access.get_request(person(request), public_id), person(request)
    team = permissions.of_team(user, case)
    form = CommentForm(request.POST if request.method == "POST" else None, team=team)
    if form.is_valid():
        said = form.cleaned_data
        try:
            added = comments.add_comment(
                request=case, text=said["text"], internal=said.get("internal", False), by=user
            )
        except Invalid as refusal:
            form.add_problems(refusal.errors)
        else:
            messages.success(request, _("Your team reads it.") if added.internal else _("It is said."))
            there = reverse("desk:request-detail", args=[case.public_id])
            return redirect(f"{there}#said-{added.ref}")
    status = 422 if form.is_bound else 200
    return render(request, "requests_app/say.html", {"case": case, "form": form, "team": team}, status=status)


@asks_by_itself
@require_safe
@door
def whom(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who reads the request and is called like that: what somebody may mean who types @ and a name."""
    case = access.get_request(person(request), public_id)
    found = comments.to_call(case, request.GET.get("q", "")[:60])
    return render(request, "requests_app/_say_whom.html", {"people": found})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def people(request: HttpRequest, public_id: str) -> HttpResponse:
    """With whom it is shared; who may, shares it with one more."""
    case, user = access.get_request(person(request), public_id), person(request)
    form = ShareForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            whom = sharing.found(case, form.cleaned_data["person"])
            sharing.share(request=case, user=whom, by=user)
        except Invalid as refusal:
            form.add_problems(refusal.errors)
        else:
            messages.success(request, _("%(who)s sees it now.") % {"who": whom.get_full_name()})
            return redirect("requests:people", case.public_id)
    context = {"case": case, "form": form, "may_share": sharing.may_share(user, case)}
    context["shares"] = sharing.shown_to(case)
    status = 422 if form.is_bound else 200
    return render(request, "requests_app/people.html", context, status=status)


@login_required
@require_POST
@door
def unshare(request: HttpRequest, public_id: str) -> HttpResponse:
    """One of them no longer sees it, from this moment."""
    case, user = access.get_request(person(request), public_id), person(request)
    shared = sharing.shared_with(case, request.POST.get("person", ""))
    sharing.unshare(request=case, user=shared, by=user)
    messages.success(request, _("%(who)s no longer sees it.") % {"who": shared.get_full_name()})
    return redirect("desk:home") if shared.pk == user.pk else redirect("requests:people", case.public_id)
