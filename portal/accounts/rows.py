"""Guardian's rows and the groups of one person, derived from the memberships in force."""

from django.contrib.auth.models import Group, Permission

from portal.accounts.models import Membership, User
from portal.accounts.models.grants import ROW_OF
from portal.accounts.roles import ROLES
from portal.clock import now

Rows = set[tuple[int, int]]  # (place, permission)


def write_rows(user: User) -> tuple[list[str], list[str]] | None:
    """Write what is missing and delete what is too much, for `user` (locked by the verb around it).

    Returns (surplus, missing) as text, or None where everything agreed.
    """
    surplus, missing = [], []
    held = list(Membership.objects.current(now()).filter(user=user))
    for kind, row in ROW_OF.items():
        wanted = _wanted(held, kind)
        stored: dict[tuple[int, int], int] = {
            (place, permission): pk
            for pk, place, permission in row.objects.filter(user=user).values_list(
                "pk", "content_object_id", "permission_id"
            )
        }
        gone = stored.keys() - wanted
        new = wanted - stored.keys()
        if gone:
            row.objects.filter(pk__in=[stored[key] for key in gone]).delete()
        if new:
            row.objects.bulk_create(
                [
                    row(user=user, content_object_id=place, permission_id=permission)
                    for place, permission in new
                ],
                ignore_conflicts=True,
            )
        surplus += [f"{kind}:{place}:{permission}" for place, permission in sorted(gone)]
        missing += [f"{kind}:{place}:{permission}" for place, permission in sorted(new)]
    groups = _write_groups(user, {membership.role for membership in held})
    surplus += groups[0]
    missing += groups[1]
    return (surplus, missing) if surplus or missing else None


def _wanted(held: list[Membership], kind: str) -> Rows:
    at = [
        (getattr(one, f"{kind}_id"), ROLES[one.role].permissions_at(kind)) for one in held if one.kind == kind
    ]
    if not at:
        return set()
    permissions = Permission.objects.filter(content_type__app_label="accounts", content_type__model=kind)
    number = dict(permissions.values_list("codename", "pk"))
    return {(place, number[code]) for place, codes in at for code in codes}


def _write_groups(user: User, roles: set[str]) -> tuple[list[str], list[str]]:
    """Only the groups of the table are touched: an installation may have others."""
    stored = set(user.groups.filter(name__in=ROLES).values_list("name", flat=True))
    gone, new = sorted(stored - roles), sorted(roles - stored)
    if gone:
        user.groups.remove(*Group.objects.filter(name__in=gone))
    if new:
        user.groups.add(*[Group.objects.get_or_create(name=code)[0] for code in new])
    return [f"group:{code}" for code in gone], [f"group:{code}" for code in new]
