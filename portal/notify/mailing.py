"""Mail for notices, where the hospital has set up mail. The notice on the page is the delivery that counts."""

import logging
from datetime import UTC, datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.clock import now
from portal.notify.models import Notice
from portal.notify.texts import MAIL_FROM
from portal.undo import UNDO

log = logging.getLogger(__name__)
BATCH = 50
AT_ONCE = ("emergency_sent", "emergency_unanswered", "glass_broken")
NOT_OLDER = timedelta(days=1)  # mail that was switched on, or a dead server, sends no flood of old news
LONGEST_HELD = timedelta(days=14)  # until the hours begin in which somebody wants to be told


def mail_is_set_up() -> bool:
    """Has the hospital named a mail server?"""
    return bool(getattr(settings, "EMAIL_URL", ""))


def send_waiting() -> int:
    """Mail what is unread, not yet mailed and due for less than a day; returns how many went.

    A decision may be taken back for ten seconds, and what it caused is not mailed before; a call to an emergency is.
    Each notice is claimed before it is sent, so that two sweeps never mail it twice. At the first failure the claim is
    given back and the batch ends: the next sweep goes on. Without a server this does nothing.
    """
    if not mail_is_set_up():
        return 0
    moment = now()
    waiting = Notice.objects.filter(
        mailed_at=None, read_at=None, created_at__gt=moment - LONGEST_HELD, user__is_active=True
    ).exclude(user__email="")
    held = f"params__{MAIL_FROM}"
    waiting = waiting.filter(
        Q(**{f"{held}__isnull": True}, created_at__gt=moment - NOT_OLDER)
        | Q(**{f"{held}__lte": _text(moment), f"{held}__gt": _text(moment - NOT_OLDER)})
    )
    waiting = waiting.exclude(~Q(kind__in=AT_ONCE), created_at__gt=now() - UNDO)
    sent = 0
    with get_connection(timeout=10) as connection:
        for notice in waiting.select_related("user").order_by("pk")[:BATCH]:
            claimed = Notice.objects.filter(pk=notice.pk, mailed_at=None).update(mailed_at=now())
            if not claimed:
                continue
            try:
                EmailMessage(
                    subject=notice.text[:150].replace("\n", " "),
                    body=f"{notice.text}\n\n{_where(notice)}\n",
                    to=[notice.user.email],
                    connection=connection,
                ).send()
            except (OSError, SMTPException) as failure:
                Notice.objects.filter(pk=notice.pk).update(mailed_at=None)
                log.warning("mail: %s; trying again at the next sweep", failure)
                break
            sent += 1
    return sent


def _where(notice: Notice) -> str:
    """Where to read on: its page, if the portal knows the address that people reach it by."""
    if notice.url and settings.PORTAL_URL:
        return f"{settings.PORTAL_URL}{notice.url}"
    return _("Open it in the portal, under Notices.")


def _text(moment: datetime) -> str:
    """As `notify` keeps the moment from which on a notice is mailed."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
