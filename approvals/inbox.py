"""What waits for a person's decision, with everything that the decision needs on one card."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, QuerySet, Subquery

from approvals.content import content_hash
from approvals.models import ApprovalStep, StepApprover
from portal.accounts.roles import ROLES
from portal.errors import NotFound
from requests_app.kinds import kind_of
from requests_app.models import RequestItem, ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User

PAGE = 50
MOST_COUNTED = 1000
SHOWN = ("hospital", "department", "category", "requester", "form_version", "team")


@dataclass(frozen=True)
class Card:
    step: ApprovalStep
    request: ServiceRequest
    lines: list[RequestItem]
    role: str
    alone: bool  # nobody else was asked
    last: bool  # agreeing sends it: no other decision is needed
    seen: str  # the hash that the decision is bound to
    said: list[tuple[str, str]]  # question and answer, of a request without lines

    @property
    def store_lines(self) -> int:
        return sum(not line.is_bought for line in self.lines)

    @property
    def vendors(self) -> list[str]:
        """Suppliers that get an order each."""
        return list(dict.fromkeys(line.vendor.name for line in self.lines if line.is_bought and line.vendor))


def _card(step: Any) -> Card:
    request = step.approval.request
    lines = list(request.lines.all())
    return Card(
        step=step,
        request=request,
        lines=lines,
        role=str(ROLES[step.asked_role].label),
        alone=step.asked == 1,
        last=not step.others and step.needed == 1,
        seen=content_hash(request, lines),
        said=[] if request.is_supply else kind_of(request).told(request),
    )


def _steps() -> "QuerySet[ApprovalStep]":
    """With `others`, is another step undecided, and `asked`, how many people."""
    undecided = [ApprovalStep.State.WAITING, ApprovalStep.State.OPEN]
    siblings = ApprovalStep.objects.filter(approval=OuterRef("approval"), state__in=undecided)
    people = StepApprover.objects.filter(step=OuterRef("pk")).order_by().values("step")
    lines = RequestItem.objects.select_related("vendor").order_by("position")
    return (
        ApprovalStep.objects.annotate(
            others=Exists(siblings.exclude(pk=OuterRef("pk"))),
            asked=Subquery(people.annotate(n=Count("pk")).values("n")),
        )
        .select_related(*(f"approval__request__{one}" for one in SHOWN))
        .prefetch_related(Prefetch("approval__request__lines", lines))
    )


def waiting_count(user: "User") -> int:
    """How many decisions wait for this person, capped at MOST_COUNTED. One query on the inbox index."""
    return StepApprover.objects.filter(user=user, open=True)[:MOST_COUNTED].count()


def _waiting(user: "User", limit: int) -> list[int]:
    """Keys of the first steps in this person's inbox, the first due first. One query, two where very much waits.

    Which way is short depends on how much waits, and a planner that has to guess it reads whole tables: with little, sort what
    is in the inbox; with much, walk along the due times of open requests until enough of them are in it.
    """
    request = "step__approval__request__"
    inbox = StepApprover.objects.filter(user=user, open=True)
    held = list(inbox.order_by("opened_at", "pk").values_list("step_id", f"{request}due_at")[:MOST_COUNTED])
    if len(held) < MOST_COUNTED:
        held.sort(key=lambda one: (one[1] is None, one[1] or 0, one[0]))
        return [step for step, _due in held[:limit]]
    # Says nothing new of what is asked, but is what the index of due times is about.
    inbox = inbox.filter(**{f"{request}submitted_at__isnull": False, f"{request}closed_at__isnull": True})
    first = inbox.order_by(F(f"{request}due_at").asc(nulls_last=True), "step_id")
    return list(first.values_list("step_id", flat=True)[:limit])


def cards(user: "User", *, limit: int = PAGE) -> list[Card]:
    """The steps that this person was asked to decide: what is due first comes first. Three queries, four with very much."""
    keys = _waiting(user, limit)
    steps = _steps().in_bulk(keys)
    return [_card(steps[key]) for key in keys]


def waiting_refs(user: "User", *, limit: int = PAGE) -> list[str]:
    """The refs of the steps that `cards` shows, in its order. Two queries."""
    keys = _waiting(user, limit)
    refs = dict(ApprovalStep.objects.filter(pk__in=keys).values_list("pk", "ref"))
    return [refs[key] for key in keys]


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
