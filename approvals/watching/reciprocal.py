"""How people decide: for each other, many within a minute, before they can have read it, never with a no. A report, no block."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from approvals.models import Decision
from portal.accounts import scopes
from portal.accounts.models import User
from portal.clock import now

if TYPE_CHECKING:
    from portal.accounts.place import Standing

LOOKED_AT = timedelta(days=90)
MANY, WITHIN = 10, timedelta(seconds=60)  # more than so many in so short a time
READ = timedelta(seconds=5)  # nobody reads it faster
SOME = 20  # decisions, from which on one would expect a no among them
READERS = ("auditor", "finance", "executive")


@dataclass(frozen=True)
class Decided:
    """A decision that stands. `asked_at`: when the step was opened to who decided it."""

    actor: int
    requester: int
    yes: bool
    at: datetime
    asked_at: datetime


@dataclass
class Report:
    """Keys of people until they are named. Every list: the most first."""

    pairs: list[tuple[int, int, int, int]] = field(default_factory=list)  # A, B, A's on B's, B's on A's
    bursts: list[tuple[int, int, datetime]] = field(default_factory=list)  # who, how many, when it began
    unread: list[tuple[int, int]] = field(default_factory=list)  # who, how many
    never_no: list[tuple[int, int]] = field(default_factory=list)  # who, of how many
    names: dict[int, str] = field(default_factory=dict)


def look(decisions: Iterable[Decided]) -> Report:
    """What of `decisions` an auditor wants to know. PURE."""
    of: dict[int, list[Decided]] = defaultdict(list)
    for one in decisions:
        of[one.actor].append(one)
    yes = Counter((one.actor, one.requester) for some in of.values() for one in some if one.yes)
    report = Report()
    for (a, b), count in yes.items():
        if a < b and yes[b, a]:
            report.pairs.append((a, b, count, yes[b, a]))
    for who, some in of.items():
        some.sort(key=lambda one: one.at)
        many, begin = _burst(some)
        if many > MANY:
            report.bursts.append((who, many, begin))
        if fast := sum(one.at - one.asked_at < READ for one in some):
            report.unread.append((who, fast))
        if len(some) >= SOME and all(one.yes for one in some):
            report.never_no.append((who, len(some)))
    report.pairs.sort(key=lambda row: -min(row[2:]))
    for rows in (report.bursts, report.unread, report.never_no):
        rows.sort(key=lambda row: -row[1])
    return report


def _burst(some: list[Decided]) -> tuple[int, datetime]:
    """The most decisions within WITHIN, and when they began. `some` in the order of time, at least one."""
    best, begin, first = 0, some[0].at, 0
    for last, one in enumerate(some):
        while one.at - some[first].at > WITHIN:
            first += 1
        if last - first + 1 > best:
            best, begin = last - first + 1, some[first].at
    return best, begin


def reads(where: "Standing") -> bool:
    """Is the report for this person? No query."""
    return any(held.role in READERS for held in where.memberships)


def report(user: User) -> Report:
    """The last 90 days at the hospitals whose requests `user` sees as a whole, with names. Two queries."""
    rows = Decision.objects.filter(
        decided_at__gt=now() - LOOKED_AT,
        step__approval__request__hospital__in=scopes.hospitals_with(user, "view_requests"),
        withdrawn_by=None,
        withdraws=None,
    )
    values = rows.values_list(
        "actor", "step__approval__request__requester", "outcome", "decided_at", "step__opened_at"
    )
    found = look(
        Decided(actor, requester, outcome == Decision.Outcome.APPROVED, at, asked or at - LOOKED_AT)
        for actor, requester, outcome, at, asked in values.iterator(2_000)
    )
    people = {pk for row in found.pairs for pk in row[:2]}
    people |= {row[0] for rows in (found.bursts, found.unread, found.never_no) for row in rows}
    found.names = {one.pk: one.get_full_name() for one in User.objects.filter(pk__in=people)}
    return found
