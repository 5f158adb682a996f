"""Starting and stopping the clocks of a request, and the due time that lists show.

Every verb locks the request first, so what it reads of the clocks stays true until the commit. A missing target or
calendar never stops the request: it becomes an exception that the service manager owns, and that clock does not run.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest
from math import ceil
from typing import TYPE_CHECKING

from portal.clock import now
from portal.facts import store_together, verb
from requests_app import access, casework, projections
from requests_app.models import ServiceRequest
from requests_app.states import TAKEN_STATES, RequestState
from sla import calendars, policies
from sla.business_time import Calendar
from sla.ladder import DECISION_RUNGS, FIRST, Course
from sla.models import BusinessCalendar, Clock, ClockEvent
from sla.replay import Stretch

if TYPE_CHECKING:
    from portal.accounts.models import User

APPROVAL, RESPONSE, FULFILMENT = Clock.Kind.APPROVAL, Clock.Kind.RESPONSE, Clock.Kind.FULFILMENT
TEAM_CLOCKS = (RESPONSE, FULFILMENT)
OWNER = "service_manager"


@verb
def start_approval_clock(
    *, request: ServiceRequest, about: str, calendar: str, by: "User", within: str = ""
) -> Clock | None:
    """Start timing the decision `about` ('step:12') on the calendar code of its step. Starting twice starts once.

    `within`: the time that its rule gives ("2wh", "1wd", "30min"); empty: by priority.
    A request that was decided meanwhile gets no clock. Returns the new clock, or None.
    """
    locked = access.locked(request)
    clocks = of(locked)
    running = [clock for clock in clocks if clock.kind == APPROVAL and clock.is_running]
    if locked.state != RequestState.SUBMITTED or any(clock.about == about for clock in running):
        return None
    try:
        promise = policies.approval(locked, calendar, now(), within)
    except policies.Missing as missing:
        own(missing, locked, by)
        return None
    started = _start(locked, [(APPROVAL, about, promise)], by)
    project(request, locked, clocks + started)
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
    clocks = of(locked)
    _stop(locked, [clock for clock in clocks if clock.kind == APPROVAL], by, None)
    started: list[Clock] = []
    known = {clock.kind for clock in clocks if clock.is_running or _of_this_release(clock, locked)}
    wanted = [kind for kind in _open_work(locked.state) if kind not in known] if locked.released_at else []
    if wanted:
        try:
            response, fulfilment = policies.work(locked, locked.released_at or now())
            promises: dict[str, policies.Promise] = {RESPONSE: response, FULFILMENT: fulfilment}
            started = _start(locked, [(kind, "", promises[kind]) for kind in wanted], by)
        except policies.Missing as missing:
            own(missing, locked, by)
    project(request, locked, clocks + started)
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
    clocks = of(locked)
    if _stop(locked, [clock for clock in clocks if which(clock)], by, outcome):
        project(request, locked, clocks)


def shown(request: ServiceRequest) -> list[Clock]:
    """What is promised for `request` and how each promise ended; without what is no longer needed. One query."""
    kept = Clock.objects.filter(request=request).exclude(outcome=Clock.Outcome.CANCELLED)
    return list(kept.order_by("pk"))


def hours_begin(request: ServiceRequest, about: str) -> datetime | None:
    """When the hours begin in which this decision is taken, if they have not. No query where its clock was just started."""
    for clock in of(request):
        if clock.about == about and clock.is_running and clock.calendar:
            hours = _time(clock.calendar, request.hospital.time_zone)
            return None if hours.is_open(now()) else hours.next_open(now())
    return None


def of(request: ServiceRequest) -> list[Clock]:
    """The clocks of a locked request: read once in its transaction, then kept with it by `project`."""
    kept: list[Clock] | None = request.__dict__.get("_clocks")
    return list(Clock.objects.filter(request=request)) if kept is None else kept


def _of_this_release(clock: Clock, request: ServiceRequest) -> bool:
    return request.released_at is not None and clock.started_at >= request.released_at


def _open_work(state: str) -> tuple[str, ...]:
    if state == RequestState.APPROVED:
        return RESPONSE, FULFILMENT
    return (FULFILMENT,) if state in TAKEN_STATES else ()


def own(missing: policies.Missing, request: ServiceRequest, by: "User") -> None:
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
            next_check_at=_first_look(kind, promise, request),
            fixed=promise.fixed,
        )
        for kind, about, promise in wanted
    )
    record(clocks, ClockEvent.Kind.STARTED, by)
    return clocks


def _first_look(kind: str, promise: policies.Promise, request: ServiceRequest) -> datetime:
    first = FIRST if kind in TEAM_CLOCKS else DECISION_RUNGS[request.priority][0]
    zone = request.hospital.time_zone
    runs = Course(_time(promise.calendar, zone), promise.started_at, promise.seconds, promise.fixed)
    return min(promise.warn_at, runs.at(first.share) or promise.warn_at)


def _time(row: BusinessCalendar | None, zone: str) -> Calendar:
    return calendars.compiled(row, zone) if row else policies.WALL_CLOCK


def course(clock: Clock, zone: str) -> Course:
    """How `clock` of a hospital in `zone` runs. One query where it ever stood still; its calendar is another one."""
    still = _stretches(clock) if clock.paused_at or clock.paused_seconds else ()
    return Course(_time(clock.calendar, zone), clock.started_at, clock.target_seconds, clock.fixed, still)


def _stretches(clock: Clock) -> tuple[Stretch, ...]:
    """When it stood still, by its events."""
    kinds = (ClockEvent.Kind.PAUSED, ClockEvent.Kind.RESUMED)
    edges = list(clock.events.filter(kind__in=kinds).order_by("pk").values_list("at", flat=True))
    return tuple((begun, ended) for begun, ended in zip_longest(edges[::2], edges[1::2]))


def derive(clock: Clock, zone: str) -> None:
    """Set when it is due and likely late from its start, its target and its events, with the hours of today; not saved.

    Of one that stands still: as if it went on at once, so that its time is past only if it was late before.
    """
    runs = course(clock, zone)
    gone_on = replace(runs, stretches=tuple((begun, ended or begun) for begun, ended in runs.stretches))
    clock.due_at = gone_on.at(1) or clock.due_at
    clock.warn_at = gone_on.at(policies.WARN_AFTER) or clock.warn_at
    clock.calendar_version = clock.calendar.version if clock.calendar else 0


def stand_still(clocks: list[Clock], by: "User", about: str) -> None:
    """`clocks`, of a locked request, neither warn nor are late until they go on."""
    moment = now()
    for clock in clocks:
        clock.paused_at, clock.next_check_at = moment, None
        clock.save(update_fields=["paused_at", "next_check_at"])
    record(clocks, ClockEvent.Kind.PAUSED, by, about, moment)


def go_on(request: ServiceRequest, clocks: Iterable[Clock], by: "User") -> None:
    """Those of `clocks` that stand still go on with the time that was left; the next sweep looks at them."""
    moment = now()
    for clock in clocks:
        if clock.paused_at is not None:
            record([clock], ClockEvent.Kind.RESUMED, by, at=moment)
            clock.paused_seconds += ceil((moment - clock.paused_at).total_seconds())
            clock.paused_at, clock.next_check_at = None, moment
            derive(clock, request.hospital.time_zone)
            clock.save()


def _stop(request: ServiceRequest, clocks: Iterable[Clock], by: "User", outcome: str | None) -> bool:
    """Stop those of `clocks` that run. True if one did."""
    moment = now()
    running = [clock for clock in clocks if clock.is_running]
    go_on(request, running, by)  # what waited may be in time
    for clock in running:
        in_time = Clock.Outcome.MET if moment <= clock.due_at else Clock.Outcome.LATE
        clock.state, clock.stopped_at, clock.next_check_at = Clock.State.STOPPED, moment, None
        clock.outcome = outcome or in_time
    if running:
        # They are there: as with lines, an insert that finds each row costs a fraction of what bulk_update does.
        Clock.objects.bulk_create(
            running,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["state", "stopped_at", "next_check_at", "outcome"],
        )
        record(running, ClockEvent.Kind.STOPPED, by)
    return bool(running)


def record(
    clocks: Iterable[Clock], kind: str, by: "User", about: str = "", at: datetime | None = None
) -> None:
    """Append one event per clock. Starts and stops are stored together before the commit; pauses are read back before it."""
    moment = at or now()
    events = [ClockEvent(clock=clock, kind=kind, at=moment, by=by, about=about) for clock in clocks]
    if kind in (ClockEvent.Kind.STARTED, ClockEvent.Kind.STOPPED):
        store_together(_store, *events)
    else:
        _store(events)


def _store(events: list[ClockEvent]) -> None:
    ClockEvent.objects.bulk_create(events)


def project(request: ServiceRequest, locked: ServiceRequest, clocks: list[Clock]) -> None:
    """Show the decision that is due first, else the fulfilment, else nothing."""
    locked.__dict__["_clocks"] = clocks
    running = [clock for clock in clocks if clock.is_running]
    decisions = [clock for clock in running if clock.kind == APPROVAL]
    candidates = decisions or [clock for clock in running if clock.kind == FULFILMENT]
    shown = min(candidates, key=lambda clock: (clock.due_at, clock.pk), default=None)
    due_at = shown.promised_at if shown else None
    warn_at = shown.warn_at if shown and due_at else None
    if request is not locked:  # who asked with an old instance must not save the old times back
        request.due_at, request.warn_at = due_at, warn_at
    projections.record_due(request=locked, due_at=due_at, warn_at=warn_at)
