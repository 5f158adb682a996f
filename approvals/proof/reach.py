"""What never happens, what happens twice, and what nobody decides, in all cases that there can be. PURE."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from approvals.proof.finding import Finding
from approvals.proof.space import Space
from approvals.proof.world import World
from approvals.routing import RoutingCase, Rule, RuleSet, plan_steps

BAND = ("amount_from", "amount_to")


class Reach:
    """The cases that lead to each rule of a policy."""

    def __init__(self, rules: RuleSet, world: World) -> None:
        self.rules, self.world, self.space = rules, world, Space(rules, world)
        self.first = rules.mode == "first"
        self.deciding = [at for at, rule in enumerate(rules.rules) if rule.decides]

    def before(self, at: int) -> list[int]:
        """The rules that keep this one from counting wherever they hold."""
        if self.first:
            return list(range(at))
        own = self.rules.rules[at].decides
        return [one for one in self.deciding if one < at or (one != at and not own)]

    def counts(self, at: int) -> RoutingCase | None:
        """The smallest case in which the rule counts."""
        return self.space.smallest([at], self.before(at))

    def replacing(self, role: str) -> list[int]:
        """Rules that leave `role` out where they hold; where only the first rule counts none does so to another."""
        if self.first:
            return []
        return [at for at, rule in enumerate(self.rules.rules) if role in rule.replaces]


def unreachable(reach: Reach) -> Iterator[Finding]:
    """Rules that never hold, rules that others always come before, steps that others always leave out."""
    for at, rule in enumerate(reach.rules.rules):
        case = reach.space.smallest([at])
        if case is None:
            yield Finding("never_holds", (rule.code,), _nearest(reach, rule))
        elif reach.counts(at) is None:
            plan = plan_steps(reach.rules, case)
            blocking = plan.rules[0] if plan.rules else ""
            yield Finding("unreachable_rule", (rule.code, blocking), case)
        else:
            yield from _steps(reach, at, rule)


def _steps(reach: Reach, at: int, rule: Rule) -> Iterator[Finding]:
    case = reach.counts(at)
    assert case is not None
    if not (rule.decides or rule.steps or rule.replaces or reach.first):
        yield Finding("asks_nobody", (rule.code,), case)
    for role in dict.fromkeys(step.role for step in rule.steps):
        replacing = [] if rule.replaces else reach.replacing(role)
        if rule.decides or (
            replacing and reach.space.smallest([at], [*reach.before(at), *replacing]) is None
        ):
            yield Finding("unreachable_step", (rule.code,), case, role)


def gaps(reach: Reach) -> Iterator[Finding]:
    """Amounts at which nothing decides and nobody is asked, each run of them once, with its simplest case."""
    found: dict[Decimal, RoutingCase] = {}
    for hold, avoid in _askless(reach):
        cases = reach.space.each(hold, avoid, apart=lambda facts: facts.get("amount"))
        for (_mask, (amount,)), case in cases.items():
            found.setdefault(amount, case)
    amounts, start = reach.space.amounts, None
    for at, amount in enumerate(amounts):
        start = amount if amount in found and start is None else start
        following = amounts[at + 1] if at + 1 < len(amounts) else None
        if start is not None and following not in found:
            yield Finding("gap", (), found[start], facts={"from": start, "to": following})
            start = None


def _askless(reach: Reach) -> Iterator[tuple[list[int], list[int]]]:
    """Which rules hold, and which do not, where nobody is asked: pairs (hold, avoid), together all that there are."""
    rules = list(enumerate(reach.rules.rules))
    acting = [at for at, rule in rules if rule.decides or rule.steps]
    if reach.first:
        yield [], [at for at, _rule in rules]
        yield from (([at], list(range(at))) for at, _rule in rules if at not in acting)
        return
    yield [], acting
    silent = [at for at, rule in rules if rule.replaces and not rule.steps and not rule.decides]
    for count in range(1, len(silent) + 1):
        for hold in combinations(silent, count):
            left_out = {role for at in hold for role in reach.rules.rules[at].replaces}
            quiet = [
                at
                for at, rule in rules
                if rule.steps
                and not (rule.decides or rule.replaces)
                and all(step.role in left_out for step in rule.steps)
            ]
            yield list(hold), [at for at in acting if at not in quiet]


def overlaps(reach: Reach) -> Iterator[Finding]:
    """Two bands of one family that both ask at one amount.

    A family: rules whose conditions differ in the amount only, which replace the same, of a policy whose rules all count.
    They overlap where both count and ask the same role, or where both have an upper limit; "from 1,000 finance" and "from
    25,000 the director" are meant to add up.
    """
    if reach.first:
        return
    bands = [
        (at, rule)
        for at, rule in enumerate(reach.rules.rules)
        if not rule.decides and any(name in rule.conditions for name in BAND)
    ]
    for (left, one), (right, other) in combinations(bands, 2):
        if _family(one) != _family(other):
            continue
        shared = {step.role for step in one.steps} & {step.role for step in other.steps}
        closed = "amount_to" in one.conditions and "amount_to" in other.conditions
        case = reach.space.smallest([left, right], reach.deciding) if shared or closed else None
        if case:
            yield Finding("overlap", (one.code, other.code), case)


def control_goods(reach: Reach) -> Iterator[Finding]:
    """Rules that decide goods of which a person must decide."""
    flags = sorted(reach.world.control_flags)
    if not reach.world.goods or not flags:
        return
    asked = Rule("a control flag", "", {"any_flag": flags})
    space = Space(replace(reach.rules, rules=(*reach.rules.rules, asked)), reach.world)
    for at in reach.deciding:
        case = space.smallest([at, len(reach.rules.rules)], reach.before(at))
        if case:
            yield Finding("control_goods", (reach.rules.rules[at].code,), case)


def decided_by_rank(reach: Reach) -> Iterator[Finding]:
    """Rules by which what somebody is decides what they ask for."""
    for at in reach.deciding:
        rule, case = reach.rules.rules[at], reach.counts(at)
        if "any_requester_role" in rule.conditions and case:
            yield Finding("self_approval", (rule.code,), case, facts={"how": "rule"})


def _family(rule: Rule) -> tuple[str, tuple[str, ...]]:
    others = {name: value for name, value in rule.conditions.items() if name not in BAND}
    return repr(sorted(others.items())), tuple(sorted(rule.replaces))


def _nearest(reach: Reach, rule: Rule) -> RoutingCase:
    """A case at the beginning of the rule's band, for what no case fits."""
    return replace(reach.space.usual, amount=max(Decimal(rule.conditions.get("amount_from", 0)), Decimal(0)))
