"""The clocks: that they run where something is timed, and that their events say the same as their rows."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from math import ceil

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
    RequestState.ON_HOLD: {(FULFILMENT, "")},
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
    released = case.request.released_at
    if any(
        clock.kind == RESPONSE and clock.stopped_at and released and clock.stopped_at >= released
        for clock in case.clocks
    ):
        timed.discard((RESPONSE, ""))  # it was taken since: put back or passed on, its clock goes on
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
    again = _went_on(case, clock, told)
    happened = {
        Happened.STARTED: True,
        Happened.WARNED: clock.warned_at is not None,
        Happened.BREACHED: clock.breached_at is not None,
        Happened.STOPPED: clock.state == Clock.State.STOPPED,
    }
    for kind, did in happened.items():
        anew = clock.round - 1 if kind in (Happened.WARNED, Happened.BREACHED) else 0
        extra = again if kind in (Happened.STARTED, Happened.STOPPED) else 0
        if not int(did) <= told[kind] - extra <= int(did) + anew:
            yield _of(
                case,
                clock,
                "clock.events",
                f"was {kind} {told[kind]} times by its events, {int(did)} by its row.",
            )
    yield from _stood_still(case, clock)


def _went_on(case: Case, clock: rows.Clock, told: Counter[str]) -> int:
    """How often it stopped and went on, because the decision that it times was taken back."""
    step = next((one for one in case.steps if clock.about == f"step:{one.id}"), None)
    return min(max(told[Happened.STARTED] - 1, 0), step.round - 1) if step else 0


def _stood_still(case: Case, clock: rows.Clock) -> Iterator[Finding]:
    """The events of standing still come in pairs, the last one open while it does, and make up the seconds of the row."""
    edges = [
        event
        for event in case.clock_events
        if event.clock_id == clock.id and event.kind in (Happened.PAUSED, Happened.RESUMED)
    ]
    order = [event.kind for event in edges] == [
        (Happened.PAUSED, Happened.RESUMED)[place % 2] for place in range(len(edges))
    ]
    open_since = edges[-1].at if len(edges) % 2 else None
    pairs = zip(edges[::2], edges[1::2], strict=False)
    seconds = sum(ceil((ended.at - begun.at).total_seconds()) for begun, ended in pairs)
    if not order or (open_since, seconds) != (clock.paused_at, clock.paused_seconds):
        yield _of(case, clock, "clock.events", f"stood still for {seconds} s by its events.")


def _times(case: Case, clock: rows.Clock, step: rows.Step | None) -> Iterator[Finding]:
    # What was agreed for a time before the start is due at once; what cannot be here in time is warned of at the start.
    if clock.warn_at > clock.due_at and clock.warn_at != clock.started_at:
        yield _of(case, clock, "clock.times", f"warns at {clock.warn_at}, after it is due at {clock.due_at}.")
    former = case.was_reopened or (case.was_undecided and clock.outcome == Outcome.CANCELLED)
    works = clock.kind in (RESPONSE, FULFILMENT) and not (former and clock.stopped_at)
    if works and clock.started_at != case.request.released_at:
        yield _of(case, clock, "clock.times", f"started {clock.started_at}, not when it was agreed.")
    if (
        step
        and step.opened_at
        and not _recalled(clock, step)
        and abs(clock.started_at - step.opened_at) > SAME_MOMENT
    ):
        yield _of(case, clock, "clock.times", f"started {clock.started_at}, not when it was asked.")
    if clock.warned_at and clock.warned_at < clock.warn_at:
        yield _of(case, clock, "clock.times", "warned too early.")
    if clock.breached_at and clock.breached_at < clock.due_at:
        yield _of(case, clock, "clock.times", "was late before it was due.")
    if clock.state == Clock.State.RUNNING and clock.paused_at is None and not clock.breached_at:
        by_then = clock.due_at if clock.warned_at else clock.warn_at
        if clock.next_check_at is None or clock.next_check_at > by_then:
            yield _of(case, clock, "clock.times", f"is looked at next at {clock.next_check_at}.")


def _recalled(clock: rows.Clock, step: rows.Step) -> bool:
    """Its step waited for its turn again, because the decision before it was taken back."""
    ended = clock.outcome == Outcome.CANCELLED and clock.stopped_at is not None
    return ended and (step.opened_at is None or step.opened_at >= clock.stopped_at)  # type: ignore[operator]


def _outcome(case: Case, clock: rows.Clock, step: rows.Step | None) -> Iterator[Finding]:
    if clock.state != Clock.State.STOPPED:
        return
    in_time = clock.stopped_at is not None and clock.stopped_at <= clock.due_at
    fits: dict[str, bool] = {Outcome.MET: in_time, Outcome.LATE: not in_time, Outcome.CANCELLED: True}
    if not fits.get(clock.outcome, False):
        yield _of(case, clock, "clock.outcome", f"is “{clock.outcome}”, stopped at {clock.stopped_at}.")
    given_up = step is not None and step.state == ApprovalStep.State.WITHDRAWN
    if step is not None and not _recalled(clock, step) and (clock.outcome == Outcome.CANCELLED) != given_up:
        yield _of(case, clock, "clock.outcome", f"is “{clock.outcome}”, and its step is “{step.state}”.")
    if (
        clock.kind == FULFILMENT
        and not case.was_reopened
        and not case.was_undecided
        and (clock.outcome == Outcome.CANCELLED) != (case.state == RequestState.CANCELLED)
    ):
        yield _of(case, clock, "clock.outcome", f"is “{clock.outcome}”, and the request is “{case.state}”.")
