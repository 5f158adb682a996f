"""Adding a file to a request and taking it away again."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit import events
from portal.clock import now
from portal.errors import DomainError, Invalid, NotAllowed, NotFound
from portal.facts import publish, verb
from requests_app import access, permissions, screening
from requests_app.attachments import intake, shelf
from requests_app.attachments.refusing import NotTaken
from requests_app.models import Attachment, ServiceRequest
from requests_app.signals import file_removed
from requests_app.states import RequestState

if TYPE_CHECKING:
    from requests_app.attachments.intake import Taken

FIELD = "files"  # the name of the field in every form
MOST = 10  # files of one request
MB = 1024 * 1024
MOST_A_DAY = 100 * MB  # of one person
log = logging.getLogger(__name__)


def may_add(user: User, request: ServiceRequest) -> bool:
    """Its writer while it can be edited; while it is open, also the ward and the team that does the work."""
    if permissions.can_edit(user, request):
        return True
    return request.is_open and (permissions.works_on(user, request) or permissions.serves(user, request))


def may_remove(user: User, attachment: Attachment) -> bool:
    """Whoever added it, while the request is not over."""
    request = attachment.request
    return (
        attachment.added_by_id == user.pk
        and attachment.removed_at is None
        and (request.is_open or request.is_editable)
    )


def shown(request: ServiceRequest) -> list[Attachment]:
    """What a page lists: what is there, and the tombstones of what was there when others could see it. One query."""
    if request.pk is None:
        return []
    rows = request.attachments.select_related("added_by", "removed_by").order_by("pk")
    return [row for row in rows if row.removed_at is None or row.was_there(request.submitted_at)]


def get_attachment(user: User, ref: str) -> Attachment:
    """Fetch a file of a request that `user` may see. Raises NotFound for every other."""
    found = Attachment.objects.select_related("request").filter(ref=ref).first()
    if found is None:
        raise NotFound
    found.request = access.get_request(user, found.request.public_id)
    return found


def asked(typed: Mapping[str, Any]) -> bool:
    """Was one of the form's own buttons for files pressed, so that the form is shown again?"""
    return typed.get("do") == "attach" or bool(typed.get("drop_file"))


def take_from(
    files: MultiValueDict[str, Any], *, draft: ServiceRequest, by: User, drop: str = ""
) -> list[str]:
    """Add the files of a form that was posted, and remove the one that `drop` names. Returns what people must be told.

    A file that cannot be taken never stops the form: it is a sentence.
    """
    told = []
    if drop:
        try:
            remove(attachment=get_attachment(by, drop), by=by)
        except DomainError as refusal:
            told.append(refusal.message)
    for upload in files.getlist(FIELD):
        try:
            attach(request=draft, upload=upload, by=by)
        except Invalid as refusal:
            told += refusal.errors[FIELD]
        except DomainError as refusal:
            told.append(refusal.message)
    return told


def attach(*, request: ServiceRequest, upload: Any, by: User) -> Attachment:
    """Judge, redraw, store and record one file. Raises Invalid (`files`) and NotAllowed.

    Judging takes up to a second or two, so it is done before the transaction begins.
    """
    if not may_add(by, request):
        raise NotAllowed(_("No file can be added to this request any more."))
    called = str(upload.name or "")[-60:]
    try:
        _check_room(request, by)
        taken = intake.accept(upload)
        path = shelf.put(taken.content)
    except NotTaken as refusal:
        raise Invalid({FIELD: [_told(called, refusal.sentence)]}) from None
    except OSError:
        log.exception("a file could not be stored")
        said = _("It could not be stored just now. The request is not affected; try again later.")
        raise Invalid({FIELD: [_told(called, said)]}) from None
    try:
        return _keep(request=request, taken=taken, path=path, by=by)
    except NotTaken as refusal:
        shelf.drop(path)
        raise Invalid({FIELD: [_told(called, refusal.sentence)]}) from None
    except BaseException:
        shelf.drop(path)
        raise


