"""The portal's own addresses, and beside them an empty page and the list as it must not be."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from portal.accounts.place import person, standing
from portal.urls import urlpatterns as portal
from portal.web import Page
from requests_app import list_page, listing
from requests_app.models import ServiceRequest
from requests_app.states import RequestState


@login_required
def empty(request: HttpRequest) -> HttpResponse:
    """The frame of every page, with nothing in it."""
    return render(request, "base.html", {})


@login_required
def naive(request: HttpRequest) -> HttpResponse:
    """The list with its rows found by one WHERE of OR and EXISTS, by page number: what the bars must refuse."""
    user, first = person(request), 25 * int(request.GET.get("page", 0))
    asked = list_page.asked(request.GET, standing(request))
    seen = ServiceRequest.objects.visible_to(user).exclude(state=RequestState.DRAFT)
    seen = seen.filter(closed_at__isnull=asked.tab == "open")
    rows = listing.dressed(seen).order_by("-created_at", "-pk")[first : first + 25]
    context = {
        "page": Page(shown := list(rows), ""),
        "rows": shown,
        "cursor": "",
        "asked": asked,
        "links": asked.links(),
        "further": bool(first),
    }
    return render(request, "requests_app/request_list.html", context)


urlpatterns = [path("bench/empty/", empty), path("bench/naive/", naive), *portal]
