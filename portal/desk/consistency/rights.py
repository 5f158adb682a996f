"""Memberships, the rows and groups written for them, and the record of who was given them."""

from collections import Counter
from collections.abc import Iterator

from django.contrib.auth.models import Permission

from portal.accounts.models import Membership, User
from portal.accounts.models.grants import ROW_OF
from portal.accounts.roles import ROLES
from portal.audit.models import Event
from portal.clock import now
from portal.desk.consistency.finding import Finding

Right = tuple[int, str]  # person, right in words


def check() -> Iterator[Finding]:
    """What every membership that is in force and current gives must be written, what none gives must not.

    A period that has just begun or ended is neither until the sweep has written it.
    """
    moment = now()
    current = set(Membership.objects.current(moment).values_list("pk", flat=True))
    needed: set[Right] = set()
    allowed: set[Right] = set()
    for membership in Membership.objects.all():
        rights = set(_rights(membership))
        if membership.in_force and membership.pk in current:
            needed |= rights
        if membership.in_force or membership.pk in current:
            allowed |= rights
    stored = set(_stored())
    for user, right in sorted(needed - stored):
        yield Finding("rights.rows", f"user:{user}", f"Holds the role for {right}, and no row says so.")
    for user, right in sorted(stored - allowed):
        yield Finding("rights.rows", f"user:{user}", f"No role gives {right}, and a row says so.")
    yield from _on_record()


def _rights(membership: Membership) -> Iterator[Right]:
    kind, user = membership.kind, membership.user_id
    yield user, f"group {membership.role}"
    if kind != "group":
        place = getattr(membership, f"{kind}_id")
        for code in ROLES[membership.role].permissions_at(kind):
            yield user, f"{code} at {kind}:{place}"


def _stored() -> Iterator[Right]:
    """Django's groups and guardian's rows, of every person. Five queries."""
    groups = User.groups.through.objects.filter(group__name__in=ROLES)
    for user, role in groups.values_list("user_id", "group__name"):
        yield user, f"group {role}"
    codes = dict(Permission.objects.filter(content_type__app_label="accounts").values_list("pk", "codename"))
    for kind, row in ROW_OF.items():
        written = row.objects.values_list("user_id", "permission_id", "content_object_id")
        for user, permission, place in written.iterator():
            yield user, f"{codes[permission]} at {kind}:{place}"


def _on_record() -> Iterator[Finding]:
    """Each membership was given on record."""
    held: Counter[tuple[str, ...]] = Counter()
    for one in Membership.objects.all():
        place = one.hospital_id or one.department_id or one.team_id or ""
        held[f"user:{one.user_id}", one.role, f"{one.kind}:{place}", one.valid_from.isoformat()] += 1
    given: Counter[tuple[str, ...]] = Counter(
        (subject, after.get("role"), after.get("at"), after.get("valid_from"))
        for subject, after in Event.objects.filter(action="membership.granted").values_list(
            "subject", "after"
        )
    )
    for subject, role, place, since in (held - given).elements():
        yield Finding(
            "rights.record", subject, f"Is “{role}” at {place} since {since}, and no event gave it."
        )
