"""Starting and stopping the clocks of a request, and the due time that lists show.

Every verb locks the request first, so what it reads of the clocks stays true until the commit. A missing target or
calendar never stops the request: it becomes an exception that the service manager owns, and that clock does not run.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from portal.clock import now
from portal.facts import verb
from requests_app import access, casework, projections
from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from sla import policies
from sla.models import Clock, ClockEvent

if TYPE_CHECKING:
    from portal.accounts.models import User

APPROVAL, RESPONSE, FULFILMENT = Clock.Kind.APPROVAL, Clock.Kind.RESPONSE, Clock.Kind.FULFILMENT
OWNER = "service_manager"


@verb
def start_approval_clock(*, request: ServiceRequest, about: str, calendar: str, by: "User") -> Clock | None:
    """Start timing the decision `about` ('step:12') on the calendar code of its step. Starting twice starts once.

    A request that was decided meanwhile gets no clock. Returns the new clock, or None.
    """
    locked = access.locked(request)
    clocks = _clocks(locked)
    running = [clock for clock in clocks if clock.kind == APPROVAL and clock.is_running]
    if locked.state != RequestState.SUBMITTED or any(clock.about == about for clock in running):
        return None
    try:
        promise = policies.approval(locked, calendar, now())
    except policies.Missing as missing:
        _own(missing, locked, by)
        return None
    started = _start(locked, [(APPROVAL, about, promise)], by)
    _project(request, locked, clocks + started)
    return started[0]


@verb
def start_work_clocks(*, request: ServiceRequest, by: "User") -> list[Clock]:
    """The request is agreed: the decision's clocks end, response and fulfilment run from `released_at`, once there is one.

    Each starts once for each time that it was released, and not at all before its approval or after its end.
    Returns the new ones.
    """
    locked = access.locked(request)
    if locked.state == RequestState.SUBMITTED:
        return []
    clocks = _clocks(locked)
    _stop([clock for clock in clocks if clock.kind == APPROVAL], by, None)
    started: list[Clock] = []
    known = {clock.kind for clock in clocks if clock.is_running or _of_this_release(clock, locked)}
    wanted = [kind for kind in _open_work(locked.state) if kind not in known] if locked.released_at else []
    if wanted:
        try:
            response, fulfilment = policies.work(locked, locked.released_at or now())
            promises: dict[str, policies.Promise] = {RESPONSE: response, FULFILMENT: fulfilment}
            started = _start(locked, [(kind, "", promises[kind]) for kind in wanted], by)
        except policies.Missing as missing:
            _own(missing, locked, by)
    _project(request, locked, clocks + started)
    return started


@verb
def stop_clock(
    *, request: ServiceRequest, kind: str, about: str = "", by: "User", outcome: str | None = None
) -> None:
    """Stop one running clock. `outcome` None: met or late, by its due time. One that does not run is left alone."""
    _end(request, lambda clock: clock.kind == kind and clock.about == about, by, outcome)


@verb
def stop_response(*, request: ServiceRequest, by: "User") -> None:
    """Somebody has taken it."""
    stop_clock(request=request, kind=RESPONSE, by=by)


@verb
def stop_fulfilment(*, request: ServiceRequest, by: "User") -> None:
    """Everything is on the ward; what arrived was taken by somebody, also where nobody said so before."""
    _end(request, lambda clock: clock.kind in (RESPONSE, FULFILMENT), by, None)


@verb
def stop_all(*, request: ServiceRequest, by: "User", outcome: str = Clock.Outcome.CANCELLED) -> None:
    """The request ended: stop whatever still runs."""
    _end(request, lambda clock: True, by, outcome)


def _end(request: ServiceRequest, which: Callable[[Clock], bool], by: "User", outcome: str | None) -> None:
    locked = access.locked(request)
    clocks = _clocks(locked)
    if _stop([clock for clock in clocks if which(clock)], by, outcome):
        _project(request, locked, clocks)


def shown(request: ServiceRequest) -> list[Clock]:
    """What is promised for `request` and how each promise ended; without what is no longer needed. One query."""
    kept = Clock.objects.filter(request=request).exclude(outcome=Clock.Outcome.CANCELLED)
    return list(kept.order_by("pk"))


def _clocks(request: ServiceRequest) -> list[Clock]:
    """The clocks of a locked request: read once in its transaction, then kept with it by `_project`."""
    kept: list[Clock] | None = request.__dict__.get("_clocks")
    return list(Clock.objects.filter(request=request)) if kept is None else kept


def _of_this_release(clock: Clock, request: ServiceRequest) -> bool:
    return request.released_at is not None and clock.started_at >= request.released_at


def _open_work(state: str) -> tuple[str, ...]:
    if state == RequestState.APPROVED:
        return RESPONSE, FULFILMENT
    return (FULFILMENT,) if state == RequestState.IN_FULFILMENT else ()


def _own(missing: policies.Missing, request: ServiceRequest, by: "User") -> None:
    casework.open_exception(
        kind=missing.kind, request=request, key=missing.key, owner_role=OWNER, detail=missing.detail, by=by
    )


def _start(
    request: ServiceRequest, wanted: Iterable[tuple[str, str, policies.Promise]], by: "User"
) -> list[Clock]:
    clocks = Clock.objects.bulk_create(
        Clock(
            request=request,
            kind=kind,
            about=about,
            calendar=promise.calendar,
            calendar_version=promise.calendar.version if promise.calendar else 0,
            target_seconds=promise.seconds,
            started_at=promise.started_at,
            warn_at=promise.warn_at,
            due_at=promise.due_at,
            next_check_at=promise.warn_at,
        )
        for kind, about, promise in wanted
    )
    record(clocks, ClockEvent.Kind.STARTED, by)
    return clocks


def _stop(clocks: Iterable[Clock], by: "User", outcome: str | None) -> bool:
    """Stop those of `clocks` that run. True if one did."""
    moment = now()
    running = [clock for clock in clocks if clock.is_running]
    for clock in running:
        in_time = Clock.Outcome.MET if moment <= clock.due_at else Clock.Outcome.LATE
        clock.state, clock.stopped_at, clock.next_check_at = Clock.State.STOPPED, moment, None
        clock.outcome = outcome or in_time
    if running:
        Clock.objects.bulk_update(running, ["state", "stopped_at", "next_check_at", "outcome"])
        record(running, ClockEvent.Kind.STOPPED, by)
    return bool(running)


def record(clocks: Iterable[Clock], kind: str, by: "User") -> None:
    """Append one event per clock."""
    moment = now()
    ClockEvent.objects.bulk_create(ClockEvent(clock=clock, kind=kind, at=moment, by=by) for clock in clocks)


def _project(request: ServiceRequest, locked: ServiceRequest, clocks: list[Clock]) -> None:
    """Show the decision that is due first, else the fulfilment, else nothing."""
    locked.__dict__["_clocks"] = clocks
    running = [clock for clock in clocks if clock.is_running]
    decisions = [clock for clock in running if clock.kind == APPROVAL]
    candidates = decisions or [clock for clock in running if clock.kind == FULFILMENT]
    shown = min(candidates, key=lambda clock: (clock.due_at, clock.pk), default=None)
    due_at: datetime | None = shown.due_at if shown else None
    warn_at: datetime | None = shown.warn_at if shown else None
    if request is not locked:  # who asked with an old instance must not save the old times back
        request.due_at, request.warn_at = due_at, warn_at
    projections.record_due(request=locked, due_at=due_at, warn_at=warn_at)
