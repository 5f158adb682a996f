"""Work that waits: its clock stands still where the reason says so, and goes on with the time that was left.

Of the work only the fulfilment waits; somebody has taken it already. An agreed time is never moved (`Clock.fixed`). A
decision waits while the ward is asked something before it.
"""

from typing import TYPE_CHECKING

from portal.audit import events
from portal.facts import verb
from requests_app import access, waits
from requests_app.models import Loan, Repair, ServiceRequest, Wait
from requests_app.waiting_reasons import REASONS, WARD_ANSWER
from sla import clocks, policies
from sla.clocks import APPROVAL, FULFILMENT, RESPONSE
from sla.models import Clock, ClockEvent
from sla.models.target import Service

if TYPE_CHECKING:
    from portal.accounts.models import User

CRITICAL = (Service.REPAIR_A, Service.REPAIR_B)  # patients depend on it


def stands_still(request: ServiceRequest, wait: Wait) -> bool:
    """Does the clock of `request` stop for this wait? Two queries at most, none but for what patients depend on."""
    reason = REASONS.get(wait.reason)
    goes_on = reason is not None and reason.unless_critical and request.service in CRITICAL
    return wait.stops_clock and not (goes_on and not _helped(request))


def _helped(request: ServiceRequest) -> bool:
    """A work-around or a loan is on record."""
    safe = Repair.objects.filter(request=request, made_safe_at__isnull=False)
    return safe.exists() or Loan.objects.filter(request=request, returned_at=None).exists()


@verb
def pause(*, request: ServiceRequest, wait: Wait, by: "User") -> None:
    """The work waits: its clock stands still if `wait` is of that kind. Pausing twice pauses once."""
    locked = access.locked(request)
    known = clocks.of(locked)
    running = [clock for clock in known if _can_stand_still(clock)]
    if running and stands_still(locked, wait):
        clocks.stand_still(running, by, wait.reason)
        clocks.project(request, locked, known)


def _can_stand_still(clock: Clock) -> bool:
    return clock.kind == FULFILMENT and clock.is_running and not clock.fixed and clock.paused_at is None


@verb
def resume(*, request: ServiceRequest, by: "User") -> None:
    """The waiting is over: what stood still is due later by the open time that passed meanwhile."""
    locked = access.locked(request)
    known = clocks.of(locked)
    if any(clock.paused_at for clock in known):
        clocks.go_on(locked, known, by)
        clocks.project(request, locked, known)


@verb
def pause_decision(*, request: ServiceRequest, about: str, by: "User") -> None:
    """The ward was asked before the decision `about` ('step:12'): its clock stands still. Pausing twice pauses once."""
    locked = access.locked(request)
    known = clocks.of(locked)
    running = [one for one in known if _times_decision(one, about) and one.paused_at is None]
    if running:
        clocks.stand_still(running, by, WARD_ANSWER)
        clocks.project(request, locked, known)


@verb
def resume_decision(*, request: ServiceRequest, about: str, by: "User") -> None:
    """The ward has answered: the decision `about` is due later by the open time that passed meanwhile."""
    locked = access.locked(request)
    known = clocks.of(locked)
    waiting = [one for one in known if _times_decision(one, about) and one.paused_at is not None]
    if waiting:
        clocks.go_on(locked, waiting, by)
        clocks.project(request, locked, known)


def _times_decision(clock: Clock, about: str) -> bool:
    return clock.kind == APPROVAL and clock.about == about and clock.is_running


@verb
def help_arrived(*, request: ServiceRequest, by: "User") -> None:
    """A work-around or a loan is there: the promise is that of its priority now, and waiting for parts stops the clock."""
    retarget(request=request, by=by)
    wait = waits.running(request)
    if wait is not None:
        pause(request=request, wait=wait, by=by)


@verb
def retarget(*, request: ServiceRequest, by: "User") -> None:
    """Its priority changed: what runs for its team has the promise of the new one from its own start, what stood still kept.

    A promise that is another one warns and climbs the ladder anew. An agreed time stays. What is missing becomes an exception.
    """
    locked = access.locked(request)
    known = clocks.of(locked)
    running = [clock for clock in known if clock.is_running and clock.kind in clocks.TEAM_CLOCKS]
    changed = False
    for clock in running:
        try:
            response, fulfilment = policies.work(locked, clock.started_at)
        except policies.Missing as missing:
            clocks.own(missing, locked, by)
            break
        promise = response if clock.kind == RESPONSE else fulfilment
        changed = _promise_anew(locked, clock, promise, by) or changed
    if changed:
        clocks.project(request, locked, known)


def _promise_anew(request: ServiceRequest, clock: Clock, promise: policies.Promise, by: "User") -> bool:
    """True where it is another promise than before."""
    before = {"seconds": clock.target_seconds, "due_at": clock.due_at.isoformat()}
    same = (clock.target_seconds, clock.calendar_id) == (
        promise.seconds,
        promise.calendar.pk if promise.calendar else None,
    )
    if same or clock.fixed or promise.fixed:
        return False
    clock.calendar, clock.target_seconds = promise.calendar, promise.seconds
    clock.round += 1
    clocks.derive(clock, request.hospital.time_zone)
    clock.warned_at = clock.breached_at = None
    if clock.paused_at is None:
        clock.next_check_at = clock.started_at  # the next sweep looks at it
    clock.save()
    clocks.record([clock], ClockEvent.Kind.RETARGETED, by, str(request.priority))
    events.record(
        action="clock.retargeted",
        by=by,
        case=request.public_id,
        subject=f"clock:{clock.pk}",
        before=before,
        after={"seconds": clock.target_seconds, "due_at": clock.due_at.isoformat()},
    )
    return True
