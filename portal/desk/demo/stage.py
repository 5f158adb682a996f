"""What every part of the play has at hand: the queue, the people, their hours, and the days counted from the end."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from auditlog.models import LogEntry

from portal.accounts.models import Department, Hospital, User
from portal.clock import now
from portal.desk.demo.buyer import StandIn
from portal.desk.demo.hours import Hours
from portal.desk.demo.queue import Queue
from portal.desk.demo.staff import Staff

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.desk.demo.plan import Ask


@dataclass
class Stage:
    """`ask` files a request and lets the people around it act, `roles_changed` tells that somebody's role did,
    `look` that a request did (by its key); set by `playing`.

    `days` is the length of the play.
    """

    queue: Queue
    odoo: StandIn
    seed: int
    days: int
    staff: Staff = field(default_factory=Staff)
    hours: Hours = field(default_factory=Hours)
    ask: "Callable[[datetime, Ask], None]" = lambda moment, ask: None
    roles_changed: Callable[[], None] = lambda: None
    look: Callable[[int], None] = lambda pk: None

    @property
    def until(self) -> datetime:
        return self.queue.until

    def chance(self, *about: object) -> Random:
        """Chance that repeats with the seed and with what it is about, whatever else happens."""
        return Random(":".join(map(str, (self.seed, *about))))  # noqa: S311 (repeatable is what it is for)

    def day(self, hospital: str, back: int) -> datetime:
        """Midnight of the working day so many working days before the last one, or of the first day of a shorter play."""
        most = max(int(self.days / 7 * 5) - 2, 0)
        return self.hours.workday(self.hospital(hospital), self.until, min(back, most))

    def hospital(self, code: str) -> Hospital:
        return self.staff.hospitals[code]

    def ward(self, hospital: str, code: str) -> Department:
        return self.staff.wards[hospital][code]

    def person(self, username: str) -> User:
        return self.staff.people[username]


def story_key(code: str, number: int = 1) -> UUID:
    """The client key of the requests of a story, by which they are found again."""
    return uuid5(NAMESPACE_URL, f"demonstration:{code}:{number}")


@contextmanager
def dated_log() -> "Iterator[None]":
    """Let the field-by-field log of what changes inside carry the moment of the play instead of today's."""

    column: Any = LogEntry._meta.get_field("timestamp")
    usual = column._get_default
    column._get_default = now
    try:
        yield
    finally:
        column._get_default = usual
