"""How many rows each filter of the list would show. Counted in one query, to a limit: what lies beyond says "1000+"."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.utils.translation import gettext as _

from portal.clock import now
from portal.merged import Merged
from requests_app.list_page import STAGES, SWITCHES, Asked
from requests_app.models import ServiceRequest
from requests_app.states import Priority, RequestState

LIMIT = 1000


@dataclass(frozen=True)
class Chip:
    """A filter: its address (which takes it off where it is `on`), and how many rows it would show."""

    label: str
    url: str
    count: str
    on: bool = False
    icon: str = ""


@dataclass(frozen=True)
class Place:
    key: int
    name: str
    hospital: str
    count: str


@dataclass(frozen=True)
class Counted:
    """`total` rows of what was asked, "1000+" where there are more; `capped`: not every row was looked at."""

    groups: list[dict[str, Any]] = field(default_factory=list)
    capped: bool = False

    def settled(self, asked: Asked) -> Asked:
        """`asked` without a department that has no row there while others have: it is none of theirs."""
        there = {row["department"] for row in self.groups}
        gone = asked.department and there and not self.capped and asked.department not in there
        return asked.but(department=None) if gone else asked

    def total(self, asked: Asked) -> str:
        return self._said(sum(row["n"] for row in self.groups if _fits(row, asked)))

    def chips(self, asked: Asked) -> list[Chip]:
        """Those that would show something, and those that are on."""
        found = [self._switch(name, asked) for name in SWITCHES] if asked.tab == "open" else []
        named = {row["category__code"]: row["category__name"] for row in self.groups}
        for value in Priority:
            found.append(self._chip(asked, "priority", value.value, str(value.label)))
        if len(named) > 1 or asked.type:
            found += [
                self._chip(asked, "type", code, named[code]) for code in sorted(named, key=named.__getitem__)
            ]
        return [one for one in found if one is not None]

    def places(self, asked: Asked) -> list[Place]:
        """Departments to choose from, by hospital and name; none where there is nothing to choose."""
        counts: Counter[tuple[str, str, int]] = Counter()
        for row in self.groups:
            counts[row["department__hospital__name"], row["department__name"], row["department"]] += (
                row["n"] if _fits(row, asked.but(department=None)) else 0
            )
        found = [
            Place(key, name, hospital, self._said(n)) for (hospital, name, key), n in sorted(counts.items())
        ]
        return found if len(found) > 1 else []

    def _switch(self, name: str, asked: Asked) -> Chip | None:
        icon = {"late": "octagon-alert", "likely": "clock-alert", "waiting": "hourglass"}[name]
        others = (
            {"waiting": False} if name == "waiting" else {"late": False, "likely": False}
        )  # late is not likely late
        off = asked.but(**others)
        count = sum(row["n"] for row in self.groups if row[name] and _fits(row, off))
        on = getattr(asked, name)
        url = off.link() if on else off.link(**{name: True})
        return Chip(str(SWITCHES[name]), url, self._said(count), on, icon) if count or on else None

    def _chip(self, asked: Asked, dimension: str, value: str, label: str) -> Chip | None:
        off = asked.but(**{dimension: ""})
        column = {"type": "category__code"}.get(dimension, dimension)
        count = sum(row["n"] for row in self.groups if row[column] == value and _fits(row, off))
        on = getattr(asked, dimension) == value
        url = off.link() if on else off.link(**{dimension: value})
        return Chip(label, url, self._said(count), on) if count or on else None

    def _said(self, count: int) -> str:
        return _("%(n)d+") % {"n": min(count, LIMIT)} if self.capped else str(count)


def counted(asked: Asked, base: Merged[ServiceRequest]) -> Counted:
    """`base` (of `list_page`), in groups. One query; none for the short lists, which have no filters."""
    if not asked.lists:
        return Counted()
    moment = now()
    marks = {
        "late": Q(due_at__lt=moment) & Q(due_at__isnull=False),
        "likely": Q(due_at__gte=moment, warn_at__lte=moment) & Q(due_at__isnull=False, warn_at__isnull=False),
        "waiting": Q(state=RequestState.ON_HOLD),
    }
    found = base.some(LIMIT + 1)
    found = found.annotate(
        **{name: ExpressionWrapper(one, BooleanField()) for name, one in marks.items()}
    ).order_by()
    columns = (
        "category__code",
        "category__name",
        "priority",
        "state",
        "department",
        "department__name",
        "department__hospital__name",
    )
    groups = list(found.values(*columns, *marks).annotate(n=Count("pk")))
    return Counted(groups, sum(row["n"] for row in groups) > LIMIT)


def _fits(row: dict[str, Any], asked: Asked) -> bool:
    return (
        all(row[name] for name in SWITCHES if getattr(asked, name))
        and asked.type in ("", row["category__code"])
        and asked.priority in ("", row["priority"])
        and (not asked.stage or row["state"] in STAGES[asked.stage])
        and asked.department in (None, row["department"])
    )
