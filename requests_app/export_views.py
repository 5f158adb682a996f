"""The doors of lists as files: CSV streams at once, XLSX is made in the background and has a page that says how far it is."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.place import person, standing
from portal.clock import now
from portal.errors import Invalid
from portal.web import door, page_or_fragment
from requests_app import export_files, exporting, list_page
from requests_app.file_views import SAFE
from requests_app.list_page import Asked

MOST_CHOSEN = 25  # rows of one page


@login_required
@require_POST
@door
def export(request: HttpRequest) -> HttpResponseBase:
    """The list that the button stands under, or the rows of it that were chosen, as CSV or XLSX."""
    asked = list_page.asked(QueryDict(request.POST.get("query", "")[:500]), standing(request))
    only = [ref[:30] for ref in request.POST.getlist("ref")[:MOST_CHOSEN]]
    query = urlencode([*asked.query.items(), *(("ref", ref) for ref in only)])
    if request.POST.get("form") != "xlsx":
        return _stream(request, asked, only)
    try:
        made = export_files.ask(query=query, by=person(request))
    except Invalid as refusal:
        for sentence in refusal.errors["list"]:
            messages.warning(request, sentence)
        return redirect(reverse("requests:list") + asked.link())
    return redirect("requests:export-progress", made.ref)


def _stream(request: HttpRequest, asked: Asked, only: list[str]) -> StreamingHttpResponse:
    user, where = person(request), standing(request)
    wanted = exporting.keys(user, asked, list_page.held_by(user, where), only)
    said: dict[str, Any] = {"query": asked.link()[1:], "form": "csv", "by": user}
    exporting.record(**said, count=len(wanted), begun=True)
    told: Callable[[int], object] = lambda count: exporting.record(**said, count=count)  # noqa: E731 (said at the end)
    answer = StreamingHttpResponse(
        exporting.csv_lines(wanted, told), content_type="text/csv; charset=utf-8", headers=SAFE
    )
    answer["Content-Disposition"] = f'attachment; filename="requests-{now():%Y-%m-%d}.csv"'
    return answer


@login_required
@require_safe
@door
def progress(request: HttpRequest, ref: str) -> HttpResponse:
    """How far one's own file is, and the file once it is there; the page asks again by itself."""
    context = {"export": export_files.get(person(request), ref)}
    return page_or_fragment(request, "requests_app/export.html", "requests_app/_export.html", context)


@login_required
@require_safe
@door
def file(request: HttpRequest, ref: str) -> FileResponse:
    """One's own file, while all that is in it is still theirs to see."""
    path = export_files.hand_out(person(request), ref)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return FileResponse(
        path.open("rb"), as_attachment=True, filename="requests.xlsx", content_type=kind, headers=SAFE
    )
