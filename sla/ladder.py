"""The ladder: who hears of a clock of a team, and when. One table; the rest says when a clock comes to a rung. PURE."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from requests_app.states import Priority
from sla.business_time import Calendar, NeverOpen
from sla.replay import Stretch, reached

EMERGENCY, URGENT = Priority.EMERGENCY, Priority.URGENT
TEAM_HOURS, OFFICE_HOURS = "team", "office"
SHORT = (
    30 * 60
)  # seconds; what is promised within less is only in the queue and on the board before it is late


@dataclass(frozen=True)
class Rung:
    """`share` of the promised time at which it comes; `to`: lead, holder, manager, head, ward_lead (portal.desk.notices_ladder).

    `hours`: whose hours people are told in, '' at any time; `at_any_time`: the priorities that do not wait for them.
    `unowned`: only while nobody has it. `late_by`: at the latest so long after it was due. `long_only`: not where less than
    SHORT is promised.
    """

    code: str
    share: float
    to: tuple[str, ...]
    hours: str = ""
    at_any_time: tuple[str, ...] = ()
    unowned: bool = False
    long_only: bool = False
    late_by: timedelta | None = None


RUNGS = (
    Rung("nobody_has_it", 0.5, ("lead",), unowned=True),
    Rung("due_soon", 0.75, ("holder",), TEAM_HOURS, (EMERGENCY,), long_only=True),
    Rung("late", 1.0, ("holder", "lead"), TEAM_HOURS, (EMERGENCY, URGENT)),
    Rung("very_late", 1.5, ("manager",), OFFICE_HOURS, (EMERGENCY,)),
    Rung("too_late", 2.0, ("head", "ward_lead"), OFFICE_HOURS, late_by=timedelta(hours=24)),
)
FIRST = RUNGS[0]
# Of a decision: who was asked is reminded; what is late for long is asked of the next authority (approvals.escalation).
_VERY_LATE, _TOO_LATE = Rung("very_late", 1.5, ()), Rung("too_late", 2.0, ())
_TWICE = (Rung("remind", 0.5, ()), Rung("remind_again", 0.8, ()), _VERY_LATE, _TOO_LATE)
DECISION_RUNGS: Mapping[str, tuple[Rung, ...]] = {
    Priority.EMERGENCY: (Rung("remind", 1 / 3, ()), Rung("remind_again", 2 / 3, ()), _VERY_LATE, _TOO_LATE),
    Priority.URGENT: (Rung("remind", 0.5, ()), _VERY_LATE, _TOO_LATE),
    Priority.ROUTINE: _TWICE,
    Priority.PLANNED: _TWICE,
}


@dataclass(frozen=True)
class Course:
    """How a clock runs: open `seconds` of `calendar` from `start`, outside of `stretches`; `fixed`: for an agreed time."""

    calendar: Calendar
    start: datetime
    seconds: int
    fixed: bool = False
    stretches: tuple[Stretch, ...] = ()

    def at(self, share: float) -> datetime | None:
        """When `share` of the time is used; None while it stands still before that. Raises NeverOpen."""
        # What was agreed at short notice is not late for long at once.
        over = max(share - 1, 0) * (max(self.seconds, SHORT) if self.fixed else self.seconds)
        return reached(self.calendar, self.start, min(share, 1) * self.seconds + over, self.stretches)


def moments(
    course: Course, priority: str, hours: Mapping[str, Calendar | None], rungs: tuple[Rung, ...] = RUNGS
) -> Iterator[tuple[Rung, datetime]]:
    """The `rungs` with the moment from which people are told, in order; those that it cannot come to while it stands still
    are left out. `hours`: what a rung's `hours` are here; None: at any time."""
    due = course.at(1)
    for rung in rungs:
        moment = course.at(rung.share)
        if moment is None:
            return
        if rung.late_by is not None and due is not None:
            moment = min(moment, due + rung.late_by)
        yield rung, _in_hours(moment, hours.get(rung.hours) if priority not in rung.at_any_time else None)


def _in_hours(moment: datetime, calendar: Calendar | None) -> datetime:
    if calendar is None:
        return moment
    try:
        return calendar.next_open(moment)
    except NeverOpen:
        return moment


def skipped(rung: Rung, course: Course, *, owned: bool) -> bool:
    """Nobody has to hear of it: somebody has the work already, or less was promised than people can react in."""
    return (rung.unowned and owned) or (rung.long_only and course.seconds < SHORT)
