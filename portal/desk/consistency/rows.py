"""The columns that the checks look at, table by table: plain tuples, because a database may hold millions of them.

A field is named as the ORM names its path.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from requests_app.states import Kind, LineState


class Request(NamedTuple):
    id: int
    public_id: str
    number: str | None
    state: str
    state_since: datetime
    category__kind: str
    category__code: str
    form_version_id: int | None
    answers: Any
    service: str
    team_id: int | None
    queue_at: datetime | None
    hospital_id: int
    department_id: int
    department__hospital_id: int
    deliver_to_id: int | None
    requester_id: int
    filed_by_id: int
    beneficiary_id: int | None
    editors: list[int]
    files: list[str]
    run_out: str
    priority: str
    amount: Decimal
    carriage: Decimal
    currency: str
    rate: Decimal
    base_amount: Decimal
    created_at: datetime
    submitted_at: datetime | None
    released_at: datetime | None
    taken_at: datetime | None
    fulfilled_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    warn_at: datetime | None
    held_by: str

    @property
    def is_supply(self) -> bool:
        return self.category__kind == Kind.SUPPLY


class Line(NamedTuple):
    id: int
    public_id: str
    position: int
    item__hospital_id: int
    code: str
    quantity: int
    asked_quantity: int | None
    unit_price: Decimal
    amount: Decimal
    source: str
    vendor_id: int | None
    vendor__code: str | None
    team_id: int | None
    state: str
    approved_quantity: int | None
    goods_in_quantity: int
    follow_quantity: int
    picked_quantity: int
    sent_quantity: int
    received_quantity: int
    order_name: str

    @property
    def is_struck(self) -> bool:
        """As `requests_app.models.RequestItem` says it: who decided left nothing of it."""
        return self.state == LineState.REJECTED and self.approved_quantity == 0


class Change(NamedTuple):
    id: int
    from_state: str
    to_state: str
    by_id: int
    at: datetime
    seconds: int


class Approval(NamedTuple):
    id: int
    status: str
    round: int
    rules: list[str]
    closed_at: datetime | None


class Step(NamedTuple):
    id: int
    approval_id: int
    sequence: int
    role: str
    asked_role: str
    also: list[str]
    late: bool
    needed: int
    of_all: bool
    distinct: bool
    state: str
    round: int
    opened_at: datetime | None
    closed_at: datetime | None
    carried_from_id: int | None
    recheck: bool


class Asked(NamedTuple):
    id: int
    step_id: int
    user_id: int
    on_behalf_of_id: int | None
    open: bool


class Decision(NamedTuple):
    id: int
    step_id: int
    round: int
    actor_id: int
    authority_id: int
    role: str
    outcome: str
    delegation_id: int | None
    adjusted: list[dict[str, Any]]
    withdraws_id: int | None
    content_hash: str
    decided_at: datetime


class Broken(NamedTuple):
    id: int
    ref: str
    approval_id: int
    by_id: int
    content_hash: str
    used_at: datetime
    reviewed_at: datetime | None
    reviewed_by_id: int | None


class Clock(NamedTuple):
    id: int
    kind: str
    about: str
    started_at: datetime
    warn_at: datetime
    due_at: datetime
    next_check_at: datetime | None
    state: str
    stopped_at: datetime | None
    outcome: str
    warned_at: datetime | None
    breached_at: datetime | None
    paused_at: datetime | None
    paused_seconds: int
    fixed: bool
    round: int

    @property
    def promised_at(self) -> datetime | None:
        """As `sla.models.Clock` says it: not known while it stands still."""
        return None if self.paused_at and self.due_at > self.paused_at else self.due_at


class ClockEvent(NamedTuple):
    id: int
    clock_id: int
    kind: str
    at: datetime


class Message(NamedTuple):
    id: int
    key: str
    kind: str
    payload: dict[str, Any]
    state: str
    attempts: int
    token: str
    claimed_until: datetime | None
    done_at: datetime | None


class Attempt(NamedTuple):
    id: int
    message_id: int
    number: int
    outcome: str


class Reference(NamedTuple):
    id: int
    line_id: int | None
    message_id: int
    parent_id: int | None
    model: str
    external_id: str
    state: str
    name: str
    drift: str
    gone_at: datetime | None
    closed_at: datetime | None


class Exceptional(NamedTuple):
    id: int
    kind: str
    hospital_id: int
    key: str
    closed_at: datetime | None
    closed_by_id: int | None


class Event(NamedTuple):
    id: int
    action: str
    at: datetime
    actor_id: int
    on_behalf_of_id: int | None
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]
