"""From a policy and the facts of a case to the steps that somebody must take. PURE: no database, no clock."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

STANDING_ORDER_SOURCES = ("store",)


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

    def as_json(self) -> dict[str, Any]:
        """Plain values for the record; amounts as strings."""
        data = asdict(self)
        data["amount"], data["weekly_standing_total"] = str(self.amount), str(self.weekly_standing_total)
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
        amounts = {key: Decimal(data[key]) for key in ("amount", "weekly_standing_total")}
        return cls(**{**data, **amounts, "lines": lines, "marks": tuple(data.get("marks", ()))})


@dataclass(frozen=True)
class StepRule:
    sequence: int
    role: str
    calendar: str
    needed: int = 1
    why: str = ""  # why this role; empty: the rule says it


@dataclass(frozen=True)
class Rule:
    code: str
    why: str
    conditions: dict[str, Any] = field(default_factory=dict)
    steps: tuple[StepRule, ...] = ()
    decides: bool = False


@dataclass(frozen=True)
class PlannedStep:
    sequence: int
    role: str
    calendar: str
    needed: int
    why: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    rules: tuple[str, ...] = ()
    decided_by: Rule | None = None
    steps: tuple[PlannedStep, ...] = ()


def plan_steps(policy: Iterable[Rule], case: RoutingCase) -> Plan:
    """Apply the rules in order.

    The first deciding rule that holds ends it: no person decides. Otherwise every rule that holds adds its steps; one
    role is asked once, at its earliest place, by as many people as the strictest rule wants, for all the reasons.
    """
    held = [rule for rule in policy if matches(rule.conditions, case)]
    deciding = next((rule for rule in held if rule.decides), None)
    if deciding:
        return Plan(rules=(deciding.code,), decided_by=deciding)
    steps: dict[str, PlannedStep] = {}
    for rule in held:
        for step in rule.steps:
            known = steps.get(step.role)
            steps[step.role] = PlannedStep(
                sequence=min(step.sequence, known.sequence) if known else step.sequence,
                role=step.role,
                calendar=known.calendar if known else step.calendar,
                needed=max(step.needed, known.needed) if known else step.needed,
                why=tuple(dict.fromkeys((*(known.why if known else ()), step.why or rule.why))),
            )
    ordered = sorted(steps.values(), key=lambda step: (step.sequence, step.role))
    return Plan(rules=tuple(rule.code for rule in held), steps=tuple(ordered))


def matches(conditions: dict[str, Any], case: RoutingCase) -> bool:
    """Do all conditions hold? An unknown condition is an error, never a silent yes.

    amount_from, amount_to: from <= amount < to (an amount equal to a limit is in the higher band) ·
    any_flag: a line has one of these flags · groups: only lines of these catalogue groups count for any_flag ·
    first_order: only lines that the department orders for the first time in twelve months count for any_flag ·
    services: the request is for one of these services · any_mark: it has one of these marks ·
    standing_order: {amount_below, weekly_below}, see `standing_order`.
    """
    unknown = set(conditions) - {
        "amount_from",
        "amount_to",
        "any_flag",
        "groups",
        "first_order",
        "services",
        "any_mark",
        "standing_order",
    }
    if unknown:
        raise ValueError(f"unknown policy condition: {', '.join(sorted(unknown))}")
    if "amount_from" in conditions and case.amount < Decimal(conditions["amount_from"]):
        return False
    if "amount_to" in conditions and case.amount >= Decimal(conditions["amount_to"]):
        return False
    if "any_flag" in conditions and not _flagged(conditions, case):
        return False
    if "services" in conditions and case.service not in conditions["services"]:
        return False
    if "any_mark" in conditions and not set(conditions["any_mark"]) & set(case.marks):
        return False
    return "standing_order" not in conditions or standing_order(conditions["standing_order"], case)


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
