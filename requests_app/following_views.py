"""The doors of those who follow a request that somebody else filed, and of who clears what did harm."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.accounts.place import person
from portal.web import door
from requests_app import access, following
from requests_app.equipment import harm


@login_required
@require_POST
@door
def join(request: HttpRequest, public_id: str) -> HttpResponse:
    """I have this too. What was begun with the form that showed it (`client_key`) is no longer needed."""
    case = access.get_request(person(request), public_id)
    joined = following.join(request=case, by=person(request), instead_of=_key(request))
    sentence = _("You are on it. You are told when it ends.") if joined else _("This is your own report.")
    messages.success(request, sentence)
    return redirect("desk:request-detail", case.public_id)


@login_required
@require_POST
@door
def watch(request: HttpRequest, public_id: str) -> HttpResponse:
    case = access.get_request(person(request), public_id)
    following.watch(request=case, by=person(request))
    messages.success(request, _("You are told when it ends."))
    return redirect("desk:request-detail", case.public_id)


@login_required
@require_POST
@door
def unwatch(request: HttpRequest, public_id: str) -> HttpResponse:
    case = access.get_request(person(request), public_id)
    following.unwatch(request=case, by=person(request))
    messages.success(request, _("You no longer follow it."))
    return redirect("desk:request-detail", case.public_id)


@login_required
@require_POST
@door
def harm_clear(request: HttpRequest, public_id: str) -> HttpResponse:
    """The head of clinical engineering has looked at what did harm."""
    case = access.get_request(person(request), public_id)
    harm.clear(request=case, by=person(request), reason=request.POST.get("reason", ""))
    messages.success(request, _("It may be worked on and closed now."))
    return redirect("desk:request-detail", case.public_id)


def _key(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("client_key", ""))
    except ValueError:
        return None
