"""The separation of duties over the roles that people hold: what does not go together, and who answers for it meanwhile.

X of the matrix (never on one object) is refused where it happens and C (never the same person, unless somebody answers for
it) is looked for here, every night and on a page; docs/separation.md has the whole matrix and where each field is kept.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import AcceptedConflict
from portal.accounts import scopes
from portal.accounts.models import Hospital, Membership, User
from portal.accounts.roles import ROLES
from portal.accounts.separation import operational
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed
from portal.facts import verb
from requests_app import casework
from requests_app.models import CaseException

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from portal.accounts.place import Standing

DUTIES: "dict[str, Promise]" = {
    "request": gettext_lazy("asks for things"),
    "receive": gettext_lazy("confirms that they arrived"),
    "approve": gettext_lazy("decides requests"),
    "budget": gettext_lazy("decides about money"),
    "rules": gettext_lazy("writes the rules"),
    "users": gettext_lazy("gives roles to people"),
    "sync": gettext_lazy("sends orders again"),
    "audit": gettext_lazy("looks into what others did"),
}
# C of the matrix. Suppliers and catalogue come from Odoo: here nobody has them as a duty (who changes one by hand: I23).
APART = (
    ("request", "users"),
    ("request", "receive"),
    ("request", "audit"),
    ("approve", "users"),
    ("approve", "audit"),
    ("budget", "users"),
    ("budget", "audit"),
    ("rules", "users"),
    ("rules", "audit"),
    ("users", "audit"),
    ("sync", "audit"),
    ("receive", "audit"),
)
KIND = CaseException.Kind.POLICY_DEVIATION
READERS = ("auditor", "executive", "administrator")
LONGEST = timedelta(days=90)
SHORTEST_CONTROL = 20  # characters


@dataclass(frozen=True)
class Conflict:
    user: User
    pair: str  # "approve-users"
    roles: tuple[str, ...]
    accepted: AcceptedConflict | None = None

    @property
    def key(self) -> str:
        return f"{self.user.pk}:{self.pair}"

    @property
    def duties(self) -> list[str]:
        return [str(DUTIES[code]) for code in self.pair.split("-")]

    @property
    def labels(self) -> list[str]:
        return [str(ROLES[code].label) for code in self.roles]


def duties_of(role: str) -> set[str]:
    """What somebody with this role does."""
    rights = ROLES[role].permissions
    found = {"policy_owner": {"rules"}, "administrator": {"users"}, "auditor": {"audit"}}.get(role, set())
    if role == "integration_operator":
        found = {"sync"}
    if role == "finance":
        found = {"budget"}
    if "work_here" in rights:
        found = found | {"request", "receive"}
    if operational(role) and any(right.startswith("approve_as_") or right == "lead_here" for right in rights):
        found = found | {"approve"}
    return found


def clashes(roles: set[str]) -> list[str]:
    """Pairs of duties that these roles bring together and none of them brings alone. PURE."""
    gives = defaultdict(set)
    for role in roles:
        for duty in duties_of(role):
            gives[duty].add(role)
    return [f"{a}-{b}" for a, b in APART if gives[a] and gives[b] and not gives[a] & gives[b]]


def conflicts() -> list[Conflict]:
    """Everybody who holds duties now that do not go together, those that nobody answers for first. Three queries at most."""
    held: dict[int, set[str]] = defaultdict(set)
    for user, role in Membership.objects.current(now()).order_by().values_list("user", "role"):
        held[user].add(role)
    found = {pk: pairs for pk, roles in held.items() if (pairs := clashes(roles))}
    if not found:
        return []
    rows = AcceptedConflict.objects.filter(until__gte=now().date(), user__in=found).select_related("owner")
    accepted = {(row.user_id, row.pair): row for row in rows}
    people = User.objects.filter(pk__in=found, is_active=True).order_by("last_name", "pk")
    every = [
        Conflict(one, pair, tuple(sorted(held[one.pk])), accepted.get((one.pk, pair)))
        for one in people
        for pair in found[one.pk]
    ]
    return sorted(every, key=lambda one: one.accepted is not None)


def reads(where: "Standing") -> bool:
    return any(held.role in READERS for held in where.memberships)


def accepts(where: "Standing") -> bool:
    """An executive answers for it. No query."""
    return any(held.role == "executive" for held in where.memberships)


@verb
def accept(*, user_id: int, pair: str, control: str, until: date, by: User) -> AcceptedConflict:
    """`by`, an executive, answers for one conflict of somebody else until a day within 90 days, with what is done instead.

    Raises NotAllowed (no executive; their own), Invalid (pair: it is not there; control; until).
    """
    current = Membership.objects.current(now())
    if not current.filter(user=by, role="executive").exists() or by.pk == user_id:
        raise NotAllowed(_("An executive accepts this, and never their own."))
    roles = set(current.filter(user=user_id).values_list("role", flat=True))
    today, control = now().date(), control.strip()
    if pair not in clashes(roles):
        raise Invalid({"pair": [_("These duties are not held together.")]})
    if len(control) < SHORTEST_CONTROL:
        raise Invalid({"control": [_("Say in at least 20 characters what is done instead.")]})
    if not today < until <= today + LONGEST:
        raise Invalid({"until": [_("Choose a day within the next 90 days.")]})
    accepted = AcceptedConflict.objects.create(
        user_id=user_id, pair=pair, owner=by, control=control[:300], accepted_at=now(), until=until
    )
    after = {"pair": pair, "until": until.isoformat(), "control": accepted.control}
    events.record(action="duties.accepted", by=by, subject=f"user:{user_id}", after=after)
    return accepted


def look() -> int:
    """Every night: an exception of the auditor for each conflict that nobody answers for, ended when somebody does or when it
    is over. Returns how many nobody answers for."""
    by, place = scopes.system_user(), Hospital.objects.order_by("pk").first()
    bare = [one for one in conflicts() if one.accepted is None] if place else []
    for one in bare:
        said = _("%(name)s: %(duties)s. Nobody answers for it.")
        detail = said % {"name": one.user.get_full_name(), "duties": ", ".join(one.duties)}
        key = f"duties:{one.key}"
        casework.open_exception(
            kind=KIND, hospital=place, key=key, owner_role="auditor", detail=detail, by=by
        )
    keys = {f"duties:{one.key}" for one in bare}
    for exception in CaseException.objects.filter(kind=KIND, key__startswith="duties:", closed_at=None):
        if exception.key not in keys:
            casework.close_exception(
                exception=exception, by=by, reason=_("Somebody answers for it, or it is over.")
            )
    return len(bare)
