"""The duties of a hospital and its wards, and who has them today."""

from typing import TYPE_CHECKING

from portal.accounts import duties
from portal.accounts.duty_kinds import DUTIES
from portal.accounts.models import Duty, Hospital, User
from portal.desk.seed.tables import rows_of
from portal.facts import verb

if TYPE_CHECKING:
    from portal.desk.seed.tables import Row


@verb
def sow_duties(*, hospital: Hospital, by: User) -> int:
    """Make the missing duties of duties.csv, and give each one that nobody has held yet to its holder; count both."""
    wards = {ward.code: ward for ward in hospital.departments.all()}
    rows = rows_of("duties", hospital.code)
    people = {u.username: u for u in User.objects.filter(username__in=[row["holder"] for row in rows])}
    made = 0
    for row in rows:
        duty, new = Duty.objects.get_or_create(
            hospital=hospital,
            code=row["duty"],
            department=wards[row["department"]] if row["department"] else None,
            defaults={"calendar": DUTIES[row["duty"]].calendar},
        )
        made += new + _hold(duty, row, people, by)
    return made


def _hold(duty: Duty, row: "Row", people: dict[str, User], by: User) -> bool:
    """Give the duty to the holder of the row, if it was never held and their role still allows it."""
    user = people.get(row["holder"])
    if user is None or duty.holders.exists() or not duties.open_to(user).filter(pk=duty.pk).exists():
        return False
    duties.take_duty(duty=duty, user=user, by=by)
    return True
