"""What is wrong with single rules as they are written: words and values that nobody knows. PURE."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from approvals.proof.finding import Finding
from approvals.proof.space import NOTHING
from approvals.proof.world import GROUP, PERSON, World
from approvals.routing import AMONG, CONDITIONS, SAME, SEVERAL, RoutingCase, Rule, RuleSet

# Conditions that are values of something else than a fact of the case, and where their values are known.
NAMED = {**AMONG, "any_flag": "flags", "groups": "groups"}


def usual(world: World) -> RoutingCase:
    """A case without anything unusual."""
    hospital, department = world.places[0]
    return RoutingCase(world.category, hospital, department, "routine", NOTHING)


def unreadable(rules: RuleSet, world: World) -> Iterator[Finding]:
    """Rules that cannot be looked at further: an unknown condition, or a value of the wrong sort."""
    for rule in rules.rules:
        for name, value in rule.conditions.items():
            facts = {"condition": name, "value": value}
            if name not in CONDITIONS:
                yield Finding("unknown_condition", (rule.code,), usual(world), facts=facts)
            elif not _fits(name, value):
                yield Finding("bad_value", (rule.code,), usual(world), facts=facts)
        for step in rule.steps:
            if step.needed < 0:
                facts = {"condition": "needed", "value": step.needed}
                yield Finding("bad_value", (rule.code,), usual(world), step.role, facts=facts)


def unknown(rules: RuleSet, world: World) -> Iterator[Finding]:
    """Values, roles, groups, people and calendars that are not there."""
    for rule in rules.rules:
        for name, fact in NAMED.items():
            known = world.known.get(fact)
            for value in rule.conditions.get(name, ()):
                if known is not None and value not in known:
                    facts = {"condition": name, "value": value}
                    yield Finding("unknown_value", (rule.code,), _with(world, name, value), facts=facts)
        yield from _unknown_asked(rule, world)


def bands(rules: RuleSet, world: World) -> Iterator[Finding]:
    """Amounts between which nothing lies, and limits that never meet."""
    for rule in rules.rules:
        start, end = (_limit(rule, name) for name in ("amount_from", "amount_to"))
        facts = {"from": start, "to": end}
        case = replace(usual(world), amount=max(start or NOTHING, NOTHING))
        standing = rule.conditions.get("standing_order")
        if end is not None and end <= (start or NOTHING):
            yield Finding("empty_band", (rule.code,), case, facts=facts)
        elif standing and Decimal(standing["weekly_below"]) <= (start or NOTHING):
            facts = {"from": start, "to": Decimal(standing["weekly_below"])}
            yield Finding("limits_never_meet", (rule.code,), case, facts=facts)
        for step in rule.steps:
            limit = world.limits.get(step.role)
            if limit is not None and start is not None and start >= limit:
                facts = {"from": start, "to": limit}
                yield Finding("limits_never_meet", (rule.code,), case, step.role, facts=facts)


def _unknown_asked(rule: Rule, world: World) -> Iterator[Finding]:
    calendars = world.known.get("calendars")
    asked = [code for step in rule.steps for code in (step.role, step.escalate_to) if code]
    for code in dict.fromkeys([*asked, *rule.replaces]):
        if not world.knows(code):
            kind = {GROUP: "unknown_group", PERSON: "unknown_person"}
            found = next((name for start, name in kind.items() if code.startswith(start)), "unknown_role")
            yield Finding(found, (rule.code,), usual(world), code, facts={"value": code})
    for step in rule.steps:
        if calendars is not None and step.calendar not in calendars:
            facts = {"value": step.calendar}
            yield Finding("unknown_calendar", (rule.code,), usual(world), step.role, facts=facts)


def _with(world: World, name: str, value: str) -> RoutingCase:
    """A case that has the value which no real case has."""
    fact = AMONG.get(name)
    if fact is None:
        return usual(world)
    facts: dict[str, Any] = {fact: (value,) if fact in SEVERAL else value}
    return replace(usual(world), **facts)


def _limit(rule: Rule, name: str) -> Decimal | None:
    return Decimal(rule.conditions[name]) if name in rule.conditions else None


def _fits(name: str, value: Any) -> bool:
    if name in ("amount_from", "amount_to"):
        return _is_amount(value)
    if name == "standing_order":
        limits = {"amount_below", "weekly_below"}
        return isinstance(value, dict) and set(value) == limits and all(map(_is_amount, value.values()))
    if name in SAME or name == "first_order":
        return isinstance(value, bool)
    return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)


def _is_amount(value: Any) -> bool:
    try:
        return not isinstance(value, float | bool) and Decimal(value).is_finite()
    except (InvalidOperation, TypeError, ValueError):
        return False
