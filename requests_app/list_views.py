"""The doors of the request list: its pages, its rows as they are now, and the views that somebody saved."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.place import person, standing
from portal.errors import Invalid
from portal.live import marks
from portal.web import asks_by_itself, door
from requests_app import kept_lists, list_counts, list_page


@login_required
@require_safe
@door
def request_list(request: HttpRequest) -> HttpResponse:
    """Open, what needs the person, closed or drafts; newest first; every filter is a link."""
    user, where = person(request), standing(request)
    asked, cursor = list_page.asked(request.GET, where), request.GET.get("after", "")
    held = list_page.held_by(user, where) if asked.tab != "drafts" else {}
    found = list_page.base(user, asked, held) if held else None
    counted = list_counts.counted(asked, found) if found else list_counts.Counted()
    asked = counted.settled(asked)
    page = list_page.page(user, asked, cursor, held, found)
    context = {
        "page": page,
        "rows": page.rows,
        "shown": marks(row.public_id for row in page.rows),
        "cursor": cursor,
        "asked": asked,
        "links": asked.links(),
        "further": bool(cursor),
        "chips": counted.chips(asked),
        "places": counted.places(asked),
        "total": counted.total(asked) if asked.lists else "",
        "views": kept_lists.of(user) if asked.lists else [],
    }
    return render(request, "requests_app/request_list.html", context)


@asks_by_itself
@require_safe
@door
def request_rows(request: HttpRequest) -> HttpResponse:
    """The rows of a page of the list as they are now, each in its place, and how many came since; the page asks by itself."""
    user, where = person(request), standing(request)
    asked, cursor = list_page.asked(request.GET, where), request.GET.get("after", "")
    shown = request.GET.get("shown", "")
    rows, news = list_page.as_shown(user, asked, cursor, shown, list_page.held_by(user, where))
    context = {
        "rows": rows,
        "news": news,
        "shown": shown,
        "cursor": cursor,
        "asked": asked,
        "links": asked.links(),
        "at": where,
    }
    return render(request, "requests_app/_list_answer.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def saved(request: HttpRequest) -> HttpResponse:
    """The views of the person; a POST keeps one more."""
    if request.method != "POST":
        return _saved(request)
    asked = list_page.asked(_query(request), standing(request))
    try:
        kept_lists.keep(name=request.POST.get("name", ""), query=asked.link().lstrip("?"), by=person(request))
    except Invalid as refusal:
        return _saved(
            request, refused=refusal.errors, name=request.POST.get("name", ""), query=asked.link()[1:]
        )
    messages.success(request, _("The view is saved."))
    return redirect(reverse("requests:list") + asked.link())


@login_required
@require_POST
@door
def rename(request: HttpRequest, ref: str) -> HttpResponse:
    """Another name for it."""
    try:
        kept_lists.rename(ref=ref, name=request.POST.get("name", ""), by=person(request))
    except Invalid as refusal:
        return _saved(request, refused=refusal.errors, name=request.POST.get("name", ""), renamed=ref)
    messages.success(request, _("The view has its new name."))
    return redirect("requests:views")


@login_required
@require_POST
@door
def forget(request: HttpRequest, ref: str) -> HttpResponse:
    """Delete it."""
    kept_lists.forget(ref=ref, by=person(request))
    messages.success(request, _("The view is gone."))
    return redirect("requests:views")


def _saved(request: HttpRequest, **refused: Any) -> HttpResponse:
    context = {"views": kept_lists.of(person(request)), **refused}
    status = 422 if refused else 200
    return render(request, "requests_app/views.html", context, status=status)


def _query(request: HttpRequest) -> QueryDict:
    """What a form says of the list that it stands on."""
    return QueryDict(request.POST.get("query", "")[:500])
