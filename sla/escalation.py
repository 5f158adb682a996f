"""The sweep: asks which clocks have a moment that has come, and marks each warning and each breach exactly once."""

from contextlib import nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from portal import clock as time
from portal.accounts import scopes
from portal.audit import events
from portal.facts import publish, verb
from requests_app import access
from requests_app.models import ServiceRequest
from sla import clocks, signals
from sla.models import Clock, ClockEvent

if TYPE_CHECKING:
    from portal.accounts.models import User


class Swept(TypedDict):
    due: int
    warned: int
    breached: int


def sweep(*, now: datetime | None = None, limit: int = 200) -> Swept:
    """Mark what is due at `now` (default: the present), the longest waiting first, at most `limit` clocks.

    Each clock is its own transaction, so a second sweep at the same time, or one that dies, marks nothing twice and
    loses nothing. After an outage each clock is warned of and marked late once, at the time of the sweep. One that
    cannot be marked does not hold up the others: its error is raised at the end, in an ExceptionGroup.
    """
    with time.at(now) if now else nullcontext():
        due = list(
            Clock.objects.filter(state=Clock.State.RUNNING, next_check_at__lte=time.now())
            .order_by("next_check_at", "pk")
            .values_list("pk", "request_id")[:limit]
        )
        counts: Swept = {"due": len(due), "warned": 0, "breached": 0}
        failures: list[Exception] = []
        if not due:
            return counts
        by = scopes.system_user()
        for clock_id, request_id in due:
            try:
                marked = mark(clock_id=clock_id, request_id=request_id, by=by)
            except Exception as failure:  # noqa: BLE001 (raised below, after the others had their turn)
                failures.append(failure)
                continue
            counts["warned"] += ClockEvent.Kind.WARNED in marked
            counts["breached"] += ClockEvent.Kind.BREACHED in marked
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(due)} due clocks could not be marked", failures)
    return counts


@verb
def mark(*, clock_id: int, request_id: int, by: "User") -> list[str]:
    """Lock the request, then the clock, look again, and mark what has come. Returns the kinds of event marked.

    Publishes `clock_warned` and `clock_breached`, in this order where both have come, with an audit event for each.
    """
    request = access.lock_id(request_id)
    clock = Clock.objects.select_for_update().get(pk=clock_id)
    moment = time.now()
    marked: list[str] = []
    if clock.is_running and clock.warned_at is None and clock.warn_at <= moment:
        clock.warned_at, clock.next_check_at = moment, clock.due_at
        marked.append(ClockEvent.Kind.WARNED)
    if clock.is_running and clock.breached_at is None and clock.due_at <= moment:
        clock.breached_at, clock.next_check_at = moment, None
        marked.append(ClockEvent.Kind.BREACHED)
    if marked:
        clock.save(update_fields=["warned_at", "breached_at", "next_check_at"])
        for kind in marked:
            _tell(request, clock, kind, by)
    return marked


def _tell(request: ServiceRequest, clock: Clock, kind: str, by: "User") -> None:
    clocks.record([clock], kind, by)
    events.record(
        action=f"clock.{kind}",
        by=by,
        case=request.public_id,
        subject=f"clock:{clock.pk}",
        after={"clock": clock.kind, "about": clock.about, "due_at": clock.due_at.isoformat()},
    )
    values = {"request": request, "clock_kind": clock.kind, "about": clock.about, "due_at": clock.due_at}
    if kind == ClockEvent.Kind.WARNED:
        publish(signals.clock_warned, **values)
    else:
        publish(signals.clock_breached, **values, started_at=clock.started_at)
