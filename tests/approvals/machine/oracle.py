"""Who may decide what, and which steps a request needs: a second opinion in plain Python.

It knows nothing of the product: no query, no import from it. What happened is told to it by the machine.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

WARD, OTHER_WARD, HOSPITAL, GROUP = "ward", "other ward", "hospital", "group"
HELD_AT = {
    "head": WARD,
    "finance": HOSPITAL,
    "procurement": HOSPITAL,
    "biomed_manager": HOSPITAL,
    "director": HOSPITAL,
    "executive": GROUP,
}
ABOVE = {
    "head": "director",
    "finance": "director",
    "procurement": "director",
    "biomed_manager": "director",
    "director": "executive",
    "site_manager": "manager_on_call",
    "manager_on_call": "exec_on_call",
}
DUTY_BELOW = {
    "site_manager": Decimal(1000),
    "manager_on_call": Decimal(5000),
    "exec_on_call": Decimal(25000),
}
# From which amount on (equal belongs to it) -> who is asked, in which place, how many of them.
BANDS = (
    (Decimal(0), "head", 20, 1),
    (Decimal(1000), "finance", 30, 1),
    (Decimal(5000), "procurement", 30, 1),
    (Decimal(25000), "director", 40, 1),
    (Decimal(100000), "executive", 50, 2),
)
TECHNICAL = {"safety_critical": ("biomed_manager", 10, 1)}
UNDO = timedelta(seconds=10)
BREAK_GLASS = {
    "site_manager": Decimal(5000),
    "manager_on_call": Decimal(5000),
    "exec_on_call": Decimal(25000),
}
PETTY = Decimal(150)
REVIEW_WITHIN = timedelta(hours=72)


@dataclass
class Person:
    pk: int
    key: str = ""
    active: bool = True
    human: bool = True
    roles: set[tuple[str, str]] = field(default_factory=set)  # role, where

    def same_as(self, other: "Person") -> bool:
        return self.pk == other.pk or (self.key != "" and self.key == other.key)


@dataclass
class Lent:
    """A right that was lent. `standing`: an alternate, only while the lender is away or was late."""

    pk: int
    lender: int
    to: int
    begins: datetime
    ends: datetime | None
    below: Decimal | None = None
    standing: bool = False
    revoked: bool = False

    def in_force(self, moment: datetime) -> bool:
        return not self.revoked and self.begins <= moment and (self.ends is None or moment < self.ends)


@dataclass
class Away:
    pk: int
    who: int
    begins: datetime
    ends: datetime
    called_off: bool = False

    def at(self, moment: datetime) -> bool:
        return not self.called_off and self.begins <= moment < self.ends


@dataclass
class Town:
    """What is true of people now."""

    people: dict[int, Person]
    moment: datetime
    lent: list[Lent] = field(default_factory=list)
    away: list[Away] = field(default_factory=list)
    duties: dict[str, int] = field(default_factory=dict)  # code -> who has it

    def is_away(self, pk: int) -> bool:
        return any(one.who == pk and one.at(self.moment) for one in self.away)

    def holds(self, pk: int, code: str, amount: Decimal) -> bool:
        person = self.people[pk]
        if not (person.active and person.human):
            return False
        if code in DUTY_BELOW:
            return self.duties.get(code) == pk and amount < DUTY_BELOW[code]
        return (code, HELD_AT[code]) in person.roles

    def touched(self, pk: int, by: Iterable[int]) -> bool:
        """Is this person, or another account of theirs, among `by`?"""
        return any(self.people[pk].same_as(self.people[other]) for other in by)

    def rights(
        self, pk: int, codes: Iterable[str], amount: Decimal, without: set[int], *, late: bool
    ) -> list[tuple[int, str, int | None]]:
        """Every right by which somebody may decide: (whose, as what, which delegation)."""
        codes = list(codes)
        person = self.people[pk]
        if not (person.active and person.human) or self.touched(pk, without):
            return []
        found: list[tuple[int, str, int | None]] = [
            (pk, code, None) for code in codes if self.holds(pk, code, amount)
        ]
        for one in self.lent:
            if one.to != pk or not one.in_force(self.moment) or self.touched(one.lender, without):
                continue
            if one.below is not None and amount >= one.below:
                continue
            if one.standing and not (late or self.is_away(one.lender)):
                continue
            found += [(one.lender, code, one.pk) for code in codes if self.holds(one.lender, code, amount)]
        return found

    def asked(self, code: str, amount: Decimal, without: set[int], *, late: bool = False) -> dict[int, int]:
        """Who would be asked as `code` now: person -> by whose right. Who is away is not asked."""
        found = {}
        for pk in self.people:
            if not self.is_away(pk):
                rights = self.rights(pk, [code], amount, without, late=late)
                if rights:
                    found[pk] = rights[0][0]
        return found

    def resolve(self, role: str, needed: int, amount: Decimal, without: set[int]) -> str | None:
        """The first of the chain of authorities of whom enough may decide; None: nobody."""
        code: str | None = role
        while code:
            people = self.asked(code, amount, without)
            if len(set(people.values())) >= (needed if code == role else 1):
                return code
            code = ABOVE.get(code)
        return None


def plan(amount: Decimal, flags: Iterable[str]) -> set[tuple[int, str, int]]:
    """(place in the order, role, how many) of the steps that this much money, with these flags, needs."""
    steps = {(place, role, needed) for start, role, place, needed in BANDS if amount >= start}
    return steps | {
        (TECHNICAL[flag][1], TECHNICAL[flag][0], TECHNICAL[flag][2]) for flag in flags if flag in TECHNICAL
    }


def may_break_glass(
    town: Town, pk: int, amount: Decimal, subjects: set[int], open_reviews: int, overdue: int
) -> bool:
    """Not the money side alone: the state of the request is the machine's to know."""
    ceiling = max((most for code, most in BREAK_GLASS.items() if town.duties.get(code) == pk), default=None)
    person = town.people[pk]
    if ceiling is None or not person.active or amount >= ceiling or open_reviews >= 2 or overdue:
        return False
    return amount < PETTY or not town.touched(pk, subjects)
