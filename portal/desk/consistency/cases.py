"""A request with everything that belongs to it, read a slice of requests at a time: flat memory, a few queries a slice."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar, cast

from django.db.models import QuerySet

import sla.models
from approvals import models as approvals
from approvals.models.run import PRICE_RULE
from integrations import models as integrations
from portal.audit import models as audit
from portal.desk.consistency import rows
from portal.desk.consistency.finding import Finding
from requests_app import models as core
from requests_app.states import RequestState

SLICE = 1000  # requests


@dataclass
class Case:
    request: rows.Request
    lines: list[rows.Line] = field(default_factory=list)
    changes: list[rows.Change] = field(default_factory=list)
    approvals: list[rows.Approval] = field(default_factory=list)
    steps: list[rows.Step] = field(default_factory=list)
    asked: list[rows.Asked] = field(default_factory=list)
    decisions: list[rows.Decision] = field(default_factory=list)
    broken: list[rows.Broken] = field(default_factory=list)
    clocks: list[rows.Clock] = field(default_factory=list)
    clock_events: list[rows.ClockEvent] = field(default_factory=list)
    messages: list[rows.Message] = field(default_factory=list)
    attempts: list[rows.Attempt] = field(default_factory=list)
    references: list[rows.Reference] = field(default_factory=list)
    exceptions: list[rows.Exceptional] = field(default_factory=list)
    events: list[rows.Event] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.request.number or f"the draft {self.request.public_id}"

    @property
    def state(self) -> str:
        """Where the trail says that it stands. The other checks judge by this, so that one damage is told once."""
        return self.changes[-1].to_state if self.changes else str(RequestState.DRAFT)

    @property
    def rounds(self) -> list[rows.Approval]:
        """The approvals of the request itself, without those about the price of an order."""
        return [one for one in self.approvals if one.rules != [PRICE_RULE]]

    @property
    def was_reopened(self) -> bool:
        return any(change.from_state == RequestState.CLOSED for change in self.changes)

    @property
    def was_undecided(self) -> bool:
        """Was a decision that ended it taken back?"""
        return any(event.action == "request.undecided" for event in self.events)

    def open_exceptions(self, kind: str) -> set[str]:
        """Keys of the open exceptions of this kind."""
        return {one.key for one in self.exceptions if one.kind == kind and one.closed_at is None}

    def finding(self, code: str, subject: str, what: str) -> Finding:
        return Finding(code, subject, f"{self.name}: {what}")

    def wrong(self, code: str, what: str) -> Finding:
        """Something about the request as a whole."""
        return self.finding(code, f"request:{self.request.id}", what)


class Row(Protocol):
    """Any of `rows`."""

    _fields: tuple[str, ...]

    def __init__(self, *values: Any) -> None: ...


R = TypeVar("R")
# attribute of Case -> (rows, model, path to the request)
BELONGINGS: dict[str, tuple[type, Any, str]] = {
    "lines": (rows.Line, core.RequestItem, "request_id"),
    "changes": (rows.Change, core.StateChange, "request_id"),
    "approvals": (rows.Approval, approvals.Approval, "request_id"),
    "steps": (rows.Step, approvals.ApprovalStep, "approval__request_id"),
    "asked": (rows.Asked, approvals.StepApprover, "step__approval__request_id"),
    "decisions": (rows.Decision, approvals.Decision, "step__approval__request_id"),
    "broken": (rows.Broken, approvals.BreakGlass, "request_id"),
    "clocks": (rows.Clock, sla.models.Clock, "request_id"),
    "clock_events": (rows.ClockEvent, sla.models.ClockEvent, "clock__request_id"),
    "messages": (rows.Message, integrations.OutboxMessage, "request_id"),
    "attempts": (rows.Attempt, integrations.DeliveryAttempt, "message__request_id"),
    "references": (rows.Reference, integrations.ExternalReference, "request_id"),
    "exceptions": (rows.Exceptional, core.CaseException, "request_id"),
}


def cases() -> Iterator[list[Case]]:
    """Every request, in slices by key. 15 queries a slice, however many requests are in it."""
    last = 0
    while found := _read(
        rows.Request, core.ServiceRequest.objects.filter(pk__gt=last).order_by("pk")[:SLICE], "pk"
    ):
        by_pk = {pk: Case(request) for pk, [request] in found.items()}
        first, last = min(by_pk), max(by_pk)
        for name, (kind, model, path) in BELONGINGS.items():
            belonging = model.objects.filter(**{f"{path}__gte": first, f"{path}__lte": last})
            belongings: dict[int, list[Any]] = _read(kind, belonging.order_by("pk"), path)
            for pk, held in belongings.items():
                if pk in by_pk:  # what belongs to no request at all is told by `database`
                    setattr(by_pk[pk], name, held)
        by_public_id = {case.request.public_id: case for case in by_pk.values()}
        told = audit.Event.objects.filter(case__in=list(by_public_id)).order_by("pk")
        for public_id, events in _read(rows.Event, told, "case").items():
            by_public_id[public_id].events = events
        yield list(by_pk.values())


def _read(kind: type[R], queryset: QuerySet[Any], path: str) -> dict[Any, list[R]]:
    """The rows of one query by the value of `path`."""
    found: dict[Any, list[R]] = defaultdict(list)
    fields = cast(type[Row], kind)._fields
    for owner, *values in queryset.values_list(path, *fields).iterator(chunk_size=2000):
        found[owner].append(kind(*values))
    return found
