"""Who would be asked, without asking anybody: each question is answered once."""

from decimal import Decimal
from typing import Any

from approvals.proof.world import World
from approvals.routing import RoutingCase, StepRule
from approvals.simulation.past import Asked


class Desk:
    """The people of `world` on a day on which nobody is away."""

    def __init__(self, world: World) -> None:
        self.world = world
        lent = {one.limit for one in world.lent if one.limit is not None}
        self.limits: list[Decimal] = sorted({*world.limits.values(), *lent})
        self.kept: dict[Any, frozenset[str]] = {}

    def asked(self, step: Asked, case: RoutingCase, part: frozenset[str]) -> frozenset[str]:
        """Sign-in names of who would be asked; nobody: empty. `part`: who has a part in it."""
        _sequence, role, needed, escalate_to = step
        place = (case.hospital, case.department)
        side = sum(case.amount >= limit for limit in self.limits)
        key = (role, needed, escalate_to, place, side, part)
        if key not in self.kept:
            rule = StepRule(0, role, "", needed, escalate_to=escalate_to)
            self.kept[key] = frozenset(self.world.resolve(rule, place, case.amount, without=part)[1])
        return self.kept[key]

    def own(self, role: str, case: RoutingCase, part: frozenset[str]) -> bool:
        """Does somebody with a part in it hold the role that is asked?"""
        return bool(self.world.holders(role, (case.hospital, case.department)) & part)
