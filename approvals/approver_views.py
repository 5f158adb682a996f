"""Doors of what each person decided: the people, and one of them."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from approvals import approvers, history
from portal.accounts.place import person, standing
from portal.errors import NotAllowed
from portal.web import door, keyset


@login_required
@require_safe
@door
def people(request: HttpRequest) -> HttpResponse:
    """Who decided lately."""
    check(request)
    return render(request, "approvals/approvers.html", {"rows": approvers.lately(person(request))})


@login_required
@require_safe
@door
def one(request: HttpRequest, username: str) -> HttpResponse:
    """What one person decided, the newest first."""
    check(request)
    approver, found = approvers.decided_by(username, person(request))
    page = keyset(found, by="-id", cursor=request.GET.get("after", ""))
    context = {"approver": approver, "rows": history.shown(page.rows), "next": page.next}
    return render(request, "approvals/approver.html", context)


def check(request: HttpRequest) -> None:
    if not approvers.reads(standing(request)):
        raise NotAllowed(_("Auditors and service managers read what each person decided."))
