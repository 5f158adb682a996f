"""The hours of single sites that are not shipped for every hospital."""

from typing import TYPE_CHECKING

from portal.accounts.models import Hospital
from portal.desk.seed.tables import Row, rows_of
from portal.facts import verb
from sla import calendars

if TYPE_CHECKING:
    from portal.accounts.models import User


@verb
def sow_hours(*, hospital: Hospital, by: "User") -> int:
    """Publish the calendars of calendars.csv that the hospital does not have yet; count them."""
    rows = rows_of("calendars", hospital.code)
    known = calendars.find(hospital, [row["code"] for row in rows])
    new = [row for row in rows if row["code"] not in known]
    for row in new:
        calendars.publish_calendar(
            hospital=hospital,
            code=row["code"],
            name=row["name"],
            windows={"week": [{"days": _days(row), "open": [[row["opens"], row["closes"]]]}]},
            holidays=row["on_holidays"],
            by=by,
        )
    return len(new)


def _days(row: Row) -> list[int]:
    first, last = row["days"].split("-")
    return list(range(int(first), int(last) + 1))
