"""Steps that nobody may decide, or too few, or nobody but the person who asks. PURE.

Looked at for the smallest case of each rule, and of each two that ask one role differently, at each place and on each side
of each limit. Who is away now counts for `nobody` only; the other findings hold on any day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from approvals.proof.finding import Finding
from approvals.proof.reach import Reach
from approvals.proof.world import Place, World
from approvals.routing import PlannedStep, RoutingCase, Rule, plan_steps

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Asked:
    """One step of a plan, in a case."""

    step: PlannedStep
    case: RoutingCase
    rules: tuple[str, ...]

    @property
    def place(self) -> Place:
        return self.case.hospital, self.case.department

    def key(self) -> tuple[Any, ...]:
        return self.step.role, self.step.needed, self.step.escalate_to, self.place


def of_people(reach: Reach) -> Iterator[Finding]:
    """Each defect once for its role, with the first place that shows it and all of them in `facts`."""
    found: dict[tuple[str, ...], Finding] = {}
    for asked in _asked(reach):
        for finding in (*_of_step(reach.world, asked), *_same_eyes(reach, asked)):
            one = found.setdefault((finding.code, finding.role, finding.away), finding)
            one.facts.setdefault("places", {})["/".join(asked.place)] = None
    yield from found.values()


def _asked(reach: Reach) -> Iterator[Asked]:
    """Every step that differs in who is asked, how many, where, or on which side of a limit."""
    seen = set()
    limits = sorted({*reach.world.limits.values(), *(one.limit for one in reach.world.lent if one.limit)})

    def apart(facts: dict[str, Any]) -> Any:
        if "amount" in facts:
            return sum(facts["amount"] >= limit for limit in limits)
        return (facts["hospital"], facts["department"]) if "department" in facts else None

    for role, hold, avoid in _asking_cases(reach):
        track = [at for at, rule in enumerate(reach.rules.rules) if role in _asked_by(rule)]
        track += reach.replacing(role)
        for (_mask, told), case in reach.space.each(hold, avoid, track=track, apart=apart).items():
            plan = plan_steps(reach.rules, case)
            for step in plan.steps:
                asked = Asked(step, case, _asking(reach, step.role, plan.rules))
                key = (*asked.key(), told)
                if reach.world.knows(step.role) and key not in seen:
                    seen.add(key)
                    yield asked


def _asking_cases(reach: Reach) -> Iterator[tuple[str, tuple[int, ...], list[int]]]:
    """For each role the rules that hold, one or two, and those that do not, where it is asked because of them.

    Two where they ask it in different ways, and where one asks for a step that need not be decided by other people.
    """
    asking = [(at, rule) for at, rule in enumerate(reach.rules.rules) if rule.steps and not rule.decides]
    for role in dict.fromkeys(role for _at, rule in asking for role in _asked_by(rule)):
        own = [(at, rule) for at, rule in asking if role in _asked_by(rule)]
        holding: list[tuple[int, ...]] = [(at,) for at, _rule in own]
        if not reach.first:
            holding += [
                (left, right)
                for left, one in own
                for right, other in asking
                if left != right
                and (left < right or role not in _asked_by(other))
                and _both(role, one, other)
            ]
        for hold in holding:
            yield role, hold, sorted({at for one in hold for at in reach.before(one)})


def _both(role: str, one: Rule, other: Rule) -> bool:
    ways = {(s.needed, s.escalate_to) for rule in (one, other) for s in rule.steps if s.role == role}
    return len(ways) > 1 or any(not step.distinct for step in one.steps if step.role == role)


def _asked_by(rule: Rule) -> set[str]:
    return {step.role for step in rule.steps}


def _asking(reach: Reach, role: str, held: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        rule.code
        for rule in reach.rules.rules
        if rule.code in held and any(step.role == role for step in rule.steps)
    )


def _of_step(world: World, asked: Asked) -> Iterator[Finding]:
    step, place, amount = asked.step, asked.place, asked.case.amount
    role = step.role

    def who(**without: frozenset[str]) -> dict[str, str]:
        return resolve(world, asked, **without)

    def finding(code: str, **more: Any) -> Finding:
        return Finding(code, asked.rules, asked.case, role, **more)

    if not who(away=world.away):
        yield finding("nobody")
        return
    own = world.may(role, place, amount, without=NOBODY, away=NOBODY)
    if step.needed > 1 and len(set(own.values())) < step.needed:
        yield finding("too_few", facts={"needed": step.needed, "there": len(set(own.values()))})
    elif not world.holders(role, place) and role not in world.limits:
        yield finding("no_holder", facts={"instead": world.resolve(step, place, amount)[0]})
    for person in sorted(_line(world, asked)):
        if who() and not who(away=frozenset({person})):
            yield finding("one_person", away=person)
    yield from _only_themselves(world, asked)


def _only_themselves(world: World, asked: Asked) -> Iterator[Finding]:
    """The first person without whom nobody may decide what they ask for themselves, or while they stand in for another."""
    for person in sorted(_line(world, asked)):
        for away in ("", *sorted({lent.grantor for lent in world.lent if lent.delegate == person})):
            gone = frozenset({away} - {""})
            if resolve(world, asked, away=gone) and not resolve(
                world, asked, without=frozenset({person}), away=gone
            ):
                holds = person in world.holders(asked.step.role, asked.place)
                facts = {"how": "lent" if away else "holder" if holds else "chain"}
                yield Finding("self_approval", asked.rules, asked.case, asked.step.role, person, away, facts)
                return


def _same_eyes(reach: Reach, asked: Asked) -> Iterator[Finding]:
    """A step that need not be decided by somebody else than the one before, where one person may decide both."""
    if asked.step.distinct:
        return
    world, plan = reach.world, plan_steps(reach.rules, asked.case)
    for other in plan.steps:
        if other.role != asked.step.role and other.sequence <= asked.step.sequence:
            both = {*resolve(world, asked)} & {*resolve(world, Asked(other, asked.case, ()))}
            if both:
                facts = {"other": other.role, "who": min(both)}
                yield Finding("same_eyes", asked.rules, asked.case, asked.step.role, facts=facts)


def resolve(
    world: World, asked: Asked, *, without: frozenset[str] = NOBODY, away: frozenset[str] = NOBODY
) -> dict[str, str]:
    """Who is asked. A step of a narrow code may find none of its holders: who comes next must be able to decide it."""
    step = asked.step
    if step.role in world.narrow:
        onward = world.chain(step)[1:]
        if onward:
            step = PlannedStep(step.sequence, onward[0], step.calendar, 1, ())
    return world.resolve(step, asked.place, asked.case.amount, without=without, away=away)[1]


def _line(world: World, asked: Asked) -> set[str]:
    """Everybody who might decide the step, at whatever code it ends."""
    held = {one for code in world.chain(asked.step) for one in world.holders(code, asked.place)}
    return held | {lent.delegate for lent in world.lent if lent.grantor in held}
