"""Adding up what a draft would change, request by request. PURE but for the people that it is given."""

from collections import Counter
from collections.abc import Callable

from approvals.routing import RoutingCase
from approvals.simulation.asking import Desk
from approvals.simulation.past import Past, Route
from approvals.simulation.report import Change, Load, Report
from approvals.simulation.times import Times


class Tally:
    def __init__(self, report: Report, desk: Desk) -> None:
        self.report, self.desk, self.times = report, desk, Times()
        self.routes: tuple[Counter[Route], Counter[Route]] = (Counter(), Counter())
        self.people: tuple[Counter[str], Counter[str]] = (Counter(), Counter())

    def add(
        self, past: Past, case: RoutingCase, after: Route, part: frozenset[str], *, same_version: bool
    ) -> None:
        """One request: how it went (`past`), how it would have gone, and who has a part in it."""
        report, before = self.report, past.route
        report.requests += 1
        self.times.add(past.took)
        for route, routes, people in zip((before, after), self.routes, self.people, strict=True):
            routes[route] += 1
            for step in route.steps:
                people.update(self.desk.asked(step, case, part))
        if before.steps != after.steps or before.decided != after.decided:
            report.changes.append(Change(past.number, str(case.amount), before, after, same_version))
        elif before.rules != after.rules:
            report.reworded.append(past.number)
        for step in after.steps:
            role = step[1]
            if role not in before.roles and self.desk.own(role, case, part):
                report.conflicts.append((past.number, role))
            if not self.desk.asked(step, case, part):
                report.nobody.append((past.number, role))
        if not (after.steps or after.decided):
            report.nobody.append((past.number, ""))

    def finish(self, label: Callable[[str], str]) -> Report:
        """Fill in what is known once all were seen; `label` names a role."""
        report, (before, after) = self.report, self.routes
        report.hours = (self.times.hours(before), self.times.hours(after))
        decided, steps, roles = [], [], []
        for routes in self.routes:
            decided.append(sum(n for route, n in routes.items() if route.decided))
            steps.append(sum(n * len(route.steps) for route, n in routes.items()))
            asked: Counter[str] = Counter()
            for route, n in routes.items():
                asked.update(dict.fromkeys(route.roles, n))
            roles.append(asked)
        report.decided, report.steps = (decided[0], decided[1]), (steps[0], steps[1])
        report.roles = _loads(roles[0], roles[1], label)
        names = self.desk.world.names
        report.people = _loads(*self.people, lambda code: names.get(code, code))
        return report


def _loads(before: Counter[str], after: Counter[str], name: Callable[[str], str]) -> list[Load]:
    """Who changes most comes first."""
    found = [Load(code, name(code), before[code], after[code]) for code in {*before, *after}]
    return sorted(found, key=lambda one: (-abs(one.more), -one.after, one.code))
