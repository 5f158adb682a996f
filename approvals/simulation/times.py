"""How long decisions took, and how long a route would: PURE."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from statistics import median

from approvals.simulation.past import Route

HOUR = timedelta(hours=1)


class Times:
    """What was measured of the steps of each role."""

    def __init__(self) -> None:
        self.took: dict[str, list[float]] = defaultdict(list)

    def add(self, took: Iterable[tuple[str, timedelta]]) -> None:
        for role, time in took:
            self.took[role].append(time / HOUR)

    def hours(self, routes: dict[Route, int]) -> float:
        """What a request takes on average: steps of one number at once, one number after the other.

        Of each role its median; of a role that never decided the median of all.
        """
        usual = median([one for took in self.took.values() for one in took] or [0.0])
        of_role = {role: median(took) for role, took in self.took.items()}
        total = 0.0
        for route, count in routes.items():
            slowest: dict[int, float] = defaultdict(float)
            for sequence, role, *_more in route.steps:
                slowest[sequence] = max(slowest[sequence], of_role.get(role, usual))
            total += count * sum(slowest.values())
        return total / (sum(routes.values()) or 1)
