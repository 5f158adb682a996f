"""Who may decide what, and which facts there are: enough of the world to prove a policy in it. PURE.

The same rules as `approvals.authority`, over plain values; a test holds both beside each other.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

GROUP, PERSON = "group:", "person:"
Place = tuple[str, str]  # codes of the hospital and of its department


class Step(Protocol):
    """What asks for people: a step of a rule, of a plan, or of a run."""

    @property
    def role(self) -> str: ...
    @property
    def needed(self) -> int: ...
    @property
    def escalate_to(self) -> str: ...


@dataclass(frozen=True)
class Lent:
    """A right that is lent now; a standing one counts while its holder is away."""

    grantor: str
    delegate: str
    limit: Decimal | None = None
    categories: tuple[str, ...] = ()
    standing: bool = False


@dataclass(frozen=True)
class World:
    """`known` holds the values that a fact may have, by the name of the fact; a fact that is not in it may be anything.

    `held`: who holds a code where; ("", "") is everywhere, (hospital, "") the whole hospital. `narrow`: codes that only
    some of their holders decide for one request, perhaps none; proofs look past them. People are sign-in names.
    """

    category: str
    places: tuple[Place, ...]
    goods: bool = True  # do its requests have lines?
    known: dict[str, frozenset[str]] = field(default_factory=dict)
    control_flags: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()  # roles and duties that decide
    at_department: frozenset[str] = frozenset({"head"})
    narrow: frozenset[str] = frozenset()
    held: dict[tuple[str, str, str], frozenset[str]] = field(default_factory=dict)
    same_person: dict[str, str] = field(default_factory=dict)  # sign-in name -> whose account it is
    names: dict[str, str] = field(default_factory=dict)
    lent: tuple[Lent, ...] = ()
    away: frozenset[str] = frozenset()
    above: dict[str, str] = field(default_factory=dict)  # code -> the next authority
    limits: dict[str, Decimal] = field(default_factory=dict)  # of duties: they decide below it

    def knows(self, code: str) -> bool:
        """Is there such a role, duty, group or person?"""
        if code.startswith(GROUP):
            return code.removeprefix(GROUP) in self.known.get("approver_groups", frozenset())
        return code.removeprefix(PERSON) in self.names if code.startswith(PERSON) else code in self.codes

    def holders(self, code: str, place: Place) -> frozenset[str]:
        """Who holds `code` there in person."""
        hospital, department = place
        found = self.held.get((code, "", ""), frozenset()) | self.held.get((code, hospital, ""), frozenset())
        if code in self.at_department:
            found |= self.held.get((code, hospital, department), frozenset())
        return found

    def apart(self, people: frozenset[str], without: frozenset[str]) -> frozenset[str]:
        """`people` less `without` and their other accounts."""
        theirs = {self.same_person[one] for one in without if one in self.same_person}
        return frozenset(one for one in people - without if self.same_person.get(one) not in theirs)

    def may(
        self, code: str, place: Place, amount: Decimal, *, without: frozenset[str], away: frozenset[str]
    ) -> dict[str, str]:
        """Who may decide as `code`, each with whose right it is."""
        if code in self.limits and amount >= self.limits[code]:
            return {}
        held = self.apart(self.holders(code, place), without)
        asked = {one: one for one in held if one not in away}
        for lent in self.lent:
            counts = lent.grantor in held and (not lent.standing or lent.grantor in away)
            if counts and self._covers(lent, amount):
                asked.setdefault(lent.delegate, lent.grantor)
        here = self.apart(frozenset(asked), without) - away
        return {one: right for one, right in asked.items() if one in here}

    def chain(self, step: Step) -> list[str]:
        """The codes that are asked one after the other while too few may decide."""
        code, found = step.role, [step.role]
        while True:
            code = self._next(step, code)
            if not code or code in found:
                return found
            found.append(code)

    def resolve(
        self,
        step: Step,
        place: Place,
        amount: Decimal,
        *,
        without: frozenset[str] = frozenset(),
        away: frozenset[str] = frozenset(),
    ) -> tuple[str, dict[str, str]]:
        """The code that is asked in the end and its people; (role, {}) when nobody may."""
        for code in self.chain(step):
            people = self.may(code, place, amount, without=without, away=away)
            needed = max(step.needed, 1) if code == step.role else 1
            if len(set(people.values())) >= needed:
                return code, people
        return step.role, {}

    def _next(self, step: Step, code: str) -> str:
        if code == step.role and step.escalate_to:
            return step.escalate_to
        if code.startswith((GROUP, PERSON)):
            return "director"
        return self.above.get(code, "")

    def _covers(self, lent: Lent, amount: Decimal) -> bool:
        return (lent.limit is None or amount < lent.limit) and (
            not lent.categories or self.category in lent.categories
        )
