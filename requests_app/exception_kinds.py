"""What is out of the ordinary: who owns it, until when, to whom it goes then. One table, PURE."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

TEAM_LEAD, DEPARTMENT_HEAD = "team_lead", "head"
# Owners who are found through the request: who leads its team or that of a line, the head of its department.
OF_THE_REQUEST = (TEAM_LEAD, DEPARTMENT_HEAD)
SATURDAY = 5


@dataclass(frozen=True)
class ExceptionKind:
    """`owner` and `then`: a role, or a duty, which is whoever holds it now. `due`: after it was opened; `working_days`: that
    many of them instead, Monday to Friday. `technical`: a machine refused or differs; the others are the hospital's own.

    `settled`: whoever owns it may settle it with a reason; the others end when their cause does. `opened_by`: the roles that may
    open one by hand.
    """

    owner: str
    then: str
    due: timedelta = timedelta(days=1)
    working_days: int = 0
    technical: bool = False
    settled: bool = True
    opened_by: tuple[str, ...] = ()

    def due_at(self, moment: datetime, zone: str) -> datetime:
        """Until when one that is opened at `moment` has to be settled; working days as the hospital's zone has them."""
        if not self.working_days:
            return moment + self.due
        local, left = moment.astimezone(ZoneInfo(zone)), self.working_days
        while left:
            local += timedelta(days=1)
            left -= local.weekday() < SATURDAY
        return local.astimezone(moment.tzinfo)


_OVERSEERS = ("procurement", "finance", "service_manager")
KINDS: dict[str, ExceptionKind] = {
    "needs_routing": ExceptionKind("policy_owner", "director", timedelta(hours=2), settled=False),
    "no_calendar": ExceptionKind("service_manager", "administrator"),
    "no_target": ExceptionKind("service_manager", "administrator"),
    "no_team": ExceptionKind("service_manager", "director"),
    "recurring_paused": ExceptionKind("service_manager", "director"),
    "duty_not_covered": ExceptionKind("service_manager", "site_manager", timedelta(minutes=15)),
    "still_waiting": ExceptionKind("service_manager", "director"),
    "urgent_supply": ExceptionKind(TEAM_LEAD, "procurement", timedelta(hours=4)),
    "price_above_approval": ExceptionKind("buyer", "procurement", working_days=1),
    "missing_approval": ExceptionKind("procurement", "auditor", working_days=1, opened_by=_OVERSEERS),
    "policy_deviation": ExceptionKind("finance", "executive", timedelta(hours=72), opened_by=_OVERSEERS),
    "split_suspected": ExceptionKind("procurement", "finance", working_days=2, settled=False),
    "over_budget": ExceptionKind(DEPARTMENT_HEAD, "finance", working_days=2),
    "equipment_down": ExceptionKind("biomed_manager", "site_manager", timedelta(hours=1)),
    "repeat_failure": ExceptionKind("biomed_manager", "director", working_days=5),
    "receipt_difference": ExceptionKind(TEAM_LEAD, "procurement", working_days=1),
    "late_supply": ExceptionKind("buyer", "procurement", working_days=1),
    "hire_overdue": ExceptionKind(TEAM_LEAD, DEPARTMENT_HEAD, working_days=1),
    "item_stopped": ExceptionKind("compliance", "director", timedelta(hours=4)),
    "sync_rejected": ExceptionKind(
        "integration_operator", "buyer", timedelta(hours=4), technical=True, settled=False
    ),
    "no_product": ExceptionKind("buyer", "procurement", timedelta(hours=4), technical=True, settled=False),
    "drift": ExceptionKind("buyer", "procurement", working_days=1, technical=True),
}
SETTLED = tuple(kind for kind, row in KINDS.items() if row.settled)
TECHNICAL = tuple(kind for kind, row in KINDS.items() if row.technical)


def opened_by(roles: set[str]) -> list[str]:
    """Kinds that somebody with these roles may open by hand."""
    return [kind for kind, row in KINDS.items() if roles & set(row.opened_by)]
