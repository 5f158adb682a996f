"""What waits for a person's decision, with everything that the decision needs on one card."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from approvals import authority
from approvals.budgets.showing import Figure
from approvals.content import hash_to_decide
from approvals.models import ApprovalStep, BudgetEntry, Decision, StepApprover
from portal.accounts.models import User as Account
from portal.clock import now
from portal.errors import NotFound
from requests_app.kinds import kind_of
from requests_app.models import Attachment, RequestItem, ServiceRequest, WardQuestion
from requests_app.states import Kind

if TYPE_CHECKING:
    from portal.accounts.models import User

PAGE = 50
MOST_COUNTED = 1000
SHOWN = ("hospital", "department", "category", "requester", "form_version", "team")
REQUEST = "step__approval__request__"
GROUPS: dict[str, tuple[Kind, ...]] = {
    "supplies": (Kind.SUPPLY,),
    "repair": (Kind.REPAIR, Kind.COST),
    "it": (Kind.IT, Kind.ACCESS),
    "other": (Kind.TRANSPORT, Kind.FORM, Kind.BUNDLE),
}
OF_KIND: dict[str, str] = {kind.value: name for name, kinds in GROUPS.items() for kind in kinds}
FILTERS: dict[str, Promise] = {
    "": gettext_lazy("All"),
    "soon": gettext_lazy("Due soon"),
    "supplies": gettext_lazy("Supplies"),
    "repair": gettext_lazy("Repair"),
    "it": gettext_lazy("IT"),
    "other": gettext_lazy("Other"),
    "lent": gettext_lazy("For somebody else"),
}


@dataclass(frozen=True)
class Question:
    """What the requester was asked about a step, and what they said; `answered_by` is '' until then."""

    text: str
    asked_by: str
    answer: str
    answered_by: str


@dataclass(frozen=True)
class Card:
    step: ApprovalStep
    request: ServiceRequest
    lines: list[RequestItem]
    role: str
    alone: bool  # nobody else was asked
    others: bool  # another step of it is undecided
    last: bool  # agreeing sends it: no other decision is needed
    seen: str  # the hash that the decision is bound to
    files: int  # how many are attached to the request
    budgeted: bool  # a budget pays for it
    said: list[tuple[str, str]]  # question and answer, of a request without lines
    lent_by: str = ""  # in whose name this person was asked
    question: Question | None = None
    may: dict[str, str] = field(default_factory=dict)  # of an open card: what is offered, and why not
    differs: list[str] = field(default_factory=list)  # of an open card: what changed since the round before
    agreed: list[Decision] = field(default_factory=list)  # of an open card: who agreed to this step already
    budgets: tuple[Figure, ...] = ()  # of an open card: that pay for it
    papers: list[Attachment] = field(default_factory=list)  # of an open card: what is attached, by name

    @property
    def answer_due(self) -> bool:
        """Something was asked about it and nobody has answered yet."""
        return self.question is not None and not self.question.answered_by

    @property
    def store_lines(self) -> int:
        return sum(not line.is_bought for line in self.lines if not line.is_struck)

    @property
    def vendors(self) -> list[str]:
        """Suppliers that get an order each."""
        bought = [line for line in self.lines if line.is_bought and not line.is_struck]
        return list(dict.fromkeys(line.vendor.name for line in bought if line.vendor))


@dataclass(frozen=True)
class Row:
    """One decision in an inbox, as much as filters and counts take."""

    step: int
    due_at: datetime | None
    fits: frozenset[str]  # names of FILTERS


@dataclass(frozen=True)
class Waiting:
    """What is in an inbox: `keys` of the steps of one page, and how many there are of each filter, up to MOST_COUNTED."""

    show: str
    keys: list[int]
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return self.counts[""]

    @property
    def chips(self) -> list[tuple[str, Promise, int]]:
        """The filters that find something: name, words, how many."""
        return [(name, FILTERS[name], n) for name, n in self.counts.items() if n or name in ("", self.show)]


def waiting(user: "User", *, show: str = "", limit: int = PAGE) -> Waiting:
    """This person's inbox, the first due first; an unknown `show` means all. One query, two where very much waits.

    Which way is short depends on how much waits, and a planner that has to guess it reads whole tables: with little, sort what
    is in the inbox; with much, walk along the due times of open requests until enough of them are in it.
    """
    show = show if show in FILTERS else ""
    inbox = StepApprover.objects.filter(user=user, open=True)
    columns = ("step_id", f"{REQUEST}due_at", f"{REQUEST}warn_at", f"{REQUEST}category__kind", "on_behalf_of")
    held = inbox.order_by("opened_at", "pk").values_list(*columns)[:MOST_COUNTED]
    moment = now()
    rows = [Row(step, due, _fits(moment, warn, kind, lender)) for step, due, warn, kind, lender in held]
    found = Counter(name for row in rows for name in row.fits)
    counts = {name: found[name] for name in FILTERS}
    if len(rows) < MOST_COUNTED:
        fitting = [row for row in rows if show in row.fits]
        fitting.sort(key=lambda row: (row.due_at is None, row.due_at or 0, row.step))
        return Waiting(show, [row.step for row in fitting[:limit]], counts)
    # Says nothing new of what is asked, but is what the index of due times is about.
    inbox = inbox.filter(
        _where(show), **{f"{REQUEST}submitted_at__isnull": False, f"{REQUEST}closed_at": None}
    )
    first = inbox.order_by(F(f"{REQUEST}due_at").asc(nulls_last=True), "step_id")
    return Waiting(show, list(first.values_list("step_id", flat=True)[:limit]), counts)


def _fits(moment: datetime, warn_at: datetime | None, kind: str, lender: int | None) -> frozenset[str]:
    """The filters that find it."""
    names = {"", OF_KIND[kind]}
    if warn_at and warn_at <= moment:
        names.add("soon")
    if lender:
        names.add("lent")
    return frozenset(names)


def _where(show: str) -> Q:
    """`_fits` as a condition."""
    if show == "soon":
        return Q(**{f"{REQUEST}warn_at__lte": now()})
    if show == "lent":
        return Q(on_behalf_of__isnull=False)
    return Q(**{f"{REQUEST}category__kind__in": GROUPS[show]}) if show else Q()


def waiting_count(user: "User") -> int:
    """How many decisions wait for this person, capped at MOST_COUNTED. One query on the inbox index."""
    return StepApprover.objects.filter(user=user, open=True)[:MOST_COUNTED].count()


def cards(user: "User", *, limit: int = PAGE) -> list[Card]:
    """The steps that this person was asked to decide: what is due first comes first. Three queries, four with very much."""
    return cards_at(user, waiting(user, limit=limit).keys)


def cards_at(user: "User", keys: list[int]) -> list[Card]:
    """The cards of these steps, as `user` was asked them. Two queries."""
    steps = _steps(user).in_bulk(keys)
    return [_card(steps[key]) for key in keys]


def cards_of(user: "User", refs: list[str]) -> list[Card]:
    """The cards of `refs` in their order, of those that wait for this person and no others. Two queries."""
    mine = StepApprover.objects.filter(user=user, open=True, step=OuterRef("pk"))
    found = {step.ref: _card(step) for step in _steps(user).filter(Exists(mine), ref__in=refs)}
    return [found[ref] for ref in dict.fromkeys(refs) if ref in found]


def waiting_refs(user: "User", *, show: str = "", limit: int = PAGE) -> list[str]:
    """The refs of the steps that the inbox shows, in its order. Two queries."""
    keys = waiting(user, show=show, limit=limit).keys
    refs = dict(ApprovalStep.objects.filter(pk__in=keys).values_list("pk", "ref"))
    return [refs[key] for key in keys]


def ref_about(user: "User", public_id: str) -> str:
    """The ref of the step of this request that waits for `user`, else of the last that they were asked; '' for none."""
    asked = StepApprover.objects.filter(user=user, step__approval__request__public_id=public_id)
    return asked.order_by("-open", "-step").values_list("step__ref", flat=True).first() or ""


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
    return _card(_steps(user).get(pk=asked_step(user, ref).pk))


def _card(step: Any) -> Card:
    request = step.approval.request
    lines = list(request.lines.all())
    asked = step.question
    return Card(
        step=step,
        request=request,
        lines=lines,
        role=authority.label(step.asked_role),
        alone=step.asked == 1,
        others=step.others,
        last=not step.others and step.needed == 1,
        seen=hash_to_decide(step.approval, request, lines),
        files=step.files or 0,
        budgeted=step.budgeted,
        said=[] if request.is_supply else kind_of(request).told(request),
        lent_by=_name(step.lent_by),
        question=Question(asked["text"], _name(asked["by"]), asked["answer"], _name(asked["from"]))
        if asked
        else None,
    )


def _name(row: dict[str, str] | None) -> str:
    """The name of whom `_person` found, '' for nobody."""
    return Account(**row).get_full_name() if row and row["username"] else ""


def _person(column: str) -> JSONObject:
    """As much of the person in `column` as a name takes."""
    return JSONObject(**{one: F(f"{column}__{one}") for one in ("username", "first_name", "last_name")})


def _steps(user: "User") -> "QuerySet[ApprovalStep]":
    """With `others`, is another step undecided; `asked`, how many people; `decided`, did anybody in this run before;

    `lent_by`, in whose name `user` was asked; and `question`, the last that was asked about it.
    """
    undecided = [ApprovalStep.State.WAITING, ApprovalStep.State.OPEN]
    siblings = ApprovalStep.objects.filter(approval=OuterRef("approval"), state__in=undecided)
    people = StepApprover.objects.filter(step=OuterRef("pk")).order_by().values("step")
    mine = StepApprover.objects.filter(step=OuterRef("pk"), user=user)
    files = Attachment.objects.filter(request=OuterRef("approval__request"), removed_at=None).exclude(path="")
    about = WardQuestion.objects.filter(
        request=OuterRef("approval__request"),
        step_ref=Concat(Value("step:"), Cast(OuterRef("pk"), CharField())),
    )
    told = JSONObject(text="text", answer="answer", by=_person("by"), **{"from": _person("answered_by")})
    lines = RequestItem.objects.select_related("vendor").order_by("position")
    return (
        ApprovalStep.objects.annotate(
            others=Exists(siblings.exclude(pk=OuterRef("pk"))),
            asked=Subquery(people.annotate(n=Count("pk")).values("n")),
            budgeted=Exists(BudgetEntry.objects.filter(request=OuterRef("approval__request"))),
            files=Subquery(files.order_by().values("request").annotate(n=Count("pk")).values("n")),
            decided=Exists(Decision.objects.filter(step__approval=OuterRef("approval"))),
            lent_by=Subquery(mine.order_by().values(one=_person("on_behalf_of"))[:1]),
            question=Subquery(about.order_by("-pk").values(one=told)[:1]),
        )
        .select_related("approval", *(f"approval__request__{one}" for one in SHOWN))
        .prefetch_related(Prefetch("approval__request__lines", lines))
    )
