"""The work of a team: what is due first, who has it, what it waits for, how it ended; and what a ward answers to it."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.place import person, standing
from portal.errors import WrongState
from portal.web import asks_by_itself, door, is_htmx
from requests_app import access, queueing, releasing, screening, waiting, ward_questions
from requests_app import work as working
from requests_app.models import ServiceRequest, WardQuestion
from requests_app.work_forms import ACTS, AnswerForm


@login_required
@require_GET
@door
def work(request: HttpRequest) -> HttpResponse:
    """What the person's teams have to do; every filter is a link."""
    wanted, user = queueing.asked(request.GET), person(request)
    teams = queueing.own_teams(user)
    shown = queueing.queue(user, teams, wanted)
    context = _frame(request, wanted) | {
        "queue": shown,
        "jobs": shown.jobs,
        "teams": teams,
        "shown": shown.refs,
    }
    return render(request, "requests_app/work.html", context)


@asks_by_itself
@require_GET
@door
def work_news(request: HttpRequest) -> HttpResponse:
    """The rows of the page as they are now, each in its place, and how many came since; the page asks by itself."""
    return _rows(request, request.GET.get("shown", ""))


@login_required
@require_POST
@door
def take(request: HttpRequest, public_id: str) -> HttpResponse:
    """The person has it from now on; who was first is said to who was not."""
    wanted = access.get_request(person(request), public_id)
    try:
        working.take(request=wanted, by=person(request))
    except WrongState as refusal:
        return _moved_on(request, wanted, refusal)
    return _then(request, wanted, _("You have %(number)s.") % {"number": wanted.number})


@login_required
@require_POST
@door
def resume(request: HttpRequest, public_id: str) -> HttpResponse:
    """It no longer waits."""
    wanted = access.get_request(person(request), public_id)
    try:
        waiting.resume(request=wanted, by=person(request))
    except WrongState as refusal:
        return _moved_on(request, wanted, refusal)
    return _then(request, wanted, _("%(number)s goes on.") % {"number": wanted.number})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def act(request: HttpRequest, public_id: str, name: str) -> HttpResponse:
    """One of the rarer acts, each with a page that asks what it needs: wait, ask, give, pass, finish."""
    user, case = person(request), access.get_request(person(request), public_id)
    typed = request.POST if request.method == "POST" else None
    try:
        queueing.check_may(user, case)
        form = ACTS[name](typed, case=case, by=user)
        if form.is_valid() and form.act():
            screening.record_kept(request=case, by=user, texts=form.texts)
            return _then(request, case, form.said)
    except WrongState as refusal:
        if typed is None:
            raise
        return _moved_on(request, case, refusal)
    context = {"case": case, "form": form, "name": name, "back": queueing.asked(request.GET).query()}
    return render(request, "requests_app/work_act.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
@door
def ready(request: HttpRequest, public_id: str) -> HttpResponse:
    """*Ready to go back*."""
    wanted = access.get_request(person(request), public_id)
    releasing.release_return(request=wanted, by=person(request))
    messages.success(
        request, _("The porters know. %(number)s is in their list now.") % {"number": wanted.number}
    )
    return redirect("desk:request-detail", public_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """Somebody of the ward answers what a team asked: one press, or a reply."""
    question = ward_questions.to_answer(person(request), ref)
    case = question.request
    form = AnswerForm(
        request.POST if request.method == "POST" else None, question=question, by=person(request)
    )
    if form.is_valid() and form.act():
        screening.record_kept(request=case, by=person(request), texts=form.texts)
        return _answered(request, question, cancel=form.cancels)
    context = {"case": case, "question": question, "form": form}
    return render(request, "requests_app/work_answer.html", context, status=422 if form.is_bound else 200)


def _answered(request: HttpRequest, question: WardQuestion, *, cancel: bool) -> HttpResponse:
    """Back to where it was asked; who no longer needs it says so on the page that cancels."""
    case = question.request
    if cancel:
        messages.success(request, _("Your answer is sent. Say here why it is no longer needed."))
        return redirect("requests:cancel", case.public_id)
    if question.step_ref:
        messages.success(
            request, _("Thank you. %(name)s has your answer.") % {"name": question.by.get_full_name()}
        )
    else:
        messages.success(request, _("Thank you. The team has your answer and goes on."))
    if request.POST.get("from") == "case":
        return redirect("desk:request-detail", case.public_id)
    return redirect("desk:home")


def _moved_on(request: HttpRequest, case: ServiceRequest, refusal: WrongState) -> HttpResponse:
    messages.warning(request, refusal.message)
    return _then(request, case)


def _then(request: HttpRequest, case: ServiceRequest, said: str = "") -> HttpResponse:
    """The list again: the same rows for a page that asked for them, else the page, at the row."""
    if said:
        messages.success(request, said)
    if is_htmx(request):
        shown = _rows(request, request.POST.get("shown", ""))
        shown["HX-Trigger"] = json.dumps({"focus": f"#work-{case.public_id}"})  # never on the next button
        return shown
    there = reverse("requests:work") + queueing.asked(request.GET).query()
    return redirect(f"{there}#work-{case.public_id}")


def _frame(request: HttpRequest, wanted: queueing.Asked) -> dict[str, Any]:
    return {"wanted": wanted, "back": wanted.query(), "several": standing(request).several}


def _rows(request: HttpRequest, refs: str) -> HttpResponse:
    """The rows `refs` as they are now, with what is new and the filters counted anew."""
    wanted, user = queueing.asked(request.GET), person(request)
    teams = queueing.own_teams(user)
    jobs, news = queueing.as_shown(user, teams, wanted, refs)
    context = _frame(request, wanted) | {
        "jobs": jobs,
        "news": news,
        "shown": refs,
        "queue": queueing.filters(user, teams, wanted),
    }
    return render(request, "requests_app/_work_answer.html", context)
