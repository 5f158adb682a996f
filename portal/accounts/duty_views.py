"""Doors of duties: who has them now, taking one, handing it over, giving it up."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import duties
from portal.accounts.forms import HandOverForm
from portal.accounts.models import Duty
from portal.accounts.place import person, standing
from portal.errors import NotFound
from portal.web import door


@login_required
@require_safe
@door
def on_duty(request: HttpRequest) -> HttpResponse:
    """Who is on duty now, and under which number."""
    where = standing(request)
    found = duties.of([where.chosen] if where.chosen else where.hospitals)
    return render(request, "accounts/duties.html", {"duties": found, "where": where})


@login_required
@require_POST
@door
def take_duty(request: HttpRequest) -> HttpResponse:
    duty = duties.find(person(request), request.POST.get("duty", ""))
    duties.take_duty(duty=duty, user=person(request), by=person(request))
    messages.success(request, _("You are on duty: %(duty)s.") % {"duty": duty})
    return redirect("accounts:me")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Mine until now, a colleague's from now on."""
    duty, user = _mine(request, pk), person(request)
    people = duties.may_take(duty).exclude(pk=user.pk)
    form = HandOverForm(request.POST if request.method == "POST" else None, people=people)
    if form.is_valid():
        held = duties.hand_over(duty=duty, user=form.cleaned_data["user"], by=user)
        messages.success(request, _("%(who)s is on duty now.") % {"who": held.user.get_full_name()})
        return redirect("accounts:me")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/duty_hand_over.html", {"duty": duty, "form": form}, status=status)


@login_required
@require_POST
@door
def give_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Off duty, and nobody has it: whoever manages the service hears of it unless somebody takes it."""
    duty = _mine(request, pk)
    duties.give_up(duty=duty, by=person(request))
    messages.success(request, _("You are off duty. Nobody has it until somebody takes it."))
    return redirect("accounts:me")


def _mine(request: HttpRequest, pk: int) -> Duty:
    """A duty that the person has now. Raises NotFound."""
    for held in duties.held_by(person(request)):
        if held.duty_id == pk:
            return held.duty
    raise NotFound
