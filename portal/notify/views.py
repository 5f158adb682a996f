"""The notices of the person who is signed in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.place import person
from portal.notify.models import Notice
from portal.notify.notices import mark_read, unread_count
from portal.web import door, keyset


@login_required
@require_safe
@door
def notice_list(request: HttpRequest) -> HttpResponse:
    own = Notice.objects.filter(user=person(request))
    page = keyset(own, by="-created_at", cursor=request.GET.get("after", ""))
    return render(request, "notify/list.html", {"page": page, "unread": unread_count(person(request))})


@login_required
@require_POST
@door
def read(request: HttpRequest) -> HttpResponse:
    """Those of `id`, or all. Ids of somebody else's notices change nothing."""
    ids = [int(value) for value in request.POST.getlist("id") if value.isdecimal() and len(value) < 19]
    mark_read(by=person(request), ids=ids if "id" in request.POST else None)
    return redirect("notify:list")
