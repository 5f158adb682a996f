"""What the tables hold now, as plain values: read past the verbs and past every property of a model."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from approvals.models import Approval, ApprovalStep, BreakGlass, Decision, StepApprover
from integrations.models import OutboxMessage
from portal.audit.models import Event
from requests_app.models import RequestItem, ServiceRequest, StateChange


@dataclass(frozen=True)
class Line:
    code: str
    quantity: int
    price: Decimal
    amount: Decimal
    state: str


@dataclass(frozen=True)
class RequestRow:
    pk: int
    case: str
    state: str
    amount: Decimal
    writer: int
    requester: int
    beneficiary: int | None
    editors: tuple[int, ...]
    lines: tuple[Line, ...] = ()

    @property
    def content(self) -> dict[str, int]:
        """Quantities by code, without what was struck."""
        return {line.code: line.quantity for line in self.lines if line.quantity and line.amount}


@dataclass(frozen=True)
class ApprovalRow:
    pk: int
    request: int
    status: str
    round: int
    rules: tuple[str, ...]
    opened_at: datetime


@dataclass(frozen=True)
class StepRow:
    pk: int
    approval: int
    sequence: int
    role: str
    asked: str
    also: tuple[str, ...]
    late: bool
    needed: int
    distinct: bool
    state: str
    round: int
    opened_at: datetime | None
    carried_from: int | None
    ref: str

    @property
    def codes(self) -> tuple[str, ...]:
        return (self.asked, *self.also)


@dataclass(frozen=True)
class DecisionRow:
    pk: int
    step: int
    round: int
    actor: int
    authority: int
    outcome: str
    delegation: int | None
    role: str
    content_hash: str
    withdraws: int | None
    decided_at: datetime
    adjusted: bool


@dataclass(frozen=True)
class GlassRow:
    pk: int
    approval: int
    request: int
    by: int
    amount: Decimal
    told: int
    used_at: datetime
    review_due_at: datetime
    reviewed_by: int | None
    ref: str


@dataclass(frozen=True)
class Stored:
    requests: dict[int, RequestRow]
    approvals: dict[int, ApprovalRow]
    steps: dict[int, StepRow]
    decisions: dict[int, DecisionRow]
    inbox: frozenset[tuple[int, int, int | None]]  # step, person, in whose name
    moves: tuple[tuple[int, int, str, str], ...]  # key, request, from, to
    events: tuple[tuple[int, str, str, str, datetime, int], ...]  # key, action, case, subject, at, actor
    outbox: tuple[tuple[int, str], ...]  # request, state
    glass: dict[int, GlassRow]
    steps_of: dict[int, list[StepRow]] = field(default_factory=dict)
    decisions_on: dict[int, list[DecisionRow]] = field(default_factory=dict)

    def running(self, request: int) -> ApprovalRow | None:
        """The latest round."""
        mine = [one for one in self.approvals.values() if one.request == request]
        return max(mine, key=lambda one: one.pk, default=None)

    def request_of(self, step: StepRow) -> RequestRow:
        return self.requests[self.approvals[step.approval].request]

    def present(self, step: StepRow) -> list[DecisionRow]:
        """Decisions that count for a step: of its present round, or of the one that it carries on from."""
        if step.carried_from is not None:
            before = self.steps[step.carried_from]
            return self.present(before)
        rows = self.decisions_on.get(step.pk, [])
        return [one for one in rows if one.round == step.round and one.outcome != "withdrawn"]

    def deciders(self, approval: int) -> set[int]:
        return {
            pk
            for step in self.steps_of.get(approval, [])
            for one in self.present(step)
            for pk in (one.actor, one.authority)
        }

    @property
    def open_steps(self) -> list[StepRow]:
        return [step for step in self.steps.values() if step.state == "open"]


def _rows(found: Any, *names: str) -> list[tuple[Any, ...]]:
    return list(found.order_by("pk").values_list(*names))


def read(requests: list[int], since: int) -> Stored:
    """Everything about these requests, and the events after the key `since`. Nine queries."""
    lines: dict[int, list[Line]] = {}
    found = RequestItem.objects.filter(request__in=requests)
    for request, *line in _rows(found, "request_id", "code", "quantity", "unit_price", "amount", "state"):
        lines.setdefault(request, []).append(Line(*line))
    names = ("pk", "public_id", "state", "base_amount", "filed_by", "requester", "beneficiary", "editors")
    rows = _rows(ServiceRequest.objects.filter(pk__in=requests), *names)
    by_key = {
        row[0]: RequestRow(*row[:7], editors=tuple(row[7]), lines=tuple(lines.get(row[0], ())))
        for row in rows
    }
    approvals = {
        row[0]: ApprovalRow(*row[:4], rules=tuple(row[4]), opened_at=row[5])
        for row in _rows(
            Approval.objects.filter(request__in=requests),
            *("pk", "request_id", "status", "round", "rules", "opened_at"),
        )
    }
    names = ("pk", "approval_id", "sequence", "role", "asked_role", "also", "late", "needed", "distinct")
    names += ("state", "round", "opened_at", "carried_from_id", "ref")
    steps = {
        row[0]: StepRow(*row[:5], tuple(row[5]), *row[6:])
        for row in _rows(ApprovalStep.objects.filter(approval__request__in=requests), *names)
    }
    names = ("pk", "step_id", "round", "actor_id", "authority_id", "outcome", "delegation_id", "role")
    names += ("content_hash", "withdraws_id", "decided_at", "adjusted")
    decisions = {
        row[0]: DecisionRow(*row[:11], bool(row[11]))
        for row in _rows(Decision.objects.filter(step__in=steps), *names)
    }
    inbox = StepApprover.objects.filter(step__in=steps, open=True)
    names = ("pk", "approval_id", "request_id", "by_id", "amount", "told", "used_at", "review_due_at")
    glass = _rows(BreakGlass.objects.filter(request__in=requests), *names, "reviewed_by_id", "ref")
    stored = Stored(
        requests=by_key,
        approvals=approvals,
        steps=steps,
        decisions=decisions,
        inbox=frozenset(inbox.values_list("step_id", "user_id", "on_behalf_of_id")),
        moves=tuple(
            _rows(
                StateChange.objects.filter(request__in=requests), "pk", "request_id", "from_state", "to_state"
            )
        ),
        events=tuple(
            _rows(Event.objects.filter(pk__gt=since), "pk", "action", "case", "subject", "at", "actor_id")
        ),
        outbox=tuple(_rows(OutboxMessage.objects.filter(request__in=requests), "request_id", "state")),
        glass={row[0]: GlassRow(*row[:5], len(row[5]), *row[6:]) for row in glass},
    )
    for step in steps.values():
        stored.steps_of.setdefault(step.approval, []).append(step)
    for decision in decisions.values():
        stored.decisions_on.setdefault(decision.step, []).append(decision)
    return stored
