"""The editor of types of request, for administrators: every step is a form that works without script."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.place import current_department, person
from portal.desk.types import page, preview, publishing
from portal.desk.types.forms import DefinitionForm, NewTypeForm, TermsForm, TypeForm
from portal.errors import Invalid
from portal.web import door
from requests_app.configured import publishing as core
from requests_app.configured import schema
from requests_app.forms import VerbForm

form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@require_safe
@door
def types(request: HttpRequest) -> HttpResponse:
    """All types, and the items of the catalogue that somebody looks for."""
    core.check_administers(person(request))
    words = request.GET.get("q", "").strip()[:60]
    context = {"types": page.types(), "words": words, "items": page.items(words)}
    return render(request, "desk/types/list.html", context)


@login_required
@form_page
@door
def type_new(request: HttpRequest) -> HttpResponse:
    core.check_administers(person(request))
    form = NewTypeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = core.make_type(**form.cleaned_data, by=person(request))
        except Invalid as refusal:
            form.add_problems(refusal.errors)
        else:
            messages.success(request, _("Made. Now add its questions."))
            return redirect("desk:type", made.code)
    return _shown(request, "desk/types/new.html", form)


@login_required
@require_safe
@door
def type_page(request: HttpRequest, ref: str) -> HttpResponse:
    """Everything that belongs to one type or item, and what is still lacking."""
    found = page.subject(page.owner(person(request), ref))
    return render(request, "desk/types/type.html", {"subject": found})


@login_required
@form_page
@door
def type_describe(request: HttpRequest, ref: str) -> HttpResponse:
    found = page.category(person(request), ref)
    form = TypeForm(
        request.POST or None, initial={"name": found.name, "hint": found.hint, "icon": found.icon}
    )
    if request.method == "POST" and form.is_valid():
        core.describe_type(category=found, **form.cleaned_data, by=person(request))
        return redirect("desk:type", ref)
    return _shown(request, "desk/types/describe.html", form, subject=page.subject(found))


@login_required
@form_page
@door
def type_terms(request: HttpRequest, ref: str) -> HttpResponse:
    """Team, policy and target times."""
    found = page.category(person(request), ref)
    form = TermsForm(request.POST or None, category=found, initial=page.initial_terms(found))
    if request.method == "POST" and form.is_valid():
        try:
            publishing.set_terms(category=found, by=person(request), **form.terms)
        except Invalid as refusal:
            form.add_problems(refusal.errors)
        else:
            return redirect("desk:type", ref)
    return _shown(request, "desk/types/terms.html", form, subject=page.subject(found))


@login_required
@form_page
@door
def type_definition(request: HttpRequest, ref: str) -> HttpResponse:
    """The questions as JSON Schema, to copy from or to paste into."""
    found = page.owner(person(request), ref)
    form = DefinitionForm(request.POST or None, initial={"definition": schema.write(core.form_of(found))})
    if request.method == "POST" and form.is_valid():
        try:
            core.import_form(owner=found, definition=form.cleaned_data["definition"], by=person(request))
        except Invalid as refusal:
            form.add_problems(refusal.errors)
        else:
            return redirect("desk:type", ref)
    return _shown(request, "desk/types/definition.html", form, subject=page.subject(found))


@login_required
@require_safe
@door
def type_preview(request: HttpRequest, ref: str) -> HttpResponse:
    """The form as somebody on a ward will see it."""
    found = page.owner(person(request), ref)
    form = preview.form(found, by=person(request), ward=current_department(request))
    return render(request, "desk/types/preview.html", {"subject": page.subject(found), "form": form})


@login_required
@require_POST
@door
def type_publish(request: HttpRequest, ref: str) -> HttpResponse:
    found = page.owner(person(request), ref)
    try:
        publishing.publish_any(owner=found, by=person(request))
    except Invalid as refusal:
        context = {"subject": page.subject(found), "refusal": refusal}
        return render(request, "desk/types/type.html", context, status=422)
    messages.success(request, _("Published."))
    return redirect("desk:type", ref)


@login_required
@require_POST
@door
def type_retire(request: HttpRequest, ref: str) -> HttpResponse:
    core.retire(category=page.category(person(request), ref), by=person(request))
    messages.success(request, _("Nobody can ask for it any more. What was sent goes on."))
    return redirect("desk:type", ref)


def _shown(request: HttpRequest, template: str, form: VerbForm, **more: object) -> HttpResponse:
    return render(request, template, {"form": form, **more}, status=422 if form.errors else 200)
