"""Finding teams and equipment in Odoo's maintenance: a team by its name, a piece by its serial number, else by its label."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from integrations.maintenance_outbox import UNLINKED
from integrations.models import OutboxMessage, TeamLink
from integrations.odoo import maintenance_places
from integrations.odoo.connection import OdooConnection
from integrations.odoo.maintenance_places import Found
from portal.accounts.models import Team
from portal.audit import events
from portal.clock import now
from portal.facts import verb
from requests_app import casework
from requests_app.equipment.equipment_classes import CLASSES
from requests_app.kinds import repair_facts
from requests_app.models import CaseException, Equipment

if TYPE_CHECKING:
    from portal.accounts.models import User

# the teams that repairs go to
SERVING = {row.team for row in CLASSES.values()} | {repair_facts.BUILDING_TEAM, repair_facts.TRIAGE_TEAM}
OWNER = "integration_operator"


@dataclass
class LinkedMaintenance:
    """How many teams and pieces changed, and the teams that Odoo does not know or knows twice."""

    teams: int = 0
    equipment: int = 0
    missing_teams: list[str] = field(default_factory=list)


def waits_for_a_team() -> bool:
    """Is a repair held until Odoo knows its team? One query."""
    return _waiting().exists()


def _waiting() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(state=OutboxMessage.State.PENDING, error_kind=UNLINKED)


def link_maintenance(
    connection: OdooConnection, *, by: "User", only_missing: bool = False
) -> LinkedMaintenance:
    """Store which team and which piece in Odoo ours are. Raises OdooError, also where Odoo has no maintenance at all.

    A team for whose repairs Odoo is waiting and that it does not know becomes an exception of the integration operator.
    """
    ours = Team.objects.filter(active=True, code__in=SERVING).select_related("hospital", "odoo_link")
    labelled = Equipment.objects.filter(active=True).select_related("hospital")
    if only_missing:
        ours, labelled = ours.filter(odoo_link=None), labelled.filter(odoo_equipment_id=None)
    teams, pieces = list(ours), list(labelled)
    by_name = maintenance_places.read_teams(connection) if teams else {}
    codes = {code for piece in pieces for code in (piece.serial, piece.tag)}
    by_serial = maintenance_places.read_equipment(connection, codes)
    links = {team: _of(team.hospital.odoo_company_id, by_name.get(team.name.casefold())) for team in teams}
    found = {piece: _piece(piece, by_serial) for piece in pieces}
    missing = [team for team, link in links.items() if link is None and not hasattr(team, "odoo_link")]
    _own_missing(missing, by=by)
    return LinkedMaintenance(
        teams=link_teams(links={team: link for team, link in links.items() if link}, by=by),
        equipment=link_equipment(links={piece: link.id for piece, link in found.items() if link}, by=by),
        missing_teams=sorted({team.name for team in missing}),
    )


def _of(company_id: int | None, candidates: list[Found] | None) -> Found | None:
    """The one that a hospital of this company may use; None where there is none, or a person must choose."""
    fitting = [one for one in candidates or () if one.serves(company_id)]
    return fitting[0] if len(fitting) == 1 else None


def _piece(piece: Equipment, by_serial: dict[str, list[Found]]) -> Found | None:
    candidates = by_serial.get(piece.serial) if piece.serial else None
    return _of(piece.hospital.odoo_company_id, candidates or by_serial.get(piece.tag))


@verb
def link_teams(*, links: dict[Team, Found], by: "User") -> int:
    """Store {team: its team in Odoo}; ends the exception about it. Returns how many changed."""
    changed = {}
    for team, link in links.items():
        known = TeamLink.objects.filter(team=team).first()
        if known and (known.odoo_team_id, known.company_id) == (link.id, link.company_id):
            continue
        values = {"odoo_team_id": link.id, "company_id": link.company_id, "linked_at": now()}
        TeamLink.objects.update_or_create(team=team, defaults=values)
        changed[str(team.pk)] = link.id
        _close(team, _("Odoo knows the team now."), by=by)
    if changed:
        events.record(action="maintenance.teams_linked", by=by, after=changed)
    return len(changed)


@verb
def link_equipment(*, links: dict[Equipment, int], by: "User") -> int:
    """Store {piece: its id in Odoo}. Returns how many changed."""
    changed = [piece for piece, id_ in links.items() if piece.odoo_equipment_id != id_]
    for piece in changed:
        piece.odoo_equipment_id = links[piece]
    Equipment.objects.bulk_update(changed, ["odoo_equipment_id"], batch_size=500)
    if changed:
        events.record(action="maintenance.equipment_linked", by=by, after={"pieces": len(changed)})
    return len(changed)


def _own_missing(teams: list[Team], *, by: "User") -> None:
    """Somebody must know of a team whose repairs wait because Odoo has no team of its name."""
    waiting = set(_waiting().values_list("request__team_id", flat=True)) if teams else set()
    for team in teams:
        if team.pk not in waiting:
            _close(team, _("Nothing waits for it any more."), by=by)
        else:
            casework.open_exception(
                kind=CaseException.Kind.SYNC_REJECTED,
                hospital=team.hospital,
                key=_key(team),
                owner_role=OWNER,
                detail=_("Repairs of %(team)s wait: Odoo has no maintenance team of this name, or several.")
                % {"team": team.name},
                by=by,
            )


def _key(team: Team) -> str:
    return f"maintenance-team:{team.pk}"


def _close(team: Team, reason: str, *, by: "User") -> None:
    told = CaseException.objects.filter(kind="sync_rejected", key=_key(team), closed_at=None)
    for exception in told.select_related("request"):
        casework.close_exception(exception=exception, by=by, reason=reason)
