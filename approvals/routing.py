"""From a policy and the facts of a case to the steps that somebody must take. PURE: no database, no clock."""

from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

STANDING_ORDER_SOURCES = ("store",)
AMOUNTS = ("amount", "weekly_standing_total", "beside")
SEVERAL = ("marks", "vendors", "requester_roles", "exceptions", "vendor_states")
# A condition and the fact that must be among its values; of facts that are several, one of them.
AMONG = {
    "categories": "category",
    "hospitals": "hospital",
    "departments": "department",
    "locations": "location",
    "priorities": "priority",
    "services": "service",
    "any_mark": "marks",
    "any_vendor": "vendors",
    "any_requester_role": "requester_roles",
    "any_exception": "exceptions",
    "budget_states": "budget",
    "any_vendor_state": "vendor_states",
}
SAME = ("out_of_hours", "cannot_wait")
OTHERS = ("amount_from", "amount_to", "any_flag", "groups", "first_order", "standing_order")
CONDITIONS = frozenset((*AMONG, *SAME, *OTHERS))


@dataclass(frozen=True)
class CaseLine:
    code: str
    group: str
    quantity: int  # order units
    amount: Decimal
    source: str
    flags: tuple[str, ...] = ()
    control_flags: tuple[str, ...] = ()
    par: int | None = None  # None: not on the department's agreed list
    usual_max: int = 1
    on_contract: bool = True
    first_order: bool = True  # by this department within twelve months
    stopped: bool = False


@dataclass(frozen=True)
class RoutingCase:
    """Everything that a policy may look at. Amounts are in the base currency."""

    category: str
    hospital: str
    department: str
    priority: str
    amount: Decimal
    lines: tuple[CaseLine, ...] = ()
    weekly_standing_total: Decimal = Decimal(
        0
    )  # decided by policy in the last seven days, this one not counted
    open_exceptions: int = 0
    service: str = ""  # whose target times apply; empty for supplies
    marks: tuple[str, ...] = ()  # codes by which a kind of request tells its own apart
    location: str = ""  # code of the place that it goes to
    vendors: tuple[str, ...] = ()  # codes
    requester_roles: tuple[str, ...] = ()  # of the requester, at its department; only where a rule asks
    exceptions: tuple[str, ...] = ()  # kinds that are open on this request; only where a rule asks
    out_of_hours: bool = False  # the office of its hospital is closed; only asked of what cannot wait
    cannot_wait: bool = False  # an emergency, or urgent and not to be left until the morning
    budget: str = ""  # "none", "within" or "over"; only where a rule asks
    vendor_states: tuple[str, ...] = ()  # "on_contract", "off_contract", "new", "stopped" of its suppliers
    beside: Decimal = Decimal(0)  # beyond the amount: what it may have been split from (approvals.watching)
    touched: bool = False  # who has a part in it changed rule, price or agreed list lately: a person decides

    def as_json(self) -> dict[str, Any]:
        """Plain values for the record; amounts as strings."""
        data = asdict(self)
        data |= {name: str(data[name]) for name in AMOUNTS}
        data["lines"] = [{**line, "amount": str(line["amount"])} for line in data["lines"]]
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "RoutingCase":
        lines = tuple(
            CaseLine(
                **{
                    **line,
                    "amount": Decimal(line["amount"]),
                    "flags": tuple(line["flags"]),
                    "control_flags": tuple(line["control_flags"]),
                }
            )
            for line in data["lines"]
        )
        amounts = {key: Decimal(data.get(key, 0)) for key in AMOUNTS}
        several = {key: tuple(data.get(key, ())) for key in SEVERAL}
        return cls(**{**data, **amounts, **several, "lines": lines})


@dataclass(frozen=True)
class StepRule:
    sequence: int
    role: str  # the code of `authority`: a role, a duty, budget_owner, group:<code> or person:<sign-in name>
    calendar: str
    needed: int = 1  # 0: everybody who is asked
    why: str = ""  # why this role; empty: the rule says it
    distinct: bool = True  # not by who decided another step
    within: str = ""  # "2wh", "1wd": the time to decide; empty: by priority
    escalate_to: str = ""  # when it is not decided in time; empty: the next authority
    documents: tuple[str, ...] = ()  # what must be attached to agree


@dataclass(frozen=True)
class Rule:
    code: str
    why: str
    conditions: dict[str, Any] = field(default_factory=dict)
    steps: tuple[StepRule, ...] = ()
    decides: bool = False
    replaces: tuple[str, ...] = ()  # roles that are not asked where this rule holds


@dataclass(frozen=True)
class RuleSet:
    """The rules of a policy in their order; `mode` as ApprovalPolicy.Mode: all that hold count, or only the first."""

    rules: tuple[Rule, ...] = ()
    mode: str = "all"


@dataclass(frozen=True)
class PlannedStep:
    sequence: int
    role: str
    calendar: str
    needed: int
    why: tuple[str, ...]
    distinct: bool = True
    within: str = ""
    escalate_to: str = ""
    documents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    rules: tuple[str, ...] = ()
    decided_by: Rule | None = None
    steps: tuple[PlannedStep, ...] = ()