@verb
def _keep(*, request: ServiceRequest, taken: "Taken", path: str, by: User) -> Attachment:
    request = access.locked(request)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # counts the day of a person one file at a time
    if not may_add(by, request):
        raise NotAllowed(_("No file can be added to this request any more."))
    _check_room(request, by, size=len(taken.content))
    moment = now()
    attachment = Attachment.objects.create(
        request=request,
        name=_discreet(taken.name),
        mime=taken.mime,
        size=len(taken.content),
        digest=taken.digest,
        path=path,
        width=taken.width,
        height=taken.height,
        state=Attachment.State.HELD if settings.CLAMD_URL else Attachment.State.UNSCANNED,
        added_by=by,
        added_at=moment,
    )
    if request.is_editable:
        _decide_about(request, [*request.files, attachment.digest])
    _record("attachment.added", attachment, by)
    return attachment


@verb
def remove(*, attachment: Attachment, by: User) -> None:
    """Delete the content; the row stays and says who removed it.

    Publishes `file_removed` where somebody is deciding with it before them. Raises NotAllowed.
    """
    request = access.locked(attachment.request)
    attachment = Attachment.objects.get(pk=attachment.pk)
    attachment.request = request
    if not may_remove(by, attachment):
        raise NotAllowed(_("Only who added a file can remove it, until the request is over."))
    path, attachment.path = attachment.path, ""
    attachment.removed_by, attachment.removed_at = by, now()
    attachment.save(update_fields=["path", "removed_by", "removed_at"])
    _record("attachment.removed", attachment, by)
    let_go(request, attachment.digest, by=by)
    if path:
        transaction.on_commit(lambda: shelf.drop(path))


def let_go(request: ServiceRequest, digest: str, *, by: User) -> None:
    """A file is not there any more: until the request is agreed to, nobody decides about it either.

    Publishes `file_removed` for a request that was sent. Only inside a verb that holds the lock of `request`.
    """
    undecided = request.is_editable or request.state == RequestState.SUBMITTED
    there = request.attachments.filter(digest=digest, removed_at=None).exclude(path="")
    if not undecided or request.files.count(digest) <= there.count():
        return  # another copy of it is still there
    left = list(request.files)
    left.remove(digest)
    _decide_about(request, left)
    if request.state == RequestState.SUBMITTED:
        publish(file_removed, request=request, by=by)


def _decide_about(request: ServiceRequest, files: list[str]) -> None:
    request.files = sorted(files)
    request.save(update_fields=["files"])


def _check_room(request: ServiceRequest, by: User, *, size: int = 0) -> None:
    if request.attachments.filter(removed_at=None).count() >= MOST:
        raise NotTaken(_("At most %(most)s files fit on one request.") % {"most": MOST})
    day = Attachment.objects.filter(added_by=by, added_at__gt=now() - timedelta(days=1))
    if (day.aggregate(sum=Sum("size"))["sum"] or 0) + size > MOST_A_DAY:
        raise NotTaken(
            _("You have added %(most)s MB today. Go on tomorrow, or ask a colleague.")
            % {"most": MOST_A_DAY // MB}
        )


def _told(name: str, sentence: str) -> str:
    shown_name = "".join(sign for sign in name if sign.isprintable())
    return _("“%(name)s” was not added. %(sentence)s") % {"name": shown_name, "sentence": sentence}


def _discreet(name: str) -> str:
    """The name, unless it looks like patient data: then only what it is."""
    return name if not screening.kinds(name) else _("file") + "." + name.rpartition(".")[2]


def _record(action: str, attachment: Attachment, by: User) -> None:
    """Without the name, which may say more than the record should keep. A draft has no record of its own yet."""
    request = attachment.request
    events.record(
        action=action,
        by=by,
        case=request.public_id if request.state != RequestState.DRAFT else "",
        subject=f"file:{attachment.ref}",
        after={
            "request": request.public_id,
            "kind": attachment.mime,
            "size": attachment.size,
            "sha256": attachment.digest,
        },
    )
