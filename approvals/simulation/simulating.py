"""A draft over the past: who would have been asked, without writing anything."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from approvals import authority
from approvals.in_force import overridden, read
from approvals.models import ApprovalPolicy
from approvals.proof import read_world
from approvals.routing import RuleSet, plan_steps, wanted
from approvals.simulation import past
from approvals.simulation.asking import Desk
from approvals.simulation.facts_kept import Kept
from approvals.simulation.report import Report
from approvals.simulation.tally import Tally
from portal.accounts.models import Hospital, User
from requests_app.models import Category

PUBLISHED = ApprovalPolicy.Status.PUBLISHED
Say = Callable[[int, int], Any]  # how many were looked at, of how many


def simulate(
    rules: RuleSet | Mapping[str, RuleSet],
    *,
    category: str,
    hospital: str | None = None,
    since: datetime | None = None,
    most: int | None = None,
    say: Say | None = None,
) -> Report:
    """What `rules` would have changed for the requests of a type that were sent before, in their first round.

    `rules`: of one hospital as they count there (`hospital`), of the group (hospitals keep what they do otherwise), or by the
    code of the hospital. `most`: only so many, the latest. People are those of now, all of them here. Reads only: 25 queries
    and one for each 1,000 requests.
    """
    began = time.perf_counter()
    found = past.runs(category, hospital, since)
    report = Report(category, of=found.count(), since=since)
    of_type = Category.objects.get(code=category)
    at, kept, force = _at(rules, category, hospital), Kept(category), _versions(category)
    names = dict(User.objects.values_list("pk", "username"))
    tally = Tally(report, Desk(read_world(of_type)))
    for chunk in past.read(found[:most] if most else found):
        for one in chunk:
            here = at(one.hospital)
            for name in kept.missing(one, wanted(here)):
                report.assumed[name] = report.assumed.get(name, 0) + 1
            case = past.case_of(one)
            part = frozenset(names[pk] for pk in one.part if pk in names)
            after = past.planned(plan_steps(here, case))
            same = one.versions == force.get(one.hospital, (None, None))
            tally.add(one, case, after, part, same_version=same)
        if say:
            say(report.requests, min(report.of, most or report.of))
    report = tally.finish(authority.label)
    report.seconds = time.perf_counter() - began
    return report


def _at(
    rules: RuleSet | Mapping[str, RuleSet], category: str, hospital: str | None
) -> Callable[[str], RuleSet]:
    """The rules that would count at a hospital."""
    if not isinstance(rules, RuleSet):
        return lambda code: rules.get(code, RuleSet())
    if hospital:
        return lambda code: rules
    found = read(
        ApprovalPolicy.objects.filter(category__code=category, status=PUBLISHED, hospital__isnull=False)
    )
    codes = dict(Hospital.objects.values_list("pk", "code"))
    sites = {codes[site.hospital_id]: (site, own) for site, own in found.items() if site.hospital_id}

    @cache
    def joined(code: str) -> RuleSet:
        site, own = sites.get(code, (None, []))
        return overridden(rules.mode, rules.rules, site, own)

    return joined


def _versions(category: str) -> dict[str, tuple[int | None, int | None]]:
    """The versions in force at each hospital, by its code."""
    found = ApprovalPolicy.objects.filter(category__code=category, status=PUBLISHED)
    held: dict[str | None, int] = dict(found.values_list("hospital__code", "pk"))
    codes = Hospital.objects.values_list("code", flat=True)
    return {code: (held.get(None), held.get(code)) for code in codes}
