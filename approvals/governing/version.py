"""One version of a policy as plain values: what is compared, moved as text and put back. PURE."""

import json
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from approvals.routing import Rule


@dataclass(frozen=True)
class Version:
    """`category` and `hospital` by their codes; an empty hospital: the group's."""

    category: str
    code: str
    name: str
    hospital: str = ""
    mode: str = "all"
    rules: tuple[Rule, ...] = ()
    withdraws: tuple[str, ...] = ()
    materiality: tuple[tuple[str, Any], ...] = ()

    def find(self, code: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.code == code), None)

    def put(self, rule: Rule, *, instead_of: str = "") -> "Version":
        """`rule` at the place of the one that it stands in for, a new one at the end."""
        if self.find(instead_of) is None:
            return replace(self, rules=(*self.rules, rule))
        return replace(self, rules=tuple(rule if one.code == instead_of else one for one in self.rules))

    def without(self, code: str) -> "Version":
        return replace(self, rules=tuple(one for one in self.rules if one.code != code))

    def earlier(self, code: str) -> "Version":
        """The rule one place further up; the first stays where it is."""
        rules = list(self.rules)
        at = next(i for i, one in enumerate(rules) if one.code == code)
        if at:
            rules[at - 1], rules[at] = rules[at], rules[at - 1]
        return replace(self, rules=tuple(rules))


def plain(rule: Rule) -> dict[str, Any]:
    """A rule as JSON has it."""
    data = asdict(rule)
    data["replaces"] = list(rule.replaces)
    data["steps"] = [{**asdict(step), "documents": list(step.documents)} for step in rule.steps]
    return data


def mark(rule: Rule) -> str:
    """The same for the same rule, another for any other."""
    return sha256(json.dumps(plain(rule), sort_keys=True).encode()).hexdigest()[:20]
