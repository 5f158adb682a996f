"""Questions and tasks of a type, one at a time."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.place import person
from portal.desk.types import page
from portal.desk.types.question_forms import QuestionForm
from portal.desk.types.task_forms import TaskForm
from portal.web import door
from requests_app.configured import publishing as core
from requests_app.models import BundleTask

form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@form_page
@door
def question(request: HttpRequest, ref: str, key: str = "") -> HttpResponse:
    """A new question, or the one with this key."""
    found = page.owner(person(request), ref)
    asked = page.asked(found, key) if key else None
    held = core.form_of(found)
    form = QuestionForm(request.POST or None, form=held, asked=asked)
    if request.method == "POST" and form.is_valid():
        if form.repeats:  # a second press
            return redirect("desk:type", ref)
        core.save_form(owner=found, form=held.put(form.result(), instead_of=key), by=person(request))
        return redirect("desk:type", ref)
    context = {"form": form, "subject": page.subject(found), "asked": asked}
    return render(request, "desk/types/question.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@door
def question_move(request: HttpRequest, ref: str, key: str) -> HttpResponse:
    """One place further up."""
    found = page.owner(person(request), ref)
    page.asked(found, key)
    core.save_form(owner=found, form=core.form_of(found).earlier(key), by=person(request))
    return redirect("desk:type", ref)


@login_required
@require_POST
@door
def question_drop(request: HttpRequest, ref: str, key: str) -> HttpResponse:
    found = page.owner(person(request), ref)
    page.asked(found, key)
    core.save_form(owner=found, form=core.form_of(found).without(key), by=person(request))
    return redirect("desk:type", ref)


@login_required
@form_page
@door
def task(request: HttpRequest, ref: str, pk: int = 0) -> HttpResponse:
    """A new task of a bundle, or this one."""
    bundle = page.category(person(request), ref)
    held: BundleTask | None = page.task(person(request), ref, pk) if pk else None
    form = TaskForm(request.POST or None, bundle=bundle, task=held)
    if request.method == "POST" and form.is_valid():
        core.put_task(bundle=bundle, task=held, values=form.values(), by=person(request))
        return redirect("desk:type", ref)
    context = {"form": form, "subject": page.subject(bundle), "task": held}
    return render(request, "desk/types/task.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@door
def task_move(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    core.move_task(task=page.task(person(request), ref, pk), by=person(request))
    return redirect("desk:type", ref)


@login_required
@require_POST
@door
def task_drop(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    core.drop_task(task=page.task(person(request), ref, pk), by=person(request))
    return redirect("desk:type", ref)
