"""Somebody on duty, or of the team, says that they have an emergency."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.accounts.place import person
from portal.desk import emergencies
from portal.web import door


@login_required
@require_POST
@door
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Nobody is told any more; the request itself stays where it is."""
    found = emergencies.found(person(request), public_id)
    emergencies.answer(request=found, by=person(request))
    messages.success(request, _("You have it: %(title)s.") % {"title": found.title})
    return redirect("desk:home")
