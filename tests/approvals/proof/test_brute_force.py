"""300 small policies: the proof says exactly what looking at every case finds, and its cases show it."""

import random

import pytest

from approvals.proof.finding import Finding
from approvals.proof.proving import findings
from approvals.routing import RuleSet
from tests.approvals.proof import brute_force, small_policies

AT_A_TIME = 30


@pytest.mark.parametrize(
    "start", [0, *(pytest.param(n, marks=pytest.mark.long) for n in range(AT_A_TIME, 300, AT_A_TIME))]
)
def test_the_proof_finds_what_looking_at_every_case_finds(start: int) -> None:
    for seed in range(start, start + AT_A_TIME):
        draw = random.Random(seed)
        world = small_policies.world(draw)
        rules, themes = small_policies.policy(draw)
        proven = findings(rules, world)
        found = brute_force.look(rules, world, small_policies.every_case(themes))
        assert said(rules, proven) == found, f"seed {seed}: {rules}"


def said(rules: RuleSet, proven: list[Finding]) -> dict[str, set]:
    """The findings as the oracle words them."""
    by: dict[str, set] = {}
    empty = {
        one.rules[0] for one in proven if one.code in ("empty_band", "limits_never_meet") and not one.role
    }
    for one in proven:
        if one.code in ("nobody", "too_few", "no_holder", "self_approval"):
            by.setdefault(one.code, set()).add(one.role)
        elif one.code == "one_person":
            by.setdefault(one.code, set()).add((one.role, one.away))
        elif one.code == "overlap":
            by.setdefault(one.code, set()).add(one.rules)
        elif one.code == "unreachable_step":
            by.setdefault(one.code, set()).add((one.rules[0], one.role))
        elif one.code == "gap":
            start, end = one.facts["from"], one.facts["to"]
            amounts = {a for a in small_policies.AMOUNTS if brute_force.within(a, start, end)}
            by.setdefault(one.code, set()).update(amounts)
        elif one.code not in ("empty_band", "limits_never_meet", "unknown_value"):
            by.setdefault(one.code, set()).add(one.rules[0])
    if empty:
        by.setdefault("never_holds", set()).update(empty)
    return by
