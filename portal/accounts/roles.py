"""What each role may do and where it is held: one table. Django's groups are kept in step with it by
`scopes`.

A role held at a place gives those of its permissions that the kind of place declares (`PERMISSIONS_AT`);
held without a place (group-wide) it gives all of them at every place.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DECIDERS = (
    "head",
    "finance",
    "procurement",
    "compliance",
    "biomed_manager",
    "it_head",
    "it_owner",
    "product_lead",
    "director",
    "executive",
    "data_protection",
)
# Who looks at the rules of approval; only policy owners change them.
POLICY_VIEWERS = ("policy_owner", "auditor", "administrator")
WARD_PERMISSIONS = (
    ("work_here", "Works here: files, answers and receives for this place"),
    ("view_requests", "Sees the requests of this place"),
    *((f"approve_as_{role}", f"Decides as {role}") for role in DECIDERS),
)
TEAM_PERMISSIONS = (
    ("fulfil_here", "Does the work of this team"),
    ("lead_here", "Gives out the work of this team"),
)
PERMISSIONS_AT: dict[str, tuple[str, ...]] = {
    "hospital": tuple(code for code, _label in WARD_PERMISSIONS),
    "department": tuple(code for code, _label in WARD_PERMISSIONS),
    "team": tuple(code for code, _label in TEAM_PERMISSIONS),
}


@dataclass(frozen=True)
class Role:
    """`scopes`: the kinds of place where it may be held ('group' = without a place).

    The first is the usual one.
    """

    code: str
    label: str | Promise
    scopes: tuple[str, ...]
    permissions: tuple[str, ...] = ()

    @property
    def scope(self) -> str:
        return self.scopes[0]

    def permissions_at(self, kind: str) -> tuple[str, ...]:
        """The permissions that this role gives when it is held at a hospital, department, team or group-wide."""
        if kind == "group":
            return self.permissions
        return tuple(code for code in self.permissions if code in PERMISSIONS_AT[kind])


def _decider(code: str, label: str | Promise, scope: str, *also: str) -> Role:
    return Role(code, label, (scope,), (*also, "view_requests", f"approve_as_{code}"))


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role(
            "requester",
            _("Ward or department staff"),
            ("department", "hospital"),
            ("work_here", "view_requests"),
        ),
        Role("temporary", _("Temporary staff"), ("department",), ("work_here", "view_requests")),
        Role("ward_lead", _("Ward lead"), ("department",), ("work_here", "view_requests")),
        _decider("head", _("Head of department"), "department", "work_here"),
        _decider("finance", _("Finance partner"), "hospital"),
        _decider("procurement", _("Procurement lead"), "hospital"),
        _decider("compliance", _("Compliance and safety officer"), "hospital"),
        _decider("biomed_manager", _("Head of clinical engineering"), "hospital"),
        _decider("it_head", _("Head of IT"), "hospital"),
        _decider("it_owner", _("System owner"), "hospital"),
        _decider("director", _("Director of the division"), "hospital"),
        _decider("data_protection", _("Data protection officer"), "group"),
        _decider("product_lead", _("Clinical product lead"), "group"),
        _decider("executive", _("Executive"), "group"),
        Role("buyer", _("Buyer"), ("team", "hospital"), ("fulfil_here", "view_requests")),
        Role("fulfiller", _("Team member"), ("team",), ("fulfil_here",)),
        Role("team_lead", _("Team lead"), ("team",), ("fulfil_here", "lead_here")),
        Role("service_manager", _("Service manager"), ("hospital",), ("view_requests",)),
        Role("auditor", _("Auditor"), ("group",), ("view_requests",)),
        Role("policy_owner", _("Policy owner"), ("group",)),
        Role("administrator", _("Administrator"), ("group",)),
        Role("integration_operator", _("Integration operator"), ("group",)),
    )
}


def roles_with(permission: str, kind: str) -> list[str]:
    """Codes of the roles that give `permission` when held at `kind`."""
    return [
        role.code
        for role in ROLES.values()
        if kind in role.scopes and permission in role.permissions_at(kind)
    ]


def permissions_of(kind: str) -> tuple[tuple[str, str], ...]:
    """What Meta.permissions of a kind of place declares."""
    return TEAM_PERMISSIONS if kind == "team" else WARD_PERMISSIONS
