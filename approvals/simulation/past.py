"""What was decided: the first round of each request, as it was planned and as the record keeps it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from approvals.models import Approval, ApprovalStep, BreakGlass
from approvals.models.run import PRICE_RULE
from approvals.routing import Plan, RoutingCase

CHUNK = 1000
STEP = ("approval", "sequence", "role", "needed", "of_all", "escalate_to", "state", "opened_at", "closed_at")
RUN = (
    "pk",
    "request__number",
    "request__hospital__code",
    "request__department__code",
    "case",
    "rules",
    "policy",
    "site_policy",
    "request__requester",
    "request__filed_by",
    "request__beneficiary",
    "request__editors",
)
Asked = tuple[int, str, int, str]  # its place, the role, how many (0: all of them), who when they do not


@dataclass(frozen=True)
class Route:
    """Who was asked, or would be: steps in their order; no steps and not decided: nobody."""

    rules: tuple[str, ...]
    steps: tuple[Asked, ...]

    @property
    def decided(self) -> bool:
        """By a rule, without a person."""
        return bool(self.rules) and not self.steps

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(role for _sequence, role, _needed, _next in self.steps)


@dataclass(frozen=True)
class Past:
    """One request: `took` is how long each decided step of it was open."""

    number: str
    hospital: str
    department: str
    case: dict[str, Any]
    route: Route
    versions: tuple[int | None, int | None]
    part: frozenset[int]  # keys of who has a part in it
    took: tuple[tuple[str, timedelta], ...] = ()


def runs(category: str, hospital: str | None = None, since: datetime | None = None) -> QuerySet[Approval]:
    """First rounds that a policy planned: not those about a price, nor those that somebody broke the glass for."""
    found = Approval.objects.filter(request__category__code=category, round=1, policy__isnull=False)
    found = found.filter(request__hospital__code=hospital) if hospital else found
    found = found.filter(opened_at__gte=since) if since else found
    broken = BreakGlass.objects.filter(approval=OuterRef("pk"))
    return found.exclude(rules=[PRICE_RULE]).exclude(Exists(broken)).order_by("-pk")


def read(found: QuerySet[Approval]) -> Iterator[list[Past]]:
    """All of them, a chunk at a time: one query, and one for the steps of each chunk."""
    rows = found.values_list(*RUN).iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        steps = defaultdict(list)
        asked = ApprovalStep.objects.filter(approval__in=[row[0] for row in chunk])
        for pk, *step in asked.order_by("sequence", "role", "pk").values_list(*STEP):
            steps[pk].append(step)
        yield [_past(row, steps[row[0]]) for row in chunk]


def planned(plan: Plan) -> Route:
    return Route(
        plan.rules, tuple((step.sequence, step.role, step.needed, step.escalate_to) for step in plan.steps)
    )


def case_of(past: Past) -> RoutingCase:
    return RoutingCase.from_json(past.case)


def _past(row: tuple[Any, ...], steps: list[list[Any]]) -> Past:
    pk, number, hospital, department, case, rules, policy, site, *part, editors = row
    asked = tuple((at, who, 0 if everybody else n, onward) for at, who, n, everybody, onward, *_when in steps)
    ended = (ApprovalStep.State.APPROVED, ApprovalStep.State.REJECTED)
    took = tuple(
        (step[1], closed - opened)
        for step in steps
        for state, opened, closed in [step[5:]]
        if state in ended and opened and closed
    )
    people = frozenset(pk for pk in (*part, *editors) if pk)
    route = Route(tuple(rules), asked)
    return Past(number or str(pk), hospital, department, case, route, (policy, site), people, took)
