"""Files wait until the scanner has looked at them. What is not known to be clean stays held, however long that takes."""

import logging
import time

from django.db import transaction
from django.db.models import F

from portal.accounts import scopes
from portal.accounts.models import User
from portal.audit import events
from portal.clock import now
from portal.facts import publish, verb
from requests_app import access
from requests_app.attachments import adding, clamd, shelf
from requests_app.models import Attachment
from requests_app.signals import attachment_infected

BATCH = 100  # files of one sweep
LONGEST = 120.0  # seconds of one sweep: it must not hold up what runs beside it
STRAY_AFTER = 3600.0  # seconds after which content that no row names is left over
WAITING = (Attachment.State.UNSCANNED, Attachment.State.HELD)
log = logging.getLogger(__name__)


def sweep(scanner: clamd.Scanner | None = None) -> int:
    """Ask the scanner about what waits, longest untried first; returns how many were judged. Nothing without a scanner."""
    scanner = scanner or clamd.configured()
    if scanner is None:
        return 0
    rows = Attachment.objects.filter(state__in=WAITING, removed_at=None).exclude(path="")
    waiting = list(rows.order_by(F("scanned_at").asc(nulls_first=True), "pk")[:BATCH])
    judged, until, by = 0, time.monotonic() + LONGEST, scopes.system_user()
    for attachment in waiting:
        try:
            with shelf.open_(attachment.path) as content:
                found: str | None = scanner.scan(content)
        except clamd.ScannerDown as down:
            log.warning("the virus scanner does not answer: %s", down)
            break
        except (clamd.NotScanned, OSError) as trouble:
            log.warning("file %s could not be checked: %s", attachment.ref, trouble)
            found = None
        judge(attachment=attachment, found=found, by=by)
        judged += found is not None
        if time.monotonic() > until:
            break
    return judged


@verb
def judge(*, attachment: Attachment, found: str | None, by: User) -> None:
    """Write down what the scanner said: '' is clean, a name is a virus, None could not be told."""
    request = access.locked(attachment.request)
    attachment = Attachment.objects.select_related("added_by").get(pk=attachment.pk)
    attachment.request = request
    if attachment.state not in WAITING or attachment.removed_at is not None:
        return
    attachment.scanned_at = now()
    if found is None:
        attachment.save(update_fields=["scanned_at"])
    elif not found:
        attachment.state = Attachment.State.CLEAN
        attachment.save(update_fields=["scanned_at", "state"])
    else:
        _condemn(attachment, found, by)


def _condemn(attachment: Attachment, found: str, by: User) -> None:
    request, path = attachment.request, attachment.path
    attachment.state, attachment.path = Attachment.State.INFECTED, ""
    attachment.save(update_fields=["scanned_at", "state", "path"])
    events.record(
        action="attachment.infected",
        by=by,
        case=request.public_id if request.number else "",
        subject=f"file:{attachment.ref}",
        after={"request": request.public_id, "found": found, "sha256": attachment.digest},
    )
    adding.let_go(request, attachment.digest, by=by)
    publish(attachment_infected, request=request, attachment=attachment)
    transaction.on_commit(lambda: shelf.drop(path))


def tidy() -> int:
    """Delete content that no row names: of drafts that were thrown away, of a power cut. Returns how many."""
    known = set(Attachment.objects.exclude(path="").values_list("path", flat=True))
    stray = list(shelf.stray(known, older_than=STRAY_AFTER))
    for path in stray:
        shelf.drop(path)
    return len(stray)
