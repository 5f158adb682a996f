"""Adding to the record, and what others ask of it."""

from typing import Any

from portal.accounts.models import User
from portal.audit import origin
from portal.audit.models import Event
from portal.clock import now


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
    """Add one event inside the transaction of the verb that it tells of.

    `action` is 'thing.happened'; `case` the public id of the request, if any; `subject` 'kind:id';
    `before` and `after` hold what changed. Time, source, address and correlation are filled in.
    """
    came_from = origin.current()
    return Event.objects.create(
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


def actors_of(case: str, action: str) -> set[int]:
    """Ids of those who did `action` on the request `case`, and of those on whose behalf it was done.

    One query.
    """
    rows = Event.objects.filter(case=case, action=action).values_list("actor_id", "on_behalf_of_id")
    return {person for row in rows for person in row if person is not None}
