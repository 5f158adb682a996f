"""The clocks: that they run where something is timed, and that their events say the same as their rows."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from approvals.models import ApprovalStep
from portal.desk.consistency import rows
from portal.desk.consistency.cases import Case
from portal.desk.consistency.finding import Finding
from requests_app.states import RequestState
from sla.models import Clock, ClockEvent

APPROVAL, RESPONSE, FULFILMENT = Clock.Kind.APPROVAL, Clock.Kind.RESPONSE, Clock.Kind.FULFILMENT
Happened, Outcome = ClockEvent.Kind, Clock.Outcome
TIMED = {
    RequestState.APPROVED: {(RESPONSE, ""), (FULFILMENT, "")},
    RequestState.IN_FULFILMENT: {(FULFILMENT, "")},
}
EXCUSES = {"no_calendar", "no_target"}
SAME_MOMENT = timedelta(minutes=10)  # one transaction, on a machine that is busy


def check(case: Case) -> Iterator[Finding]:
    timed: set[tuple[str, str]] = set(TIMED.get(RequestState(case.state), ()))
    if case.request.released_at is None:
        timed = set()  # it waits for its time
    if case.state == RequestState.SUBMITTED:
        timed = {
            (APPROVAL, f"step:{step.id}") for step in case.steps if step.state == ApprovalStep.State.OPEN
        }
    running = [(clock.kind, clock.about) for clock in case.clocks if clock.state == Clock.State.RUNNING]
    if not EXCUSES & {one.kind for one in case.exceptions}:
        for kind, about in sorted(timed - set(running)):
            yield case.wrong("clock.missing", f"no clock times the {kind} {about}".rstrip() + ".")
    known = Counter((clock.kind, clock.about, clock.started_at) for clock in case.clocks)
    for (kind, about, _started), count in known.items():
        if count > 1:
            yield case.wrong("clock.twice", f"{count} clocks time the {kind} {about}".rstrip() + ".")
    steps = {f"step:{step.id}": step for step in case.steps}
    for clock in case.clocks:
        if clock.state == Clock.State.RUNNING and (clock.kind, clock.about) not in timed:
            yield _of(case, clock, "clock.astray", f"runs, and it is “{case.state}”.")
        elif (clock.kind == APPROVAL) != (clock.about in steps):
            yield _of(case, clock, "clock.astray", "times nothing of this request.")
        yield from _events(case, clock)
        yield from _times(case, clock, steps.get(clock.about))
        yield from _outcome(case, clock, steps.get(clock.about))


def _of(case: Case, clock: rows.Clock, code: str, what: str) -> Finding:
    return case.finding(code, f"clock:{clock.id}", f"the clock of the {clock.kind} {clock.about} {what}")


def _events(case: Case, clock: rows.Clock) -> Iterator[Finding]:
    told = Counter(event.kind for event in case.clock_events if event.clock_id == clock.id)
    happened = {
        Happened.STARTED: True,
        Happened.WARNED: clock.warned_at is not None,
        Happened.BREACHED: clock.breached_at is not None,
        Happened.STOPPED: clock.state == Clock.State.STOPPED,
    }
    for kind, did in happened.items():
        if told[kind] != int(did):
            yield _of(
                case,
                clock,
                "clock.events",
                f"was {kind} {told[kind]} times by its events, {int(did)} by its row.",
            )


def _times(case: Case, clock: rows.Clock, step: rows.Step | None) -> Iterator[Finding]:
    # What was agreed for a time before the start is due at once; what cannot be here in time is warned of at the start.
    if clock.warn_at > clock.due_at and clock.warn_at != clock.started_at:
        yield _of(case, clock, "clock.times", f"warns at {clock.warn_at}, after it is due at {clock.due_at}.")
    works = clock.kind in (RESPONSE, FULFILMENT) and not (case.was_reopened and clock.stopped_at)
    if works and clock.started_at != case.request.released_at:
        yield _of(case, clock, "clock.times", f"started {clock.started_at}, not when it was agreed.")
    if step and step.opened_at and abs(clock.started_at - step.opened_at) > SAME_MOMENT:
        yield _of(case, clock, "clock.times", f"started {clock.started_at}, not when it was asked.")
    if clock.warned_at and clock.warned_at < clock.warn_at:
        yield _of(case, clock, "clock.times", "warned too early.")
    if clock.breached_at and clock.breached_at < clock.due_at:
        yield _of(case, clock, "clock.times", "was late before it was due.")
    if clock.state == Clock.State.RUNNING:
        after_warning = clock.due_at if clock.warned_at else clock.warn_at
        if clock.next_check_at != (None if clock.breached_at else after_warning):
            yield _of(case, clock, "clock.times", f"is looked at next at {clock.next_check_at}.")


def _outcome(case: Case, clock: rows.Clock, step: rows.Step | None) -> Iterator[Finding]:
    if clock.state != Clock.State.STOPPED:
        return
    in_time = clock.stopped_at is not None and clock.stopped_at <= clock.due_at
    fits: dict[str, bool] = {Outcome.MET: in_time, Outcome.LATE: not in_time, Outcome.CANCELLED: True}
    if not fits.get(clock.outcome, False):
        yield _of(case, clock, "clock.outcome", f"is “{clock.outcome}”, stopped at {clock.stopped_at}.")
    given_up = step is not None and step.state == ApprovalStep.State.WITHDRAWN
    if step is not None and (clock.outcome == Outcome.CANCELLED) != given_up:
        yield _of(case, clock, "clock.outcome", f"is “{clock.outcome}”, and its step is “{step.state}”.")
    if (
        clock.kind == FULFILMENT
        and not case.was_reopened
        and (clock.outcome == Outcome.CANCELLED) != (case.state == RequestState.CANCELLED)
    ):
        yield _of(case, clock, "clock.outcome", f"is “{clock.outcome}”, and the request is “{case.state}”.")
