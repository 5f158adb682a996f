"""The doors of the search field at the top of every page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from portal.accounts.place import person, standing
from portal.web import door
from requests_app.finding import found


@login_required
@require_safe
@door
def search_page(request: HttpRequest) -> HttpResponse:
    """What the words find, in groups; the number of a request leads straight to it."""
    shown = found.everything(person(request), standing(request), request.GET.get("q", ""))
    if shown.exact is not None:
        return redirect("desk:request-detail", shown.exact.public_id)
    return render(request, "requests_app/search.html", {"found": shown})
