"""People read what they were told, some days later than others."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random

from portal.accounts.models import User
from portal.clock import now
from portal.desk.demo.queue import Action
from portal.desk.demo.stage import Stage
from portal.notify.models import Notice
from portal.notify.notices import mark_read

FRESH = timedelta(hours=20)  # what is newer may stay unread


def read_notices(stage: Stage) -> Iterator[tuple[datetime, Action]]:
    """Every day some of those who have something unread look at it; the last day is left as it is."""
    for back in range(1, stage.days):
        yield stage.until - timedelta(days=back, hours=5), partial(_read, stage.chance("reads", back))


def _read(chance: Random) -> None:
    unread: dict[int, list[int]] = {}
    waiting = Notice.objects.filter(read_at=None, created_at__lte=now() - FRESH)
    for user_id, pk in waiting.order_by("user_id", "pk").values_list("user_id", "pk"):
        unread.setdefault(user_id, []).append(pk)
    for user in User.objects.filter(pk__in=unread).order_by("pk"):
        if chance.random() < 0.4:
            mark_read(by=user, ids=unread[user.pk])
