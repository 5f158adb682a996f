"""The record: every move, decision, exception and delivery has its audit event and every event its cause."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any

from approvals.models import Decision
from integrations.models import OutboxMessage
from portal.audit.models import Event
from portal.desk.consistency import rows
from portal.desk.consistency.cases import Case
from portal.desk.consistency.finding import Finding
from portal.desk.consistency.requests import MOVES, SAME_MOVE
from requests_app.models import CaseException
from requests_app.states import RequestState

SUBJECTS = {
    "step": "steps",
    "approval": "approvals",
    "clock": "clocks",
    "message": "messages",
    "exception": "exceptions",
}

DELIVERED: dict[str, str] = {
    OutboxMessage.Kind.PURCHASE_ORDER: "outbox.delivered",
    OutboxMessage.Kind.MAINTENANCE_REQUEST: "maintenance.made",
    OutboxMessage.Kind.MAINTENANCE_STAGE: "maintenance.brought",
}


def check(case: Case) -> Iterator[Finding]:
    yield from _moves(case)
    yield from _sending(case)
    yield from _decisions(case)
    yield from exceptions_told(case.exceptions, case.events, case.finding)
    yield from _clocks(case)
    yield from _deliveries(case)
    yield from _subjects(case)


def _pairs(
    case: Case, code: str, stored: Counter[tuple[Any, ...]], told: Counter[tuple[Any, ...]]
) -> Iterator[Finding]:
    """What is stored and not told, and the other way round; the first value of a key is its subject."""
    for subject, *what in (stored - told).elements():
        yield case.finding(code, subject, f"no event tells of {_words(what)}.")
    for subject, *what in (told - stored).elements():
        yield case.finding(code, subject, f"an event tells of {_words(what)}, and it is not so.")


PASSED = ("request.passed", "request.put_back")


def _words(what: list[Hashable]) -> str:
    return " ".join(str(word) for word in what if word is not None)


def _told(case: Case, *actions: str) -> list[rows.Event]:
    return [event for event in case.events if event.action in actions]


def _moves(case: Case) -> Iterator[Finding]:
    about = f"request:{case.request.id}"
    moved = Counter(
        (
            about,
            MOVES.get((one.from_state, one.to_state), "a move"),
            one.from_state,
            one.to_state,
            f"by user:{one.by_id}",
        )
        for one in case.changes
    )
    told = Counter(
        (
            about,
            SAME_MOVE.get(one.action, one.action),
            one.before.get("state"),
            one.after.get("state"),
            f"by user:{one.actor_id}",
        )
        for one in _told(case, *MOVES.values(), *SAME_MOVE)
        if one.action not in PASSED or "state" in one.after  # what nobody had changes its team alone
    )
    yield from _pairs(case, "record.moves", moved, told)


def _sending(case: Case) -> Iterator[Finding]:
    request = case.request
    if not request.is_supply or case.state == RequestState.RETURNED or _told(case, "request.extended"):
        return
    for event in _told(case, "request.submitted")[-1:]:
        said = (event.after.get("number"), event.after.get("amount"), event.after.get("lines"))
        lines = {line.code: line.asked_quantity or line.quantity for line in case.lines}
        if any(line.asked_quantity is not None for line in case.lines):
            said = (said[0], f"{request.amount:.2f} {request.currency}", said[2])  # who decided made it less
        if said != (request.number, f"{request.amount:.2f} {request.currency}", lines):
            yield case.finding(
                "record.sending", f"event:{event.id}", f"sent as {said[0]}, {said[1]}, {said[2]}."
            )


def _decisions(case: Case) -> Iterator[Finding]:
    taken = Counter(
        (f"step:{one.step_id}", f"step.{one.outcome}", one.actor_id, one.authority_id)
        for one in case.decisions
    )
    told = Counter(
        (one.subject, one.action, one.actor_id, one.on_behalf_of_id or one.actor_id)
        for one in _told(case, *(f"step.{outcome}" for outcome in Decision.Outcome.values))
    )
    yield from _pairs(case, "record.decisions", taken, told)


def exceptions_told(
    exceptions: Iterable[rows.Exceptional],
    events: Iterable[rows.Event],
    finding: Callable[[str, str, str], Finding],
) -> Iterator[Finding]:
    """Opened once, closed at most once, each on record. `finding` makes one of code, subject and words."""
    told = Counter((event.subject, event.action) for event in events)
    for one in exceptions:
        subject = f"exception:{one.id}"
        closed = int(one.closed_at is not None)
        for action, count in (("exception.opened", 1), ("exception.closed", closed)):
            if told[subject, action] != count:
                yield finding(
                    "record.exceptions", subject, f"“{one.kind}”: {told[subject, action]} events {action}."
                )


def _clocks(case: Case) -> Iterator[Finding]:
    marked = Counter(
        (f"clock:{clock.id}", action)
        for clock in case.clocks
        for action, at in (("clock.warned", clock.warned_at), ("clock.breached", clock.breached_at))
        if at
    )
    anew = {
        f"clock:{clock.id}" for clock in case.clocks if clock.round > 1
    }  # another promise warns once more
    told = Counter((one.subject, one.action) for one in _told(case, "clock.warned", "clock.breached"))
    told = Counter({key: min(n, marked[key]) if key[0] in anew else n for key, n in told.items()})
    yield from _pairs(case, "record.clocks", marked, told)


def _deliveries(case: Case) -> Iterator[Finding]:
    done = Counter(
        (f"message:{one.id}", DELIVERED[one.kind])
        for one in case.messages
        if one.state == OutboxMessage.State.DONE
    )
    told = Counter((one.subject, one.action) for one in _told(case, *DELIVERED.values()))
    yield from _pairs(case, "record.deliveries", done, told)


def _subjects(case: Case) -> Iterator[Finding]:
    known = {f"request:{case.request.id}", ""}
    for kind, name in SUBJECTS.items():
        known |= {f"{kind}:{one.id}" for one in getattr(case, name)}
    for event in case.events:
        if event.subject not in known and event.subject.partition(":")[0] in {*SUBJECTS, "request"}:
            yield case.finding(
                "record.subjects", f"event:{event.id}", f"{event.action} is about {event.subject}."
            )


def of_no_request() -> Iterator[Finding]:
    """Exceptions of a hospital as a whole. Two queries."""
    exceptions = CaseException.objects.filter(request=None).values_list(*rows.Exceptional._fields)
    events = Event.objects.filter(case="", subject__startswith="exception:").values_list(*rows.Event._fields)
    yield from exceptions_told(
        [rows.Exceptional(*values) for values in exceptions],
        [rows.Event(*values) for values in events],
        Finding,
    )
