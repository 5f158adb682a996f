"""Small policies in a small world, drawn at random, and everything that can happen in it, one case after the other."""

import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, product

from approvals.proof.world import Lent, World
from approvals.routing import CaseLine, RoutingCase, Rule, RuleSet, StepRule

ROLES = ("head", "finance", "director", "executive", "on_duty")
ABOVE = {"head": "director", "finance": "director", "director": "executive", "on_duty": "director"}
PLACES = (("A", "a1"), ("A", "a2"), ("B", "b1"))
PEOPLE = ("ann", "bob", "cat", "dan", "eve", "eve2")
TIMES = (
    ("routine", False, False),
    ("planned", False, False),
    *((priority, waits, closed) for priority in ("urgent", "emergency") for waits, closed in ((True, True), (True, False))),
    ("urgent", False, False),
)  # fmt: skip
LIMITS = ("10", "20", "30")
AMOUNTS = [Decimal(n) * 5 for n in range(8)]  # limits, and amounts between them


def world(draw: random.Random) -> World:
    """Somebody in most places."""
    held: dict[tuple[str, str, str], frozenset[str]] = {}
    keys = [("head", *place) for place in PLACES]
    keys += [(role, site, "") for role in ("finance", "director", "on_duty") for site in "AB"]
    for key in [*keys, ("executive", "", "")]:
        held[key] = frozenset(draw.sample(PEOPLE, draw.choice((0, 1, 1, 2, 3))))
    lent = []
    for _n in range(draw.choice((0, 0, 1, 2))):
        grantor, delegate = draw.sample(PEOPLE, 2)
        limit = draw.choice((None, Decimal(20)))
        lent.append(Lent(grantor, delegate, limit, draw.choice(((), ("other",))), draw.random() < 0.5))
    return World(
        category="supply",
        places=PLACES,
        known={
            "priority": frozenset({"routine", "planned", "urgent", "emergency"}),
            "approver_groups": frozenset(),
            "marks": frozenset({"m", "n"}),
            "groups": frozenset({"g1", "g2"}),
            "budget": frozenset({"none", "within", "over"}),
        },
        control_flags=frozenset({"ctl"}),
        codes=frozenset(ROLES),
        held=held,
        same_person={"eve": "EVE", "eve2": "EVE"},
        names={name: name for name in PEOPLE},
        lent=tuple(lent),
        away=frozenset(draw.sample(PEOPLE, draw.choice((0, 0, 1)))),
        above=ABOVE,
        limits={"on_duty": Decimal(20)},
    )


THEMES = ("place", "time", "marks", "goods", "budget", "roles")


def policy(draw: random.Random) -> tuple[RuleSet, set[str]]:
    """One to five rules about the amount and two themes, and what they speak of."""
    themes = set(draw.sample(THEMES, 2))
    rules = tuple(_rule(draw, f"r{n}", themes) for n in range(draw.randint(1, 5)))
    return RuleSet(rules, draw.choice(("all", "all", "first"))), themes


def _rule(draw: random.Random, code: str, themes: set[str]) -> Rule:
    conditions: dict[str, object] = {}
    if draw.random() < 0.5:
        conditions["amount_from"] = draw.choice(("0", *LIMITS))
    if draw.random() < 0.5:
        conditions["amount_to"] = draw.choice(LIMITS)
    for theme in sorted(themes):
        if draw.random() < 0.5:
            conditions |= _condition(draw, theme)
    kind = draw.random()
    decides, steps = kind < 0.2, ()
    if 0.15 < kind < 0.93:
        steps = tuple(_step(draw, role) for role in draw.sample(ROLES, draw.choice((1, 1, 2))))
    replaces = tuple(draw.sample(ROLES, draw.choice((1, 3)))) if draw.random() < 0.2 else ()
    return Rule(code, code, conditions, steps, decides, replaces)


def _step(draw: random.Random, role: str) -> StepRule:
    escalate = draw.choice(("", "", "", "executive", "head"))
    return StepRule(10, role, "office", needed=draw.choice((1, 1, 1, 2, 0)), escalate_to=escalate)


def _condition(draw: random.Random, theme: str) -> dict[str, object]:
    return {
        "place": lambda: draw.choice(
            ({"hospitals": ["B"]}, {"departments": ["a1"]}, {"departments": ["a2", "b1"]}, {"categories": ["supply"]})
        ),
        "time": lambda: draw.choice(
            ({"out_of_hours": True}, {"cannot_wait": False}, {"priorities": ["urgent"]}, {"priorities": ["routine", "planned"]},
             {"out_of_hours": True, "cannot_wait": False})
        ),
        "marks": lambda: {"any_mark": draw.choice((["m"], ["n"], ["m", "n"]))},
        "roles": lambda: {"any_requester_role": draw.choice((["head"], ["head", "nurse"]))},
        "budget": lambda: {"budget_states": draw.choice((["over"], ["none", "within"], ["none", "within", "over"]))},
        "goods": lambda: draw.choice(
            ({"any_flag": ["ctl"]}, {"any_flag": ["soft"]}, {"any_flag": ["ctl", "soft"], "groups": ["g1"]},
             {"any_flag": ["soft"], "first_order": True},
             {"standing_order": {"amount_below": "10", "weekly_below": "20"}},
             {"standing_order": {"amount_below": "20", "weekly_below": "30"}})
        ),
    }[theme]()  # fmt: skip


def every_case(themes: set[str]) -> Iterator[RoutingCase]:
    """Every amount, in every place and time, with every mark and line that `themes` are about."""
    places = PLACES
    times = TIMES if "time" in themes else TIMES[:1]
    marks = [(), ("m",), ("n",), ("m", "n")] if "marks" in themes else [()]
    roles = [(), ("head",), ("nurse",), ("head", "nurse")] if "roles" in themes else [()]
    budgets = ["none", "within", "over"] if "budget" in themes else [""]
    plain = CaseLine("x", "g2", 2, Decimal(0), "buy")
    lines = (
        _all_lines()
        if "goods" in themes
        else [(plain,), (replace(plain, flags=("ctl",), control_flags=("ctl",)),)]
    )
    totals = [Decimal(0), Decimal(10), Decimal(25)] if "goods" in themes else [Decimal(0)]
    for (hospital, ward), (priority, waits, closed), mark, role, budget, line, total, amount in product(
        places, times, marks, roles, budgets, lines, totals, AMOUNTS
    ):
        yield RoutingCase(
            "supply", hospital, ward, priority, amount, line, total, marks=mark, requester_roles=role, budget=budget,
            cannot_wait=waits, out_of_hours=closed,
        )  # fmt: skip


def _all_lines() -> list[tuple[CaseLine, ...]]:
    singles = [
        CaseLine(
            "x", group, 2, Decimal(0), "buy", flags, tuple(f for f in flags if f == "ctl"), par, 2, first_order=first
        )
        for flags in ((), ("ctl",), ("soft",))
        for group in ("g1", "g2")
        for first in ((False,) if not flags else (False, True))
        for par in (None, 1, 2)
    ]  # fmt: skip
    pairs = [
        (one, other)
        for one, other in combinations(singles, 2)
        if one.par == other.par != 1 and one.flags != other.flags
    ]
    return [*((one,) for one in singles), *pairs]
