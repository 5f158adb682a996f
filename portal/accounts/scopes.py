"""Who may do what where. The only home of guardian.

A permission counts at query time only where both stand: a membership that is in force at this moment, and
guardian's row that was written for it. A row that was left behind gives nothing, and neither does a
superuser.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from portal.accounts.granting import expire_memberships, grant, repair, revoke, sync_roles, system_user
from portal.accounts.models import Department, Hospital, Membership, Team, User
from portal.accounts.models.grants import ROW_OF
from portal.accounts.roles import PERMISSIONS_AT, roles_with
from portal.clock import now

__all__ = [
    "Place",
    "Reach",
    "departments_with",
    "expire_memberships",
    "grant",
    "has_perm_at",
    "holders_of",
    "holds",
    "hospitals_of",
    "hospitals_with",
    "reach",
    "repair",
    "revoke",
    "sync_roles",
    "system_user",
    "teams_with",
    "users_with",
]

Place = Hospital | Department | Team
# Marks in a statement that is kept: they stand for the moment and the place of a question.
SOMETIME, HERE, ITS_HOSPITAL = datetime(1, 1, 1, tzinfo=UTC), -1, -2
PLACES = ("hospital", "department", "department__hospital", "team", "team__hospital")


@dataclass
class Reach:
    """Where somebody holds a permission, as keys. Departments and teams with the key of their hospital."""

    everywhere: bool = False
    hospitals: set[int] = field(default_factory=set)
    departments: dict[int, int] = field(default_factory=dict)
    teams: dict[int, int] = field(default_factory=dict)

    def add(
        self, hospital: int | None, department: int | None, of: int, team: int | None, teams_of: int
    ) -> None:
        """The place of one membership; none of them: everywhere."""
        if hospital:
            self.hospitals.add(hospital)
        elif department:
            self.departments[department] = of
        elif team:
            self.teams[team] = teams_of
        else:
            self.everywhere = True


def users_with(perm: str, place: Place) -> QuerySet[User]:
    """Active persons who hold `perm` at `place`, at its hospital, or group-wide. Lazy.

    No person comes twice.
    """
    statement = _holders(perm, _kind(place))
    if statement is None:
        return User.objects.none()
    sql, marked = statement
    hospital = place.pk if isinstance(place, Hospital) else place.hospital_id
    at = {_adapted(SOMETIME): _adapted(now()), HERE: place.pk, ITS_HOSPITAL: hospital}
    held = RawSQL(sql, [at.get(value, value) for value in marked])  # noqa: S611 (from our own rows, without input)
    return User.objects.filter(pk__in=held, is_active=True, kind=User.Kind.PERSON)


@cache
def _holders(perm: str, kind: str) -> tuple[str, tuple[Any, ...]] | None:
    """The statement that finds who holds `perm` at a place of `kind`, and its values: marks stand for moment and place.

    None where no role gives it. Django builds it once, and not at each question: that was a fifth of what a decision cost.
    """
    gives = _gives(perm, kind) & Q(**{kind: HERE})
    if kind != "hospital":
        gives |= _gives(perm, "hospital") & Q(hospital=ITS_HOSPITAL)
    if perm in PERMISSIONS_AT[kind]:
        gives |= _gives(perm, "group")
    held = Membership.objects.current(SOMETIME).filter(gives).order_by().values("user")
    try:
        sql, values = held.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return None
    return sql, tuple(values)


def _adapted(moment: datetime) -> Any:
    """As the database is given it."""
    return connection.ops.adapt_datetimefield_value(moment)


def has_perm_at(user: User, perm: str, place: Place) -> bool:
    """Does `user` hold `perm` at `place`? One query; the same rule as `users_with`."""
    return _counts(user) and users_with(perm, place).filter(pk=user.pk).exists()


def departments_with(user: User, perm: str) -> QuerySet[Department]:
    """Departments where `user` holds `perm`, with those of hospitals and of group-wide roles. Lazy.

    Use it in filters.
    """
    return _places_with(user, perm, Department.objects.all(), "department")


def teams_with(user: User, perm: str) -> QuerySet[Team]:
    """Teams where `user` holds `perm`. Lazy."""
    return _places_with(user, perm, Team.objects.all(), "team")


def reach(user: User, *perms: str) -> dict[str, Reach]:
    """Where `user` holds each of `perms`: what `departments_with` and `teams_with` say, as few keys. One query."""
    found = {perm: Reach() for perm in perms}
    pairs = [(perm, kind) for perm in perms for kind in (*ROW_OF, "group") if roles_with(perm, kind)]
    if not _counts(user) or not pairs:
        return found
    given = {
        perm: Q(*(_gives(*pair) for pair in pairs if pair[0] == perm), _connector=Q.OR) for perm in perms
    }
    held = Membership.objects.current(now()).filter(user=user).order_by()
    held = held.annotate(
        **{f"gives_{perm}": ExpressionWrapper(that, BooleanField()) for perm, that in given.items() if that}
    )
    for row in held.values(*PLACES, *held.query.annotations):
        for perm, there in found.items():
            if row.get(f"gives_{perm}"):
                there.add(*(row[name] for name in PLACES))
    return found


def hospitals_with(user: User, perm: str) -> QuerySet[Hospital]:
    """Hospitals where `user` holds `perm` for the whole hospital. Lazy."""
    return _places_with(user, perm, Hospital.objects.all(), "hospital")


def hospitals_of(user: User) -> QuerySet[Hospital]:
    """Hospitals where `user` holds any membership in force.

    Itself, a department, a team, or a group-wide role. Lazy.
    """
    if not _counts(user):
        return Hospital.objects.none()
    held = Membership.objects.current(now()).filter(user=user)
    return Hospital.objects.filter(
        Q(pk__in=held.filter(hospital__isnull=False).values("hospital"))
        | Q(pk__in=held.filter(department__isnull=False).values("department__hospital"))
        | Q(pk__in=held.filter(team__isnull=False).values("team__hospital"))
        | Exists(held.filter(hospital__isnull=True, department__isnull=True, team__isnull=True))
    )


def holders_of(role: str, hospital: Hospital) -> QuerySet[User]:
    """Active persons who hold `role` now at `hospital`, at a department or team of it, or group-wide. Lazy."""
    held = Membership.objects.current(now()).filter(
        Q(hospital=hospital)
        | Q(department__hospital=hospital)
        | Q(team__hospital=hospital)
        | Q(hospital__isnull=True, department__isnull=True, team__isnull=True),
        role=role,
        user=OuterRef("pk"),
    )
    return User.objects.filter(Exists(held), is_active=True, kind=User.Kind.PERSON)


def holds(user: User, role: str) -> bool:
    """Does `user` hold `role` now, wherever? For what belongs to no place, such as the types of request. One query."""
    return _counts(user) and Membership.objects.current(now()).filter(user=user, role=role).exists()


def _kind(place: Place) -> str:
    return place._meta.model_name or ""


def _counts(user: User) -> bool:
    """Anonymous visitors, closed accounts and the system hold nothing."""
    return bool(user.is_authenticated and user.is_active and user.kind == User.Kind.PERSON)


def _in_force(perm: str, kind: str) -> QuerySet[Membership]:
    """Memberships at `kind` that give `perm` now and whose guardian row stands; group-wide ones have no rows."""
    return Membership.objects.current(now()).filter(_gives(perm, kind))


def _gives(perm: str, kind: str) -> Q:
    """A membership at `kind` that gives `perm` and whose guardian row stands; group-wide ones have no rows."""
    right = Q(role__in=roles_with(perm, kind))
    if kind == "group":
        return right & Q(hospital__isnull=True, department__isnull=True, team__isnull=True)
    row = ROW_OF[kind].objects.filter(
        user=OuterRef("user"), content_object=OuterRef(kind), permission__codename=perm
    )
    return right & Q(**{f"{kind}__isnull": False}) & Q(Exists(row))


def _places_with(user: User, perm: str, places: QuerySet, kind: str) -> QuerySet:
    if not _counts(user):
        return places.none()
    held = Q(pk__in=_in_force(perm, kind).filter(user=user).values(kind))
    if kind != "hospital":
        held |= Q(hospital__in=_in_force(perm, "hospital").filter(user=user).values("hospital"))
    if perm in PERMISSIONS_AT[kind]:
        held |= Q(Exists(_in_force(perm, "group").filter(user=user)))
    return places.filter(held)
