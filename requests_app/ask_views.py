"""Asking by answers: the chooser, the form of a type, and how it saves itself. A GET never creates anything."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.place import asked_for, person, places_to_ask_for
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.web import door, is_htmx
from requests_app import choosing, lifecycle, listing, screening
from requests_app.ask_form import AskForm
from requests_app.file_views import take_files
from requests_app.models import Category, ServiceRequest
from requests_app.states import Kind


@login_required
@require_GET
@door
def ask(request: HttpRequest) -> HttpResponse:
    """What do you need? Types of request, and what the words find among items, equipment and types."""
    ward, words = asked_for(request, request.GET.get("department", "")), request.GET.get("q", "").strip()
    if ward is None:
        return _which_ward(request)
    context = choosing.found(person(request), ward, words)
    context["elsewhere_ward"] = "department" in request.GET
    page = "requests_app/_chosen.html" if is_htmx(request) else "requests_app/choose.html"
    return render(request, page, context)


@never_cache  # going back to it must not bring back the key of what was sent
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def ask_new(request: HttpRequest, code: str) -> HttpResponse:
    """A new draft of this type: the first POST makes it. What the address names is answered already."""
    category = get_object_or_404(Category, code=code, active=True)
    if category.kind == Kind.SUPPLY:
        return redirect("requests:supply-new")
    if request.method == "POST":
        return _answer(request, _form(request, category))
    if asked_for(request, request.GET.get("department", "")) is None:
        return _which_ward(request)
    return _show(request, _form(request, category))


def _which_ward(request: HttpRequest) -> HttpResponse:
    """Who works on no ward says first whom it is for. Raises NotAllowed to who works at no hospital."""
    wards = list(places_to_ask_for(person(request)))
    if not wards:
        raise NotAllowed(_("You work at no hospital today, so there is no ward to ask for."))
    given = [(key, value) for key, value in request.GET.items() if key != "department"]
    return render(request, "requests_app/ask_ward.html", {"wards": wards, "given": given})


def ask_edit(request: HttpRequest, draft: ServiceRequest) -> HttpResponse:
    """One's own draft, or what came back to be changed."""
    data = request.POST if request.method == "POST" else None
    form = AskForm(data, by=person(request), category=draft.category, ward=draft.department, draft=draft)
    return _show(request, form) if data is None else _answer(request, form)


@require_POST
@door
def ask_save(request: HttpRequest, code: str) -> HttpResponse:
    """The page saves itself while somebody writes: a fragment that says when, and what the answers change."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    form = _form(request, get_object_or_404(Category, code=code))
    draft = form.keep()
    if not is_htmx(request):
        return redirect("requests:draft-edit", draft.public_id) if draft else _show(request, form, status=422)
    changed = request.POST.get("asked", "") != form.signature
    return render(request, "requests_app/_asked.html", _page(form) | {"changed": changed})


def _form(request: HttpRequest, category: Category) -> AskForm:
    """The form of what was begun with this key, else an empty one for the ward of today."""
    user, data = person(request), request.POST if request.method == "POST" else None
    known = listing.draft_with(user, data.get("client_key", "")) if data is not None else None
    if known and known.category_id != category.pk:
        raise NotFound
    wanted = (data or request.GET).get("department", "")
    ward = known.department if known else asked_for(request, wanted)
    if ward is None:
        raise NotAllowed(_("Choose a ward of the hospital where you work."))
    return AskForm(
        data, by=user, category=category, ward=ward, draft=known, given=None if data else request.GET.dict()
    )


def _answer(request: HttpRequest, form: AskForm) -> HttpResponse:
    """Save what was typed; then do what the pressed button says."""
    try:
        draft = form.keep()
        take_files(request, draft)
        if draft and form.do == "send":
            screening.check(form.texts, agreed=screening.AGREED in request.POST)
            sent = lifecycle.submit(public_id=draft.public_id, by=form.by, seen="")
            screening.record_kept(request=sent, by=form.by, texts=form.texts)
            response = redirect("desk:request-detail", sent.public_id)
            response["Location"] += "?sent=1"
            return response
    except WrongState as late:
        return redirect("desk:request-detail", late.fields["public_id"])
    except Invalid as refusal:
        form.add_problems(refusal.errors)
    if form.kept is None or form.errors:
        return _show(request, form, status=422)
    return redirect("requests:draft-edit", form.kept.public_id)


def _page(form: AskForm) -> dict[str, Any]:
    return {
        "form": form,
        "category": form.category,
        "draft": form.kept,
        "ward": form.draft.department,
        "hospital": form.draft.hospital,
        "panel": form.kind.panel,
        "beside": form.kind.beside(form.draft, form.by) if form.kind.panel else {},
        "unsaved": form.is_bound and form.kept is None,
    }


def _show(request: HttpRequest, form: AskForm, *, status: int = 200) -> HttpResponse:
    return render(request, "requests_app/ask.html", _page(form), status=status)
