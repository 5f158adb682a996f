"""The duties that are held by whoever takes the shift, and who may take them: one table."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from portal.accounts.models import Membership

ALWAYS = "always"


@dataclass(frozen=True)
class DutyKind:
    """`calendar`: the duty stands while it is closed, or always. `roles` may take it, where they are held at the
    duty's ward or hospital or group-wide; so may members and leads of `team`.
    """

    code: str
    label: str | Promise
    calendar: str = ALWAYS
    roles: tuple[str, ...] = ()
    team: str = ""
    of_a_ward: bool = False


DUTIES: dict[str, DutyKind] = {
    kind.code: kind
    for kind in (
        DutyKind(
            "nurse_in_charge", _("Nurse in charge of the ward"), roles=("ward_lead", "head"), of_a_ward=True
        ),
        DutyKind("site_manager", _("Site manager on duty"), roles=("service_manager",)),
        DutyKind("manager_on_call", _("Manager on call"), "office", roles=("director", "service_manager")),
        DutyKind("exec_on_call", _("Executive on call"), "office", roles=("executive",)),
        DutyKind("porter_control", _("Porter control"), team="porters"),
        DutyKind(
            "biomed_on_call",
            _("Clinical engineer on call"),
            "biomed",
            roles=("biomed_manager",),
            team="biomed",
        ),
        DutyKind("estates_on_call", _("Estates engineer on call"), "estates", team="estates"),
        DutyKind("it_on_call", _("IT on call"), "itdesk", roles=("it_head",), team="it"),
    )
}
TEAM_ROLES = ("fulfiller", "team_lead")


def allowed_by(held: "Membership") -> list[str]:
    """Codes of the duties that this role allows to take, there where it is held. Needs `held.team` loaded."""
    if held.role in TEAM_ROLES:
        return [kind.code for kind in DUTIES.values() if held.team and kind.team == held.team.code]
    on_ward = held.kind == "department"
    return [kind.code for kind in DUTIES.values() if held.role in kind.roles and kind.of_a_ward == on_ward]


def choices() -> list[tuple[str, str | Promise]]:
    """Code and label of every duty."""
    return [(kind.code, kind.label) for kind in DUTIES.values()]
