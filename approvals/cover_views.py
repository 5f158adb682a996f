"""Doors of standing in: who does for me, from when until when, and saying that I am away."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from approvals import cover, covering
from approvals.cover_forms import AlternateForm, AwayForm, LendForm, ScopeForm
from portal.accounts.models import User
from portal.accounts.place import person, standing
from portal.errors import Invalid
from portal.web import door

FIELD_OF = {"starts_at": "first", "ends_at": "last", "delegate": "to"}


@login_required
@require_safe
@door
def overview(request: HttpRequest) -> HttpResponse:
    """Who stands in for me now and soon, and whom I stand in for."""
    user = person(request)
    standing(request)
    alternate = AlternateForm(people=covering.suggested(user))
    cover_now = covering.overview(user)
    if cover_now.alternate:
        alternate.initial["to"] = cover_now.alternate.delegate_id
    return render(request, "approvals/cover.html", {"cover": cover_now, "alternate": alternate})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def away(request: HttpRequest) -> HttpResponse:
    """GET asks, POST with `look` shows what moves, POST says that I am away."""
    return _say(request, AwayForm, "approvals/cover_away.html")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def lend(request: HttpRequest) -> HttpResponse:
    """The same while I am here: somebody decides as well."""
    return _say(request, LendForm, "approvals/cover_lend.html")


@login_required
@require_POST
@door
def revoke(request: HttpRequest, ref: str) -> HttpResponse:
    cover.revoke(ref=ref, by=person(request))
    messages.success(request, _("It has ended."))
    return redirect("approvals:cover")


@login_required
@require_POST
@door
def call_off(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    cover.call_off(absence=covering.absence_of(user, pk=pk), by=user)
    messages.success(
        request,
        _("You are here again: what your role decides is asked of you.")
        + " "
        + _("What went on to the next authority meanwhile stays there."),
    )
    return redirect("approvals:cover")


@login_required
@require_POST
@door
def alternate(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = AlternateForm(request.POST, people=covering.suggested(user))
    if not form.is_valid():
        context = {"cover": covering.overview(user), "alternate": form}
        return render(request, "approvals/cover.html", context, status=422)
    named = cover.name_alternate(user=user, to=form.cleaned_data["to"], by=user)
    said = (
        _("%(name)s is your alternate.") % {"name": named.delegate} if named else _("You have no alternate.")
    )
    messages.success(request, said)
    return redirect("approvals:cover")


def _say(request: HttpRequest, form_class: type[AwayForm], template: str) -> HttpResponse:
    user = person(request)
    standing(request)
    form = form_class(
        request.POST if request.method == "POST" else None,
        people=covering.suggested(user),
        initial={"to": covering.usual_deputy(user)},
    )
    if form.is_valid() and "look" not in request.POST and _done(form, user):
        messages.success(
            request, covering.moves(user, form.cleaned_data["to"], **_scope(form), lent=_lends(form))
        )
        if short := _too_short(form):
            messages.warning(request, short)
        return redirect("approvals:cover")
    return render(request, template, _looked(form, user), status=422 if form.errors else 200)


def _done(form: AwayForm, user: User) -> bool:
    """Call the verb; what it refuses stands at the fields of the form."""
    said = form.cleaned_data
    period = {"starts_at": said["starts_at"], "ends_at": said["ends_at"], "by": user}
    try:
        if isinstance(form, LendForm):
            cover.delegate(grantor=user, to=said["to"], **period, **_scope(form))
        else:
            cover.declare_absence(user=user, delegate=said["to"], **period, **_scope(form))
    except Invalid as refused:
        for field, errors in refused.errors.items():
            form.add_error(FIELD_OF.get(field, field), errors)
        return False
    return True


def _lends(form: AwayForm) -> bool:
    """Is the right lent while its owner is here?"""
    return isinstance(form, LendForm)


def _too_short(form: AwayForm) -> str:
    said = form.cleaned_data
    return "" if _lends(form) else covering.too_short(said["to"], said["starts_at"], said["ends_at"])


def _scope(form: ScopeForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("limit", "categories")}


def _looked(form: AwayForm, user: User) -> dict[str, Any]:
    """The form, with what would move and what to know of who was chosen."""
    context: dict[str, Any] = {"form": form}
    if not form.is_bound or form.errors:
        usual = covering.usual_deputy(user)
        context["moves"] = covering.moves(user, usual, lent=_lends(form)) if not form.errors else ""
        return context
    said = form.cleaned_data
    context["moves"] = covering.moves(user, said["to"], **_scope(form), lent=_lends(form))
    if said["to"]:
        known = covering.warnings(user, said["to"], said["starts_at"], said["ends_at"])
        context["warnings"] = [*known, *filter(None, [_too_short(form)])]
    return context
