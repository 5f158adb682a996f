"""Telling people. A notice never blocks the verb that writes it: it is a row, delivered afterwards."""

from collections.abc import Iterable, Mapping
from typing import Any

from portal.accounts.models import User
from portal.clock import now
from portal.notify.models import Notice
from portal.notify.texts import KINDS


def notify(
    *,
    users: Iterable[int],
    kind: str,
    case: str = "",
    params: Mapping[str, Any] | None = None,
    url: str = "",
    key: str,
) -> int:
    """Tell `users` (ids of people) once: who has a notice with this `key` already gets no second one.

    `kind` is one of `texts.KINDS`, `params` its plain values, `case` and `url` lead to the request. Returns to how
    many it was addressed. One query.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no sentence for a notice of kind {kind}")
    moment = now()
    people = set(users)
    Notice.objects.bulk_create(
        [
            Notice(
                user_id=user,
                kind=kind,
                case=case,
                params=dict(params or {}),
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


def settle(*, key: str) -> int:
    """What the notices with this `key` asked for is done: nobody needs to read them any more. One query."""
    return Notice.objects.filter(key=key, read_at=None).update(read_at=now())
