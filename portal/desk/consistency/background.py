"""What few rows say and every request is judged by: who held which role when, cost centres, suppliers. Read once."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace

from auditlog.models import LogEntry

from integrations.orders import vendor_mark
from portal.accounts.models import Department, Membership
from portal.accounts.roles import roles_with
from portal.desk.consistency.rows import Request
from requests_app.models import Vendor

Place = tuple[str, int]  # kind of place, key
GROUP: Place = ("group", 0)
Held = tuple[str, Place, datetime, datetime | None]  # role, where, from, until


@dataclass
class Background:
    memberships: dict[int, list[Held]]  # by person
    cost_centres: dict[int, set[str]]  # of a department, now and before
    vendor_marks: dict[str, str]  # inside an external id, by the vendor's code

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

    def shown(self, request: Request, cost_centre: str) -> SimpleNamespace:
        """The request as `content_hash` reads it."""
        return SimpleNamespace(
            **request._asdict(),
            is_supply=request.is_supply,
            department=SimpleNamespace(cost_centre=cost_centre),
        )


def read() -> Background:
    """Four queries."""
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
    return Background(memberships, centres, marks)
