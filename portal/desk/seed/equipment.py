"""The labelled equipment of a hospital."""

from portal.accounts.models import Hospital
from portal.desk.seed.tables import rows_of
from portal.facts import verb
from requests_app.equipment.equipment_classes import CLASSES
from requests_app.models import Equipment


@verb
def sow_equipment(*, hospital: Hospital) -> int:
    """Make the pieces of equipment.csv that the hospital does not have yet, by their label; count them."""
    departments = {one.code: one for one in hospital.departments.all()}
    rooms = {one.code: one for one in hospital.locations.all()}
    known = set(hospital.equipment.values_list("tag", flat=True))
    new = [row for row in rows_of("equipment", hospital.code) if row["tag"] not in known]
    for row in new:
        Equipment.objects.create(
            hospital=hospital,
            department=departments.get(row["department"]),
            location=rooms.get(row["location"]),
            class_code=row["class"],
            criticality=CLASSES[row["class"]].criticality,
            active=row["state"] != Equipment.State.CONDEMNED,
            **{key: row[key] for key in ("tag", "name", "maker", "model", "serial", "state")},
        )
    return len(new)
