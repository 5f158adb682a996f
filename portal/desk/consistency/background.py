"""What few rows say and every request is judged by: who held which role when, cost centres, suppliers. Read once."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import NamedTuple

from auditlog.models import LogEntry

from approvals.models import Absence, Delegation
from integrations.orders import vendor_mark
from portal.accounts.models import Department, DutyHolder, Membership, User
from portal.accounts.roles import roles_with
from portal.desk.consistency.rows import Request
from requests_app.models import Vendor

Place = tuple[str, int]  # kind of place, key
GROUP: Place = ("group", 0)
Held = tuple[str, Place, datetime, datetime | None]  # role (or duty), where, from, until
Span = tuple[datetime, datetime | None]


class Lent(NamedTuple):
    """A right that somebody lent, as `approvals.models.Delegation`."""

    grantor_id: int
    delegate_id: int
    starts_at: datetime
    ends_at: datetime | None
    revoked_at: datetime | None
    standing: bool
    limit: Decimal | None
    categories: list[str]

    def in_force(self, moment: datetime) -> bool:
        ends = [end for end in (self.ends_at, self.revoked_at) if end is not None]
        return self.starts_at <= moment and all(moment < end for end in ends)


@dataclass
class Background:
    memberships: dict[int, list[Held]]  # by person
    cost_centres: dict[int, set[str]]  # of a department, now and before
    vendor_marks: dict[str, str]  # inside an external id, by the vendor's code
    duties: dict[int, list[Held]]  # by person
    lent: dict[int, Lent]  # by key of the delegation
    away: dict[int, list[Span]]  # by person
    names: dict[int, str]  # by person
    same: dict[int, set[int]]  # of who has several accounts, all of them

    def held(self, user: int, permission: str, place: Place, hospital: int, moment: datetime) -> bool:
        """Did this person hold the permission at this place of this hospital then? As `scopes.has_perm_at` asks now."""
        places = {place, ("hospital", hospital), GROUP}
        return any(
            where in places
            and role in roles_with(permission, where[0])
            and since <= moment
            and (until is None or moment <= until)
            for role, where, since, until in self.memberships[user]
        )

    def on_duty(self, user: int, duty: str, hospital: int, moment: datetime) -> bool:
        """Did this person hold the duty at the hospital then?"""
        return any(
            code == duty
            and where == ("hospital", hospital)
            and since <= moment
            and (until is None or moment <= until)
            for code, where, since, until in self.duties[user]
        )

    def was_away(self, user: int, moment: datetime) -> bool:
        return any(gone <= moment and (back is None or moment < back) for gone, back in self.away[user])

    def accounts(self, *users: int) -> set[int]:
        """These, and every other account of the same persons."""
        return {account for user in users for account in self.same.get(user, {user})}

    def shown(self, request: Request, cost_centre: str) -> SimpleNamespace:
        """The request as `content_hash` reads it."""
        return SimpleNamespace(
            **request._asdict(),
            is_supply=request.is_supply,
            department=SimpleNamespace(cost_centre=cost_centre),
        )


def read() -> Background:
    """Eight queries."""
    memberships: dict[int, list[Held]] = defaultdict(list)
    for one in Membership.objects.all():
        place = one.hospital_id or one.department_id or one.team_id or 0
        memberships[one.user_id].append((one.role, (one.kind, place), one.valid_from, one.valid_until))
    centres: dict[int, set[str]] = defaultdict(set)
    for pk, centre in Department.objects.values_list("pk", "cost_centre"):
        centres[pk].add(centre)
    renamed = LogEntry.objects.filter(
        content_type__app_label="accounts", content_type__model="department", action=LogEntry.Action.UPDATE
    )
    for pk, changes in renamed.values_list("object_id", "changes"):
        if "cost_centre" in changes:
            centres[pk].add(changes["cost_centre"][0])
    marks = {vendor.code: vendor_mark(vendor) for vendor in Vendor.objects.all()}
    duties: dict[int, list[Held]] = defaultdict(list)
    for user, duty, hospital, since, until in DutyHolder.objects.values_list(
        "user", "duty__code", "duty__hospital", "since", "until"
    ):
        duties[user].append((duty, ("hospital", hospital), since, until))
    lent = {pk: Lent(*values) for pk, *values in Delegation.objects.values_list("pk", *Lent._fields)}
    away: dict[int, list[Span]] = defaultdict(list)
    for user, gone, back, called_off in Absence.objects.values_list(
        "user", "starts_at", "ends_at", "called_off_at"
    ):
        away[user].append((gone, called_off or back))
    names, persons = {}, defaultdict(set)
    for pk, name, key in User.objects.values_list("pk", "username", "person_key"):
        names[pk] = name
        persons[key].add(pk)
    same = {pk: people for key, people in persons.items() if key for pk in people}
    return Background(memberships, centres, marks, duties, lent, away, names, same)
