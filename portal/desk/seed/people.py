"""People in all roles. Everybody in one seed has the same password: this is for demonstration."""

from datetime import timedelta
from functools import cache

from django.contrib.auth.hashers import make_password

from portal.accounts import scopes
from portal.accounts.models import Department, Hospital, Membership, Team, User
from portal.clock import now
from portal.desk.seed.tables import rows_of
from portal.facts import verb

SERVED = timedelta(
    days=365
)  # nobody is new: the past that the demonstration plays needs people in their roles


@verb
def sow_people(*, hospital: Hospital, password: str, by: User, only: set[str] | None = None) -> int:
    """Make the missing people of `hospital` and give the roles that they do not hold yet; count both.

    "fulfiller@porters:blood+deceased" is a role with skills. A role that somebody ended stays ended. `only` names usernames,
    for a smaller staff. An existing password stays.
    """
    scopes.sync_roles()
    rows = [row for row in rows_of("people", hospital.code) if only is None or row["username"] in only]
    places = _places(hospital)
    known = {
        user.username: user for user in User.objects.filter(username__in=[row["username"] for row in rows])
    }
    held = set(
        Membership.objects.filter(user__in=known.values()).values_list(
            "user_id", "role", "hospital_id", "department_id", "team_id"
        )
    )
    made = 0
    for row in rows:
        user = known.get(row["username"])
        if user is None:
            user = User.objects.create(
                username=row["username"],
                first_name=row["first_name"],
                last_name=row["last_name"],
                email=f"{row['username']}@{hospital.code.lower()}.example",
                password=_encoded(password),
                date_joined=now(),
                # Gives the admin site and no operational right: roles alone give those.
                is_staff="administrator" in row["roles"].split(),
                is_superuser="administrator" in row["roles"].split(),
            )
            made += 1
        for word in row["roles"].split():
            held_at, _colon, skills = word.partition(":")
            role, _at, code = held_at.partition("@")
            place = places[code] if code else None
            key = (user.pk, role, *_ids(place))
            if key not in held:
                scopes.grant(
                    user=user,
                    role=role,
                    place=place,
                    by=by,
                    valid_from=now() - SERVED,
                    skills=skills.replace("+", " "),
                )
                made += 1
    return made


@cache
def _encoded(password: str) -> str:
    """Hashing is slow on purpose: once is enough for everybody of one seed."""
    return make_password(password)


def _places(hospital: Hospital) -> dict[str, Hospital | Department | Team]:
    """Every place of the hospital by its code: teams are written small, departments and the hospital in capitals."""
    return {
        hospital.code: hospital,
        **{one.code: one for one in hospital.departments.all()},
        **{one.code: one for one in hospital.teams.all()},
    }


def _ids(place: Hospital | Department | Team | None) -> list[int | None]:
    return [place.pk if isinstance(place, kind) else None for kind in (Hospital, Department, Team)]
