"""What a draft would have changed."""

from dataclasses import dataclass, field
from datetime import datetime

from approvals.simulation.past import Route


@dataclass(frozen=True)
class Change:
    """A request that would have gone another way; `same_version`: the version in force now planned how it went."""

    number: str
    amount: str
    before: Route
    after: Route
    same_version: bool

    @property
    def added(self) -> tuple[str, ...]:
        return tuple(role for role in self.after.roles if role not in self.before.roles)

    @property
    def removed(self) -> tuple[str, ...]:
        return tuple(role for role in self.before.roles if role not in self.after.roles)


@dataclass(frozen=True)
class Load:
    """How often somebody is asked: `code` of a role or sign-in name of a person."""

    code: str
    name: str
    before: int
    after: int

    @property
    def more(self) -> int:
        return self.after - self.before


@dataclass
class Report:
    """`hours`: what a request takes on average, by the median of past steps of each role, before and after.

    `conflicts` and `nobody` are (number, role); the role of `nobody` is empty where no rule asks anybody. `assumed` counts
    requests by a condition whose fact was not recorded: it is taken as not so.
    """

    category: str
    requests: int = 0
    of: int = 0  # how many there are; more than `requests` where only the latest were looked at
    since: datetime | None = None
    changes: list[Change] = field(default_factory=list)
    reworded: list[str] = field(default_factory=list)  # the same steps by other rules
    decided: tuple[int, int] = (0, 0)
    steps: tuple[int, int] = (0, 0)
    hours: tuple[float, float] = (0.0, 0.0)
    roles: list[Load] = field(default_factory=list)
    people: list[Load] = field(default_factory=list)
    conflicts: list[tuple[str, str]] = field(default_factory=list)
    nobody: list[tuple[str, str]] = field(default_factory=list)
    assumed: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """Number, who would be asked as well, who no more: in words, of every request that would go another way."""
        names = {one.code: one.name for one in self.roles}

        def said(roles: tuple[str, ...]) -> str:
            return ", ".join(names[role] for role in roles)

        return [(one.number, said(one.added), said(one.removed)) for one in self.changes]

    @property
    def partial(self) -> bool:
        return self.requests < self.of

    @property
    def added(self) -> int:
        return sum(len(one.added) for one in self.changes)

    @property
    def removed(self) -> int:
        return sum(len(one.removed) for one in self.changes)

    @property
    def newly_decided(self) -> int:
        return sum(one.after.decided and not one.before.decided for one in self.changes)

    @property
    def no_longer_decided(self) -> int:
        return sum(one.before.decided and not one.after.decided for one in self.changes)
