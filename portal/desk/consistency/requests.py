"""The request itself: its trail, its stamps, what lists show of it."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from portal.desk.consistency.cases import Case
from portal.desk.consistency.finding import Finding
from portal.money import in_base
from requests_app.states import ENDED_STATES, PRIORITY_OF, TAKEN_STATES, Kind, RequestState
from sla.models import Clock

S = RequestState
STAMPS: dict[str, str] = {
    S.SUBMITTED: "submitted_at",
    S.APPROVED: "released_at",
    S.IN_FULFILMENT: "taken_at",
    S.ON_HOLD: "taken_at",
    S.FULFILLED: "fulfilled_at",
    S.CLOSED: "closed_at",
    S.REJECTED: "closed_at",
    S.CANCELLED: "closed_at",
}
MOVES: dict[tuple[str, str], str] = {
    (S.DRAFT, S.SUBMITTED): "request.submitted",
    (S.SUBMITTED, S.RETURNED): "request.returned",
    (S.RETURNED, S.SUBMITTED): "request.submitted",
    (S.RETURNED, S.CANCELLED): "request.cancelled",
    (S.APPROVED, S.SUBMITTED): "request.submitted",  # taken back, as from the other two: see SAME_MOVE
    (S.REJECTED, S.SUBMITTED): "request.submitted",
    (S.SUBMITTED, S.APPROVED): "request.approved",
    (S.SUBMITTED, S.REJECTED): "request.rejected",
    (S.SUBMITTED, S.CANCELLED): "request.cancelled",
    (S.APPROVED, S.IN_FULFILMENT): "request.taken",
    (S.APPROVED, S.FULFILLED): "request.fulfilled",
    (S.APPROVED, S.CANCELLED): "request.cancelled",
    (S.IN_FULFILMENT, S.FULFILLED): "request.fulfilled",
    (S.IN_FULFILMENT, S.CANCELLED): "request.cancelled",
    (S.IN_FULFILMENT, S.ON_HOLD): "request.held",
    (S.ON_HOLD, S.IN_FULFILMENT): "request.resumed",
    (S.IN_FULFILMENT, S.APPROVED): "request.passed",
    (S.ON_HOLD, S.APPROVED): "request.passed",
    (S.ON_HOLD, S.CANCELLED): "request.cancelled",
    (S.FULFILLED, S.CLOSED): "request.closed",
    (S.CLOSED, S.APPROVED): "request.reopened",
}
# Two ways to the same state: each has an action of its own.
SAME_MOVE = {
    "request.withdrawn": "request.returned",
    "request.undecided": "request.submitted",
    "request.not_supplied": "request.cancelled",
    "request.put_back": "request.passed",
}
PUT_BACK: dict[str, tuple[str, ...]] = {
    S.APPROVED: TAKEN_STATES
}  # work that nobody has any more was released long ago
PRIORITIES = {str(answer): str(priority) for answer, priority in PRIORITY_OF.items()}
NUMBER = re.compile(r"SR-(\d{4})-(\d{6,})")
SAME_MOMENT = timedelta(seconds=2)  # of one transaction
NEW_YEAR = timedelta(minutes=1)  # a number is drawn a moment before the sending is stamped


def check(case: Case) -> Iterator[Finding]:
    yield from _trail(case)
    yield from _stamps(case)
    yield from _content(case)
    yield from _shown(case)


def _trail(case: Case) -> Iterator[Finding]:
    request, changes = case.request, case.changes
    if request.state != case.state:
        yield case.wrong("request.state", f"it is “{request.state}”, its trail ends with “{case.state}”.")
    was, since = str(S.DRAFT), request.created_at
    for change in changes:
        if change.from_state != was or (change.from_state, change.to_state) not in MOVES:
            yield case.wrong(
                "request.trail",
                f"it was “{was}” and moved from “{change.from_state}” to “{change.to_state}”.",
            )
        elif change.seconds != max(int((change.at - since).total_seconds()), 0):
            yield case.wrong("request.trail", f"“{was}” did not take {change.seconds} seconds.")
        was, since = change.to_state, change.at
    if request.state_since != since:
        yield case.wrong(
            "request.stamps", f"it is in its state since {since}, not since {request.state_since}."
        )


def _stamps(case: Case) -> Iterator[Finding]:
    told = _told(case)
    for name in dict.fromkeys(STAMPS.values()):
        stamped, said = getattr(case.request, name), told.get(name)
        if stamped != said and not (stamped and said and abs(stamped - said) <= SAME_MOMENT):
            yield case.wrong("request.stamps", f"{name} is {stamped}, the trail says {said}.")


def _told(case: Case) -> dict[str, datetime | None]:
    """The stamps as the trail has them: sent counts once, and what is reopened begins anew."""
    told: dict[str, datetime | None] = {}
    for change in case.changes:
        if change.from_state == S.CLOSED:
            told |= dict.fromkeys(("taken_at", "fulfilled_at", "closed_at"))
        if change.from_state in (S.APPROVED, S.REJECTED) and change.to_state == S.SUBMITTED:
            told |= dict.fromkeys(("released_at", "closed_at"))  # it was decided, and that was taken back
        if change.to_state == S.SUBMITTED:
            told.setdefault("submitted_at", change.at)
        elif change.to_state in TAKEN_STATES:
            told["taken_at"] = told.get("taken_at") or change.at
        elif change.to_state != S.RETURNED and change.from_state not in PUT_BACK.get(change.to_state, ()):
            told[STAMPS[change.to_state]] = change.at
    if told.get("released_at") and case.request.queue_at and not case.was_reopened:
        released = [event.at for event in case.events if event.action == "request.released"]
        waits = case.request.queue_at > told["released_at"]  # type: ignore[operator]
        told["released_at"] = released[-1] if released else None if waits else told["released_at"]
    return told


def _content(case: Case) -> Iterator[Finding]:
    request = case.request
    if request.department__hospital_id != request.hospital_id:
        yield case.wrong("request.place", "its ward is of another hospital.")
    for line in case.lines:
        if line.item__hospital_id != request.hospital_id:
            yield case.finding("request.place", f"line:{line.id}", f"{line.code} is of another hospital.")
    if case.state == S.DRAFT:
        yield from _draft(case)
        return
    yield from _number(case)
    total = sum((line.amount for line in case.lines), Decimal(0)) + request.carriage
    if request.amount != total and request.category__kind != Kind.COST:
        yield case.wrong(
            "request.amount", f"the amount is {request.amount}, lines and carriage make {total}."
        )
    base = in_base(request.amount, request.rate)
    if request.base_amount != base:
        yield case.wrong("request.amount", f"in base currency it is {base}, not {request.base_amount}.")
    bought = any(line.source != "store" and line.vendor_id for line in case.lines)
    if request.carriage < 0 or (request.carriage and not bought):
        yield case.wrong("request.amount", f"carriage is {request.carriage}, and nothing is bought.")
    if request.is_supply and PRIORITIES.get(request.run_out) != request.priority:
        yield case.wrong(
            "request.priority", f"the answer was “{request.run_out}”, the priority is “{request.priority}”."
        )


def _draft(case: Case) -> Iterator[Finding]:
    if case.request.number:
        yield case.wrong("request.number", "a draft has no number yet.")
    held = ("approvals", "clocks", "messages", "references", "exceptions", "events")
    for name in held:
        if getattr(case, name):
            yield case.wrong("request.draft", f"a draft has no {name}, and this one has.")


def _number(case: Case) -> Iterator[Finding]:
    found, sent = NUMBER.fullmatch(case.request.number or ""), case.changes[0].at
    years = {str(sent.year), str((sent - NEW_YEAR).year)}
    if not found or found.group(1) not in years:
        yield case.wrong("request.number", f"“{case.request.number}” is no number of {sent.year}.")


def _shown(case: Case) -> Iterator[Finding]:
    request = case.request
    running = [clock for clock in case.clocks if clock.state == Clock.State.RUNNING]
    decisions = [clock for clock in running if clock.kind == Clock.Kind.APPROVAL]
    candidates = decisions or [clock for clock in running if clock.kind == Clock.Kind.FULFILMENT]
    shown = min(candidates, key=lambda clock: (clock.due_at, clock.id), default=None)
    due_at = shown.promised_at if shown else None
    promised = (due_at, shown.warn_at if shown and due_at else None)
    if (request.due_at, request.warn_at) != promised:
        yield case.wrong("request.shown_due", f"due {request.due_at} is shown, {promised[0]} is promised.")
    over = case.state in (S.DRAFT, *ENDED_STATES)
    asked = case.state in (S.SUBMITTED, S.RETURNED)
    nobody = not asked and not request.team_id and not any(line.team_id for line in case.lines)
    if nobody and request.category__kind == Kind.BUNDLE:
        nobody = over  # it says how many of its tasks are done
    if bool(request.held_by) == (over or nobody):
        yield case.wrong("request.held_by", f"“{request.held_by}” has it, and it is “{case.state}”.")
