"""Doors of the files of a request. A file is only ever handed out to be saved, never shown by the portal's own address."""

import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.models import User
from portal.accounts.place import person
from portal.errors import NotFound, WrongState
from portal.web import door
from requests_app import access, attachments
from requests_app.attachments import shelf
from requests_app.models import ServiceRequest

log = logging.getLogger(__name__)
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@login_required
@require_safe
@door
def file_get(request: HttpRequest, ref: str) -> FileResponse:
    """The content, to whoever may see the request, once nothing was found in it."""
    return hand_out(person(request), ref)


def hand_out(user: User, ref: str) -> FileResponse:
    """The file, to be saved, for pages and programs alike. Raises NotFound, and WrongState while it is checked."""
    attachment = attachments.get_attachment(user, ref)
    if attachment.waits:
        raise WrongState(_("It is still being checked for viruses. Try again in a minute."))
    if not attachment.is_there:
        raise NotFound
    try:
        content = shelf.open_(attachment.path)
    except OSError as missing:
        log.exception("the content of file %s is missing", ref)
        raise NotFound from missing
    octets = "application/octet-stream"
    return FileResponse(
        content, as_attachment=True, filename=attachment.name, content_type=octets, headers=SAFE
    )


@login_required
@require_POST
@door
def file_add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Add files on the request page."""
    case = access.get_request(person(request), public_id)
    if not request.FILES:
        messages.info(request, _("Choose a file first."))
    take_files(request, case)
    return _back(case)


@login_required
@require_POST
@door
def file_remove(request: HttpRequest, ref: str) -> HttpResponse:
    """Take one's own file away again."""
    attachment = attachments.get_attachment(person(request), ref)
    attachments.remove(attachment=attachment, by=person(request))
    messages.success(request, _("The file is gone."))
    return _back(attachment.request)


def take_files(request: HttpRequest, draft: ServiceRequest | None) -> bool:
    """What a form of a draft does with its files once it is saved. True: only that was asked for, so show the form again.

    Whatever is wrong with a file becomes a message and stops nothing.
    """
    if draft is None:
        told = [_("The file was not added. Mend what is marked first.")] if request.FILES else []
    else:
        drop = request.POST.get("drop_file", "")
        told = attachments.take_from(request.FILES, draft=draft, by=person(request), drop=drop)
    for sentence in told:
        messages.warning(request, sentence, extra_tags="files")
    return draft is not None and attachments.asked(request.POST)


def _back(case: ServiceRequest) -> HttpResponse:
    response = redirect("desk:request-detail", case.public_id)
    response["Location"] += "#files"
    return response
