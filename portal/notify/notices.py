"""Telling people. A notice never blocks the verb that writes it: it is a row, delivered afterwards."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count

from portal.accounts.models import User
from portal.clock import now
from portal.notify.models import Notice
from portal.notify.texts import KINDS, MAIL_FROM


def notify(
    *,
    users: Iterable[int],
    kind: str,
    case: str = "",
    params: Mapping[str, Any] | None = None,
    url: str = "",
    key: str,
    mail_from: datetime | None = None,
    instead: bool = False,
) -> int:
    """Tell `users` (ids of people) once: who has a notice with this `key` already gets no second one, or this `instead`.

    `kind` is one of `texts.KINDS`, `params` its plain values, `case` and `url` lead to the request; `mail_from`: it stands in
    the portal at once and is mailed at that moment at the earliest. Returns to how many it was addressed.
    One query, two `instead`.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no sentence for a notice of kind {kind}")
    moment = now()
    people = set(users)
    if instead:
        Notice.objects.filter(key=key, user__in=people).delete()
    said = dict(params or {})
    if mail_from is not None:
        said[MAIL_FROM] = mail_from.astimezone(UTC).isoformat(timespec="seconds")
    Notice.objects.bulk_create(
        [
            Notice(
                user_id=user,
                kind=kind,
                case=case,
                params=said,
                url=url,
                key=key,
                created_at=moment,
            )
            for user in people
        ],
        ignore_conflicts=True,
    )
    return len(people)


def unread_count(user: User) -> int:
    """How many notices `user` has not read. One query."""
    return Notice.objects.filter(user=user, read_at=None).count()


def mark_read(*, by: User, ids: Iterable[int] | None = None) -> int:
    """Mark the notices of `by` as read: those of `ids`, or all. Returns how many were unread."""
    unread = Notice.objects.filter(user=by, read_at=None)
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    return unread.update(read_at=now())


def settle(*, key: str, also: str = "", users: Iterable[int] | None = None) -> int:
    """What the notices with this `key` (and those with `also`) asked for is done: nobody (of `users`) needs to read them.

    One query.
    """
    keys = [key, also] if also else [key]
    unread = Notice.objects.filter(key__in=keys, read_at=None)
    if users is not None:
        unread = unread.filter(user__in=list(users))
    return unread.update(read_at=now())


def take_back(*, case: str, kinds: Iterable[str], since: datetime, users: Iterable[int] | None = None) -> int:
    """What was said about `case` from that moment on is not so any more: these notices (of `users`, or of all) go.

    Who is told the same later is told anew. One query.
    """
    said = Notice.objects.filter(case=case, kind__in=list(kinds), created_at__gte=since)
    if users is not None:
        said = said.filter(user__in=list(users))
    return said.delete()[0]


def heavily_told(users: Iterable[int], kinds: Iterable[str], *, since: datetime, most: int) -> set[int]:
    """Those of `users` who got `most` notices of these `kinds` or more since then. One query."""
    got = Notice.objects.filter(user__in=list(users), kind__in=list(kinds), created_at__gt=since)
    counted = got.order_by().values("user").annotate(n=Count("pk")).filter(n__gte=most)
    return set(counted.values_list("user", flat=True))
