"""The rules that hold at a hospital, and where each comes from. PURE."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from approvals.governing.version import Version
from approvals.routing import Rule

INHERITED, OVERRIDDEN, ADDED, WITHDRAWN = "inherited", "overridden", "added", "withdrawn"
WORDS = {
    INHERITED: gettext_lazy("As in the group"),
    OVERRIDDEN: gettext_lazy("Otherwise here than in the group"),
    ADDED: gettext_lazy("Only here"),
    WITHDRAWN: gettext_lazy("Does not hold here"),
}


@dataclass(frozen=True)
class Placed:
    """A rule with its origin; '' in a version of the group."""

    rule: Rule
    origin: str = ""

    @property
    def words(self) -> str:
        return str(WORDS[self.origin]) if self.origin else ""

    @property
    def own(self) -> bool:
        """Does it stand in the version itself?"""
        return self.origin in ("", OVERRIDDEN, ADDED)


def placed(own: Version, group: Version | None) -> list[Placed]:
    """In the order in which they are looked at (`in_force.overridden`), those that were withdrawn at the group's place."""
    if group is None:
        return [Placed(rule) for rule in own.rules]
    theirs = {rule.code: rule for rule in own.rules}
    known = {rule.code for rule in group.rules}
    found = [Placed(rule, ADDED) for rule in own.rules if rule.code not in known]
    for rule in group.rules:
        if rule.code in own.withdraws:
            found.append(Placed(rule, WITHDRAWN))
        elif rule.code in theirs:
            found.append(Placed(theirs[rule.code], OVERRIDDEN))
        else:
            found.append(Placed(rule, INHERITED))
    return found