def plan_steps(policy: RuleSet, case: RoutingCase) -> Plan:
    """Apply the rules in order.

    Where only the first counts, it alone is looked at. The first deciding rule that holds ends it: no person decides. A
    deciding rule with conditions does not hold for who changed it, or what it looks at, lately (`touched`).
    Otherwise every rule that holds adds its steps; one role is asked once, at its earliest place, by as many people as
    the strictest rule wants, for all the reasons.
    """
    held = [rule for rule in policy.rules if matches(rule.conditions, case) and not _own(rule, case)]
    if policy.mode == "first":
        held = held[:1]
    deciding = next((rule for rule in held if rule.decides), None)
    if deciding:
        return Plan(rules=(deciding.code,), decided_by=deciding)
    replaced = {role for rule in held for role in rule.replaces}
    steps: dict[str, PlannedStep] = {}
    for rule in held:
        for step in rule.steps:
            if step.role not in replaced or rule.replaces:
                known = steps.get(step.role)
                steps[step.role] = _joined(known, step, rule.why) if known else _planned(step, rule.why)
    ordered = sorted(steps.values(), key=lambda step: (step.sequence, step.role))
    return Plan(rules=tuple(rule.code for rule in held), steps=tuple(ordered))


def _own(rule: Rule, case: RoutingCase) -> bool:
    """Would it decide about those who changed what it goes by? Who is asked about nothing gains nothing by a change."""
    return rule.decides and bool(rule.conditions) and case.touched


def _planned(step: StepRule, why: str) -> PlannedStep:
    kept = {name: getattr(step, name) for name in ("distinct", "within", "escalate_to", "documents")}
    return PlannedStep(step.sequence, step.role, step.calendar, step.needed, (step.why or why,), **kept)


def _joined(known: PlannedStep, step: StepRule, why: str) -> PlannedStep:
    """One role, asked by two rules: the strictest of both, for the reasons of both."""
    everybody = 0 in (known.needed, step.needed)
    return replace(
        known,
        sequence=min(step.sequence, known.sequence),
        needed=0 if everybody else max(step.needed, known.needed),
        why=tuple(dict.fromkeys((*known.why, step.why or why))),
        distinct=known.distinct or step.distinct,
        within=known.within or step.within,
        escalate_to=known.escalate_to or step.escalate_to,
        documents=tuple(dict.fromkeys((*known.documents, *step.documents))),
    )


def matches(conditions: dict[str, Any], case: RoutingCase) -> bool:
    """Do all conditions hold? An unknown condition is an error, never a silent yes.

    amount_from, amount_to: from <= amount < to (an amount equal to a limit is in the higher band); the amount is that of
    the request, or of all that it may have been split from ·
    any_flag: a line has one of these flags · groups: only lines of these catalogue groups count for any_flag ·
    first_order: only lines that the department orders for the first time in twelve months count for any_flag ·
    those of AMONG: the fact is one of these values · those of SAME: the fact is so, or is not so ·
    standing_order: {amount_below, weekly_below}, see `standing_order`.
    """
    unknown = set(conditions) - CONDITIONS
    if unknown:
        raise ValueError(f"unknown policy condition: {', '.join(sorted(unknown))}")
    amount = case.amount + case.beside
    if "amount_from" in conditions and amount < Decimal(conditions["amount_from"]):
        return False
    if "amount_to" in conditions and amount >= Decimal(conditions["amount_to"]):
        return False
    if "any_flag" in conditions and not _flagged(conditions, case):
        return False
    if any(name in conditions and getattr(case, name) != conditions[name] for name in SAME):
        return False
    if any(
        name in conditions and not _among(conditions[name], getattr(case, fact))
        for name, fact in AMONG.items()
    ):
        return False
    return "standing_order" not in conditions or standing_order(conditions["standing_order"], case)


def wanted(policy: RuleSet) -> frozenset[str]:
    """The conditions that its rules ask about: facts that nobody asks about need not be looked up."""
    return frozenset(name for rule in policy.rules for name in rule.conditions)


def _among(values: list[str], fact: str | tuple[str, ...]) -> bool:
    return fact in values if isinstance(fact, str) else bool(set(values) & set(fact))


def _flagged(conditions: dict[str, Any], case: RoutingCase) -> bool:
    wanted, groups = set(conditions["any_flag"]), conditions.get("groups")
    return any(
        wanted & set(line.flags)
        and (groups is None or line.group in groups)
        and (not conditions.get("first_order") or line.first_order)
        for line in case.lines
    )


def standing_order(limits: dict[str, str], case: RoutingCase) -> bool:
    """May the policy decide this alone? All must hold; a control flag always needs a person."""
    within_par = all(line.par is not None and line.quantity <= line.par for line in case.lines)
    return (
        bool(case.lines)
        and all(_routine(line) for line in case.lines)
        and (case.amount < Decimal(limits["amount_below"]) or within_par)
        and case.weekly_standing_total + case.amount < Decimal(limits["weekly_below"])
        and case.open_exceptions == 0
    )


def _routine(line: CaseLine) -> bool:
    return (
        line.par is not None
        and not line.control_flags
        and not line.stopped
        and (line.source in STANDING_ORDER_SOURCES or line.on_contract)
        and line.quantity <= line.usual_max
    )
