"""The usual of a ward: what it holds, counting its shelf, and having it drafted again and again."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.place import person
from portal.errors import Invalid, NotFound, WrongState
from portal.web import door
from requests_app import listing
from requests_app.models import UsualList
from requests_app.supplies import counting, recurring
from requests_app.supplies.usual_forms import CountForm, RepeatForm


def _mine(request: HttpRequest, pk: int) -> UsualList:
    usual = listing.usual_for(person(request), str(pk))
    if usual is None:
        raise NotFound
    return usual


def _show(
    request: HttpRequest,
    usual: UsualList,
    *,
    count: CountForm | None = None,
    repeat: RepeatForm | None = None,
) -> HttpResponse:
    """The page of one list; `count` or `repeat` with what was typed wrong."""
    last = counting.latest(usual)
    context: dict[str, Any] = {
        "usual": usual,
        "ward": usual.department,
        "count": count or CountForm(usual=usual),
        "last_count": last,
        "repeat": repeat or RepeatForm(usual=usual, by=person(request)),
    }
    refused = bool((count and count.errors) or (repeat and repeat.errors))
    return render(request, "requests_app/usual.html", context, status=422 if refused else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def usual(request: HttpRequest, pk: int) -> HttpResponse:
    """One list of the ward. What is posted is a count of its shelf: it becomes a draft of what is missing."""
    one = _mine(request, pk)
    if request.method != "POST":
        return _show(request, one)
    form = CountForm(request.POST, usual=one)
    if not form.is_valid():
        return _show(request, one, count=form)
    try:
        draft = counting.count_shelf(usual=one, left=form.left(), by=person(request), client_key=form.key())
    except WrongState as sent:
        return redirect("desk:request-detail", sent.fields["public_id"])
    except Invalid as refusal:
        form.add_problems(refusal.errors)
        return _show(request, one, count=form)
    if draft is None:
        messages.success(request, _("Counted: nothing is missing."))
        return redirect("requests:usual", one.pk)
    return redirect("desk:review", draft.public_id)


@login_required
@require_POST
@door
def usual_repeat(request: HttpRequest, pk: int) -> HttpResponse:
    """Have it drafted on these days at this hour, or no longer."""
    one = _mine(request, pk)
    if request.POST.get("do") == "end":
        recurring.stop_repeating(usual=one, by=person(request))
        messages.success(request, _("It is no longer drafted by itself."))
        return redirect("requests:usual", one.pk)
    form = RepeatForm(request.POST, usual=one, by=person(request))
    if not form.is_valid():
        return _show(request, one, repeat=form)
    days, hour = "".join(form.cleaned_data["weekdays"]), int(form.cleaned_data["hour"])
    recurring.repeat(usual=one, weekdays=days, hour=hour, by=person(request))
    messages.success(request, _("You find a draft of it then, to check and to send."))
    return redirect("requests:usual", one.pk)
