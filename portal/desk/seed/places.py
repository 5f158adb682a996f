"""A hospital with its departments, its rooms in the code scheme of the group, and its teams."""

from portal.accounts.models import Department, Hospital, Location, Team
from portal.desk.seed.tables import Row, rows_of, table
from portal.facts import verb

Kind = Location.Kind
WARD_BLOCKS = ("MB", "WB", "OB")  # main, women's, outpatients: the others hold offices and laboratories
WARD_ROOMS = (
    (Kind.CLEAN_UTILITY, "Clean utility", True),
    (Kind.NURSES_STATION, "Nurses' station", True),
    (Kind.STORE_ROOM, "Store room", True),
    (Kind.TREATMENT_ROOM, "Treatment room", True),
    (Kind.DIRTY_UTILITY, "Dirty utility", False),
)
OTHER_ROOMS = ((Kind.OFFICE, "Office", True),)


@verb
def sow_places(*, code: str, only: set[str] | None = None) -> tuple[Hospital, int]:
    """Make what is missing of the hospital `code` and its places; returns it and how many rows were made.

    `only` names codes of departments and teams, for a smaller hospital.
    """
    row = next(row for row in table("hospitals") if row["code"] == code)
    hospital, made = Hospital.objects.get_or_create(code=code, defaults=row)
    count = int(made)
    departments = {one.code: one for one in hospital.departments.all()}
    rooms = set(hospital.locations.values_list("code", flat=True))
    for row in _chosen("departments", code, only):
        if row["code"] not in departments:
            departments[row["code"]] = Department.objects.create(
                hospital=hospital, **{key: row[key] for key in ("code", "name", "cost_centre", "phone")}
            )
            count += 1
        count += _rooms(departments[row["code"]], row, rooms)
    for row in rows_of("rooms", code):
        if row["code"] not in rooms and (not row["department"] or row["department"] in departments):
            _special_room(hospital, departments.get(row["department"]), row)
            count += 1
    teams = set(hospital.teams.values_list("code", flat=True))
    for row in _chosen("teams", code, only):
        if row["code"] not in teams:
            Team.objects.create(hospital=hospital, **{key: row[key] for key in ("code", "name", "calendar")})
            count += 1
    return hospital, count


def _chosen(name: str, code: str, only: set[str] | None) -> list[Row]:
    return [row for row in rows_of(name, code) if only is None or row["code"] in only]


def _rooms(department: Department, row: Row, known: set[str]) -> int:
    """The rooms that every ward or office has, and as many bays and side rooms as the row says; how many were new."""
    made = 0
    for suffix, kind, name, delivers in _wanted(row):
        code = f"{department.hospital.code}-{row['block']}-{row['level']}-{row['code']}-{suffix}"
        if code in known:
            continue
        Location.objects.create(
            hospital=department.hospital,
            department=department,
            code=code,
            name=f"{name}, {row['code']}",
            kind=kind,
            delivery_point=delivers,
            phone=row["phone"],
            acute=row["acute"] == "yes",
        )
        made += 1
    return made


def _wanted(row: Row) -> list[tuple[str, Kind, str, bool]]:
    rooms = WARD_ROOMS if row["block"] in WARD_BLOCKS else OTHER_ROOMS
    return [
        *((kind.value, kind, name, delivers) for kind, name, delivers in rooms),
        *((f"B{n:02}", Kind.BAY, f"Bay {n}", False) for n in range(1, int(row["bays"]) + 1)),
        *(
            (f"S{n:02}", Kind.SIDE_ROOM, f"Side room {n}", False)
            for n in range(1, int(row["side_rooms"]) + 1)
        ),
    ]


def _special_room(hospital: Hospital, department: Department | None, row: Row) -> None:
    Location.objects.create(
        hospital=hospital,
        department=department,
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        delivery_point=row["delivers"] == "yes",
        acute=row["acute"] == "yes",
    )
