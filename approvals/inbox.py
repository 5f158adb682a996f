"""What waits for a person's decision, with everything that the decision needs on one card."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet

from approvals.content import content_hash
from approvals.models import ApprovalStep, StepApprover
from portal.accounts.roles import ROLES
from portal.errors import NotFound
from requests_app.models import RequestItem, ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User

PAGE = 50


@dataclass(frozen=True)
class Card:
    step: ApprovalStep
    request: ServiceRequest
    lines: list[RequestItem]
    role: str
    alone: bool  # nobody else was asked
    last: bool  # agreeing sends it: no other decision is needed
    seen: str  # the hash that the decision is bound to

    @property
    def store_lines(self) -> int:
        return sum(not line.is_bought for line in self.lines)

    @property
    def vendors(self) -> list[str]:
        """Suppliers that get an order each."""
        return list(dict.fromkeys(line.vendor.name for line in self.lines if line.is_bought and line.vendor))


def _card(step: ApprovalStep) -> Card:
    request = step.approval.request
    lines = list(request.lines.all())
    return Card(
        step=step,
        request=request,
        lines=lines,
        role=str(ROLES[step.asked_role].label),
        alone=len(step.approvers.all()) == 1,
        last=not step.others and step.needed == 1,  # type: ignore[attr-defined]
        seen=content_hash(request, lines),
    )


def _steps() -> "QuerySet[ApprovalStep]":
    undecided = [ApprovalStep.State.WAITING, ApprovalStep.State.OPEN]
    siblings = ApprovalStep.objects.filter(approval=OuterRef("approval"), state__in=undecided)
    return (
        ApprovalStep.objects.annotate(others=Exists(siblings.exclude(pk=OuterRef("pk"))))
        .select_related(
            "approval__policy",
            "approval__request__hospital",
            "approval__request__department",
            "approval__request__category",
            "approval__request__requester",
            "approval__request__filed_by",
            "approval__request__deliver_to",
        )
        .prefetch_related(
            Prefetch(
                "approval__request__lines", RequestItem.objects.select_related("vendor").order_by("position")
            ),
            "approvers",
        )
    )


def waiting_count(user: "User") -> int:
    """How many decisions wait for this person, capped at 100. One query on the inbox index."""
    return StepApprover.objects.filter(user=user, open=True)[:100].count()


def cards(user: "User", *, limit: int = PAGE) -> list[Card]:
    """The steps that this person was asked to decide: what is due first comes first. Three queries."""
    asked = StepApprover.objects.filter(user=user, open=True).values("step")
    steps = _steps().filter(pk__in=asked).order_by(F("approval__request__due_at").asc(nulls_last=True), "pk")
    return [_card(step) for step in steps[:limit]]


def asked_step(user: "User", ref: str) -> ApprovalStep:
    """The step that this person was asked, or whose request they may see, also after it was decided. Raises NotFound.

    One query, one more for who was not asked; the request comes with it.
    """
    step = (
        ApprovalStep.objects.select_related("approval__request__hospital")
        .annotate(was_asked=Exists(StepApprover.objects.filter(step=OuterRef("pk"), user=user)))
        .filter(ref=ref)
        .first()
    )
    if step is None:
        raise NotFound
    if (
        not step.was_asked
        and not ServiceRequest.objects.visible_to(user).filter(pk=step.approval.request_id).exists()
    ):
        raise NotFound
    return step


def card(user: "User", ref: str) -> Card:
    """One card by its public ref, also after it was decided.

    Raises NotFound unless this person was asked or may see the request.
    """
    return _card(_steps().get(pk=asked_step(user, ref).pk))
