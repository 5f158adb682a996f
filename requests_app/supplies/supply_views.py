"""The supply form: begun, saved by itself, searched, checked. A GET never creates anything."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.place import current_department, person
from portal.errors import WrongState
from portal.web import door, is_htmx
from requests_app import access, listing, screening
from requests_app.ask_views import ask_edit
from requests_app.file_views import take_files
from requests_app.models import ServiceRequest
from requests_app.submission import problems
from requests_app.supplies import adding, favourites, supply_page
from requests_app.supplies.quoting import quote
from requests_app.supplies.supply_form import SupplyForm


def _begun(
    request: HttpRequest, data: QueryDict | None = None, *, draft: ServiceRequest | None = None
) -> SupplyForm:
    """The form of what was begun, else an empty one for the ward of today."""
    ward = None if draft else current_department(request)
    return SupplyForm(data, by=person(request), ward=ward, draft=draft)


@never_cache  # going back to it must not bring back the key of what was sent
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def supply_new(request: HttpRequest) -> HttpResponse:
    """A new draft: the first POST makes it."""
    if request.method == "POST":
        return _answer(request, _begun(request, request.POST))
    return _show(request, _begun(request))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def draft_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """One's own draft, or what came back to be changed. Once it is sent, the way leads to the request."""
    draft = access.get_draft(person(request), public_id)
    if not draft.is_editable:
        return redirect("desk:request-detail", draft.public_id)
    if not draft.is_supply:
        return ask_edit(request, draft)
    if request.method == "POST":
        return _answer(request, SupplyForm(request.POST, by=person(request), draft=draft))
    return _show(request, SupplyForm(by=person(request), draft=draft))


@require_POST
@door
def draft_save(request: HttpRequest) -> HttpResponse:
    """The page saves itself while somebody writes: a fragment that says when, with the lines and prices as they are now."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    known = listing.draft_with(person(request), request.POST.get("client_key", ""))
    form = _begun(request, request.POST, draft=known)
    draft = form.keep()
    if not is_htmx(request):
        return redirect("requests:draft-edit", draft.public_id) if draft else _show(request, form, status=422)
    shown = SupplyForm(by=person(request), draft=draft) if draft else form
    context = supply_page.page(shown) | {"ward_changed": form.chosen != form.ward}
    context["rows"] = [row for row in context["rows"] if row.code in form.codes]  # others are not on the page
    return render(request, "requests_app/_saved.html", context, status=200 if draft else 422)


@login_required
@require_GET
@door
def supply_find(request: HttpRequest) -> HttpResponse:
    """What the catalogue has by these words, while they are typed."""
    form = _begun(request, request.GET)
    return render(request, "requests_app/_hits.html", supply_page.found(form, form.words))


def _answer(request: HttpRequest, form: SupplyForm) -> HttpResponse:
    """Save what was typed; then do what the pressed button says. A search that finds by words begins no draft."""
    if form.do == "star" and form.chosen:
        favourites.toggle(hospital=form.chosen.hospital, code=form.code, by=form.by)
    tag = form.scanned_equipment()
    if form.only_searches() and listing.draft_with(form.by, request.POST.get("client_key", "")) is None:
        return redirect(_repair(tag)) if tag else _show(request, form)
    try:
        draft = form.keep()
    except WrongState as sent:
        return redirect("desk:request-detail", sent.fields["public_id"])
    take_files(request, draft)
    texts = _screened(form, draft) if draft else {}
    if draft and form.do == "review":
        form.add_problems(problems(draft, quote(draft)))
    if draft is None or form.errors:
        return _show(request, form, status=422)
    screening.record_kept(request=draft, by=form.by, texts=texts)
    if draft and form.do == "addto":
        return _added_to(request, form, draft)
    return redirect(_repair(tag) if tag else _next(form, draft))


def _screened(form: SupplyForm, draft: ServiceRequest) -> dict[str, str]:
    """What the pressed button sends on; what looks like data of a patient gets its sentence until somebody chose."""
    if form.do == "own":
        texts = form.own_texts
    elif form.do == "review":
        stored = screening.texts_of(draft)
        added = {f"line-{code}" for code, item in form.items.items() if item.one_off}
        texts = form.texts | {name: text for name, text in stored.items() if name in added}
    else:
        return {}
    form.add_problems(screening.warned(texts, agreed=form.chosen_anyway))
    return texts


def _repair(tag: str) -> str:
    """A label of equipment was scanned here: that is the way to its repair."""
    return f"{reverse('requests:ask-new', args=['repair'])}?{urlencode({'equipment': tag})}"


def _added_to(request: HttpRequest, form: SupplyForm, draft: ServiceRequest) -> HttpResponse:
    """The line goes onto what the ward asked for already; what else is on the list stays a draft."""
    asked = supply_page.line_to_add_to(form, form.code)
    if asked is None:
        messages.info(request, _("Nothing can be added to any more. It stays on this list."))
        return redirect("requests:draft-edit", draft.public_id)
    sent = adding.move_to(draft=draft, code=form.code, request=asked.request, by=form.by)
    messages.success(request, _("It was added to %(number)s.") % {"number": sent.number})
    return redirect("desk:request-detail", sent.public_id)


def _next(form: SupplyForm, draft: ServiceRequest) -> str:
    if form.do == "review":
        return reverse("desk:review", args=[draft.public_id])
    there = reverse("requests:draft-edit", args=[draft.public_id])
    if form.added:
        return f"{there}?{urlencode({'added': form.added})}"
    return (
        f"{there}?{urlencode({'q': form.words})}" if form.do in ("search", "star") and form.words else there
    )


def _show(request: HttpRequest, form: SupplyForm, *, status: int = 200) -> HttpResponse:
    context = supply_page.page(form, words=request.GET.get("q", "").strip())
    return render(request, "requests_app/supply.html", context, status=status)
