"""The systems that people get access to, and what IT knows of trouble today."""

from datetime import timedelta

from portal.accounts.models import Hospital, User
from portal.accounts.people import home_ward
from portal.clock import now
from portal.desk.seed.tables import rows_of
from portal.facts import verb
from requests_app.it import outages
from requests_app.models import ItSystem, Outage


@verb
def sow_systems(*, hospital: Hospital) -> int:
    """Make the systems of systems.csv that the hospital does not have yet, by their code; count them."""
    known = set(hospital.it_systems.values_list("code", flat=True))
    new = [row for row in rows_of("systems", hospital.code) if row["code"] not in known]
    owners = {user.username: user for user in User.objects.filter(username__in=[row["owner"] for row in new])}
    for row in new:
        ItSystem.objects.create(
            hospital=hospital,
            code=row["code"],
            name=row["name"],
            clinical=row["clinical"] == "yes",
            needs_training=row["needs_training"] == "yes",
            owner=owners.get(row["owner"]),
        )
    return len(new)


@verb
def sow_outages(*, hospital: Hospital) -> int:
    """Open the outages of outages.csv at a hospital that never had one, with who reported them; count them."""
    return 0 if Outage.objects.filter(hospital=hospital).exists() else open_outages(hospital=hospital)


@verb
def open_outages(*, hospital: Hospital) -> int:
    """The same, whatever there was before: they began a little before now."""
    rows = rows_of("outages", hospital.code)
    for row in rows:
        people = {
            user.username: user
            for user in User.objects.filter(username__in=[row["by"], *row["reported_by"].split()])
        }
        outage = outages.open_outage(
            by=people[row["by"]],
            hospital=hospital,
            service_code=row["service"],
            title=row["title"],
            what_to_do=row["what_to_do"],
            started_at=now() - timedelta(hours=int(row["began_hours_ago"])),
            expected_at=now() + timedelta(hours=int(row["back_in_hours"])),
        )
        for name in row["reported_by"].split():
            outages.join(by=people[name], ref=outage.ref, department=home_ward(people[name], hospital))
    return len(rows)
