"""Mail for notices, where the hospital has set up mail. The notice on the page is the delivery that counts."""

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext as _

from portal.clock import now
from portal.notify.models import Notice

log = logging.getLogger(__name__)
BATCH = 50
NOT_OLDER = timedelta(
    days=1
)  # switching mail on, or a day without the server, must not send a flood of old news


def mail_is_set_up() -> bool:
    """Has the hospital named a mail server?"""
    return bool(getattr(settings, "EMAIL_URL", ""))


def send_waiting() -> int:
    """Mail what is unread, not yet mailed and less than a day old; returns how many went.

    Each notice is claimed before it is sent, so that two sweeps never mail it twice. At the first failure the claim is
    given back and the batch ends: the next sweep goes on. Without a server this does nothing.
    """
    if not mail_is_set_up():
        return 0
    waiting = Notice.objects.filter(
        mailed_at=None, read_at=None, created_at__gt=now() - NOT_OLDER, user__is_active=True
    ).exclude(user__email="")
    sent = 0
    with get_connection(timeout=10) as connection:
        for notice in waiting.select_related("user").order_by("pk")[:BATCH]:
            claimed = Notice.objects.filter(pk=notice.pk, mailed_at=None).update(mailed_at=now())
            if not claimed:
                continue
            try:
                EmailMessage(
                    subject=notice.text[:150].replace("\n", " "),
                    body=f"{notice.text}\n\n{_('Open it in the portal, under Notices.')}\n",
                    to=[notice.user.email],
                    connection=connection,
                ).send()
            except (OSError, SMTPException) as failure:
                Notice.objects.filter(pk=notice.pk).update(mailed_at=None)
                log.warning("mail: %s; trying again at the next sweep", failure)
                break
            sent += 1
    return sent
