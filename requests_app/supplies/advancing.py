"""How lines of a request move on: fetched, judged, changed and put on record in one way, under the lock of the request."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from portal.audit import events
from portal.clock import now
from portal.errors import WrongState
from requests_app.models import RequestItem, ServiceRequest
from requests_app.states import LineState

if TYPE_CHECKING:
    from portal.accounts.models import User

SATURDAY = 5
STORED = (
    "state",
    "approved_quantity",
    "goods_in_quantity",
    "follow_quantity",
    "picked_quantity",
    "sent_quantity",
    "received_quantity",
    "order_name",
    "expected_on",
)


def lines_of(request: ServiceRequest, ids: Iterable[int]) -> list[RequestItem]:
    """These lines of `request`, with their teams. Raises WrongState when one is not its own any more. One query."""
    wanted = set(ids)
    lines = [line for line in request.lines.select_related("team") if line.pk in wanted]
    if len(lines) != len(wanted):
        raise WrongState(_("A line of this request has changed. Look again."))
    return lines


def moved_on(line: RequestItem) -> WrongState:
    """The refusal when somebody was first."""
    return WrongState(_("“%(line)s” has moved on meanwhile.") % {"line": line.name})


def _note(
    request: ServiceRequest,
    lines: list[RequestItem],
    *,
    by: "User",
    action: str,
    before: dict[int, str],
    reason: str = "",
    **more: object,
) -> None:
    """One audit event for the verb, with every line's state before and after."""
    events.record(
        action=action,
        by=by,
        case=request.public_id,
        subject=f"request:{request.pk}",
        before={"lines": {line.code: before[line.pk] for line in lines}},
        after={"lines": {line.code: str(line.state) for line in lines}, **more},
        reason=reason,
    )


def advance(
    request: ServiceRequest,
    ids: Iterable[int],
    *,
    by: "User",
    action: str,
    change: Callable[[RequestItem], None],
    allowed: Callable[[RequestItem], bool],
    reason: str = "",
    **more: object,
) -> list[RequestItem]:
    """Let `change` work on each of these lines, store what changed and put it on record with `more`. `request` is locked.

    Raises WrongState for a line that is not `allowed`.
    """
    lines = lines_of(request, ids)
    before = {line.pk: str(line.state) for line in lines}
    for line in lines:
        if not allowed(line):
            raise moved_on(line)
        change(line)
    RequestItem.objects.bulk_update(lines, STORED)
    _note(request, lines, by=by, action=action, before=before, reason=reason, **more)
    return lines


def is_in(*states: LineState) -> Callable[[RequestItem], bool]:
    """For `allowed` of `advance`: the line is in one of these."""
    return lambda line: line.state in states


def today_at(request: ServiceRequest) -> date:
    """What day it is at the hospital of the request."""
    return now().astimezone(ZoneInfo(request.hospital.time_zone)).date()


def working_days_after(day: date, count: int) -> date:
    """The day that is `count` days after `day`, Saturdays and Sundays not counted."""
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < SATURDAY
    return day
