"""The oracle: everything that is wrong with a policy, found by looking at every case. Knows nothing of the proof."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from itertools import combinations

from approvals.proof.world import World
from approvals.routing import RoutingCase, Rule, RuleSet, matches, plan_steps

Found = dict[str, set]


def look(rules: RuleSet, world: World, cases: Iterable[RoutingCase]) -> Found:
    found: Found = defaultdict(set)
    holds, counts, asked_by_rule, gap_at = set(), set(), set(), set()
    asked: dict[tuple, None] = {}
    by_code = {rule.code: rule for rule in rules.rules}
    for case in cases:
        plan = plan_steps(rules, case)
        true = [rule for rule in rules.rules if matches(rule.conditions, case)]
        holds |= {rule.code for rule in true}
        counts |= set(plan.rules)
        if plan.decided_by:
            if (
                any(line.control_flags for line in case.lines)
                and "standing_order" not in plan.decided_by.conditions
            ):
                found["control_goods"].add(plan.decided_by.code)
            continue
        if not plan.steps:
            gap_at.add(case.amount)
        held = [by_code[code] for code in plan.rules]
        for rule in held:
            left_out = {role for other in held for role in other.replaces}
            asked_by_rule |= {
                (rule.code, s.role) for s in rule.steps if rule.replaces or s.role not in left_out
            }
        if rules.mode == "all":
            for one, other in combinations(held, 2):
                if bands_clash(one, other):
                    found["overlap"].add((one.code, other.code))
        for step in plan.steps:
            asked[(step.role, step.needed, step.escalate_to, case.hospital, case.department, case.amount)] = (
                None
            )
    for rule in rules.rules:
        if rule.code not in holds:
            found["never_holds"].add(rule.code)
        elif rule.code not in counts:
            found["unreachable_rule"].add(rule.code)
        else:
            found["unreachable_step"] |= {
                (rule.code, step.role) for step in rule.steps if (rule.code, step.role) not in asked_by_rule
            }
            if rules.mode == "all" and not (rule.decides or rule.steps or rule.replaces):
                found["asks_nobody"].add(rule.code)
            if rule.decides and "any_requester_role" in rule.conditions:
                found["self_approval"].add("")
    found["gap"] = gap_at
    for role, needed, escalate, hospital, ward, amount in asked:
        people(found, world, role, needed, escalate, hospital, ward, amount)
    return {code: what for code, what in found.items() if what}


def bands_clash(one: Rule, other: Rule) -> bool:
    banded = [{"amount_from", "amount_to"} & set(rule.conditions) for rule in (one, other)]
    if not all(banded):
        return False
    rest = [
        {k: v for k, v in rule.conditions.items() if not k.startswith("amount_")} for rule in (one, other)
    ]
    if rest[0] != rest[1] or set(one.replaces) != set(other.replaces):
        return False
    roles = [{step.role for step in rule.steps} for rule in (one, other)]
    return bool(roles[0] & roles[1]) or all("amount_to" in rule.conditions for rule in (one, other))


def people(found: Found, world: World, role: str, needed: int, escalate: str, *where: object) -> None:
    everybody = sorted(world.names)
    step = (role, needed, escalate)

    def answered(requester: str = "", away: Iterable[str] = ()) -> bool:
        return bool(decide(world, step, where, requester, set(away)))

    if not answered(away=world.away):
        found["nobody"].add(role)
        return
    if needed > 1 and len(rights(world, role, where, "", set())) < needed:
        found["too_few"].add(role)
    elif role not in world.limits and not any(holds(world, role, where, one) for one in everybody):
        found["no_holder"].add(role)
    for one in everybody:
        if answered() and not answered(away=[one]):
            found["one_person"].add((role, one))
        if any(
            answered(away=away) and not answered(one, away=away)
            for away in ([], *([lent.grantor] for lent in world.lent if lent.delegate == one))
        ):
            found["self_approval"].add(role)


def holds(world: World, role: str, where: tuple, one: str) -> bool:
    hospital, ward, _amount = where
    places = [("", ""), (hospital, "")] + ([(hospital, ward)] if role == "head" else [])
    return any(one in world.held.get((role, *place), ()) for place in places)


def rights(world: World, role: str, where: tuple, requester: str, away: set[str]) -> set[str]:
    """Whose rights are used if everybody who may decides as `role`; each person uses one, the own first."""
    amount = where[2]
    if role in world.limits and amount >= world.limits[role]:
        return set()

    def involved(one: str) -> bool:
        accounts = {requester} | ({"eve", "eve2"} if requester in ("eve", "eve2") else set())
        return one in accounts

    holding = [one for one in sorted(world.names) if holds(world, role, where, one) and not involved(one)]
    used = {one: one for one in holding if one not in away}
    for lent in world.lent:
        small = lent.limit is None or amount < lent.limit
        meant = not lent.categories or world.category in lent.categories
        counts = small and meant and (lent.grantor in away or not lent.standing)
        if lent.grantor in holding and counts and lent.delegate not in used:
            used[lent.delegate] = lent.grantor
    return {right for one, right in used.items() if one not in away and not involved(one)}


def decide(world: World, step: tuple, where: tuple, requester: str, away: set[str]) -> set[str]:
    role, needed, escalate = step
    code, tried, wanted = role, [], max(needed, 1)
    while code and code not in tried:
        enough = rights(world, code, where, requester, away)
        if len(enough) >= wanted:
            return enough
        tried.append(code)
        code = (escalate if code == role else "") or world.above.get(code, "")
        wanted = 1
    return set()


def within(amount: Decimal, start: Decimal, end: Decimal | None) -> bool:
    return start <= amount and (end is None or amount < end)
