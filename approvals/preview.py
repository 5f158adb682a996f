"""Before sending: who will decide a draft, and why."""

from dataclasses import dataclass, replace

from approvals import authority
from approvals.budgets import funds, showing
from approvals.budgets.showing import Figure
from approvals.case import build_case
from approvals.in_force import in_force
from approvals.models import ApprovalStep
from approvals.panel import place_of
from approvals.routing import PlannedStep, plan_steps, wanted
from approvals.wording import priced
from portal.money import in_base
from requests_app.models import RequestItem, ServiceRequest
from requests_app.supplies.quoting import Quote, quote


@dataclass(frozen=True)
class Foreseen:
    """One decision that will be asked for; `people` is empty when nobody may take it today."""

    number: int  # 1 for who is asked first; the same for those who are asked at once
    together: bool  # with somebody else
    role: str
    people: tuple[str, ...]
    needed: int
    why: tuple[str, ...]
    documents: tuple[str, ...] = ()  # codes of what must be attached before they agree


@dataclass(frozen=True)
class Preview:
    at_once: bool = False  # the agreed list decides, nobody is asked
    steps: tuple[Foreseen, ...] = ()
    budgets: tuple[Figure, ...] = ()  # that pay for it, with what they have left
    stops: bool = False  # one of them has no money for it and stops: it can be sent, and not agreed to

    @property
    def nobody(self) -> bool:
        return not self.at_once and not self.steps


def preview(draft: ServiceRequest, quoted: Quote | None = None) -> Preview | None:
    """Plan the steps of `draft` at today's prices without opening anything; None for a draft without lines.

    It asks the same rules and the same people as `open_approval` would now.
    """
    quoted = quoted or quote(draft)
    if not quoted.lines:
        return None
    force = in_force(draft.category_id, draft.hospital_id)
    if force.policy is None:
        return Preview()
    lines = _lines(quoted)
    found = funds.of(draft, lines, carriage=quoted.carriage, again=draft.submitted_at is not None)
    case = build_case(draft, lines, wanted=wanted(force.rules), budget=found.state)
    plan = plan_steps(force.rules, replace(case, amount=in_base(quoted.amount, draft.rate)))
    shown = showing.before_sending(draft, found)
    if plan.decided_by and not found.stopping:
        return Preview(at_once=True, budgets=shown)
    turns = [step.sequence for step in plan.steps]
    foreseen = tuple(_foreseen(draft, step, turns) for step in plan.steps)
    return Preview(steps=foreseen, budgets=shown, stops=bool(found.stopping))


def _lines(quoted: Quote) -> list[RequestItem]:
    """The lines with what sending would write onto them."""
    lines = []
    for shown in quoted.lines:
        line = shown.line
        line.amount, line.source, line.flags = shown.amount, shown.item.source, shown.item.flags
        line.vendor, line.usual_max = shown.item.vendor, shown.item.usual_max
        lines.append(line)
    return lines


def _foreseen(draft: ServiceRequest, step: PlannedStep, turns: list[int]) -> Foreseen:
    asked = ApprovalStep(role=step.role, needed=step.needed or 1, of_all=step.needed == 0)
    role, people = authority.resolve(draft, asked, without=authority.subjects(draft))
    names = tuple(one.user.get_full_name() for one in people)
    return Foreseen(
        number=place_of(step.sequence, turns),
        together=turns.count(step.sequence) > 1,
        role=authority.label(role),
        people=names,
        needed=step.needed,
        why=tuple(priced(why, draft) for why in step.why),
        documents=step.documents,
    )
