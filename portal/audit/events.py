"""Adding to the record, and what others ask of it."""

from collections.abc import Iterable
from typing import Any

from portal.accounts.models import User
from portal.audit import origin
from portal.audit.models import Event
from portal.clock import now
from portal.facts import store_together

BREAK_GLASS = "approval.break_glass"
DECIDED = (
    "step.approved",
    BREAK_GLASS,
)  # who did one of these agreed to it: two of the three hands are not theirs


def record(
    *,
    action: str,
    by: User,
    case: str = "",
    subject: str = "",
    on_behalf_of: User | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    policy: str = "",
) -> Event:
    """Add one event inside the transaction of the verb that it tells of; it has its key once the verb is over.

    `action` is 'thing.happened'; `case` the public id of the request, if any; `subject` 'kind:id';
    `before` and `after` hold what changed. Time, source, address and correlation are filled in.
    """
    came_from = origin.current()
    event = Event(
        at=now(),
        action=action,
        actor=by,
        on_behalf_of=on_behalf_of,
        case=case,
        subject=subject,
        before=before or {},
        after=after or {},
        reason=reason,
        policy=policy[:120],
        source=came_from.source,
        address=came_from.address,
        correlation=came_from.correlation,
    )
    store_together(_store, event)
    return event


def _store(events: list[Event]) -> None:
    Event.objects.bulk_create(events)


def actors_of(case: str, *actions: str) -> set[int]:
    """Ids of those who did one of `actions` on the request `case`, and of those on whose behalf it was done.

    One query.
    """
    rows = Event.objects.filter(case=case, action__in=actions).values_list("actor_id", "on_behalf_of_id")
    return {person for row in rows for person in row if person is not None}


def cases_with(action: str, cases: Iterable[str]) -> set[str]:
    """Those of `cases`, public ids of requests, of which `action` is on record. One query."""
    return set(Event.objects.filter(case__in=list(cases), action=action).values_list("case", flat=True))
