"""What a maintenance request says: the snapshot that the outbox keeps, taken from an agreed repair. No network, no writing."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.html import escape
from django.utils.translation import gettext as _

from integrations.models import TeamLink
from integrations.odoo.maintenance_requests import CANCELLED, DONE, OPEN, MaintenanceRequest, stands
from requests_app import screening
from requests_app.equipment import symptoms
from requests_app.models import Equipment, Repair, ServiceRequest
from requests_app.questions import text
from requests_app.states import Priority, RequestState

PRIORITIES = {
    Priority.EMERGENCY: "3",
    Priority.URGENT: "2",
    Priority.ROUTINE: "1",
    Priority.PLANNED: "0",
}
SCRAP = "scrap"  # what Odoo ships as the name of the stage for what cannot be repaired
ENDED = {
    RequestState.FULFILLED: DONE,
    RequestState.CLOSED: DONE,
    RequestState.CANCELLED: CANCELLED,
    RequestState.REJECTED: CANCELLED,
}


def message_key(request: ServiceRequest) -> str:
    return f"odoo.mr:{request.public_id}"


def stage_key(request: ServiceRequest, number: int) -> str:
    return f"odoo.mr-stage:{request.public_id}:{number}"


def external_id(request: ServiceRequest) -> str:
    return f"hsp.mr_{request.public_id}"


def wanted(request: ServiceRequest) -> str:
    """Where the record in Odoo must stand by what the portal says: open, done or cancelled."""
    return ENDED.get(RequestState(request.state), OPEN)


def agrees(state: str, request: ServiceRequest) -> bool:
    """Is a record in this state where it must be? What was done before the ward cancelled it stays done."""
    there, here = stands(state), wanted(request)
    return there == here or (there == DONE and here == CANCELLED)


def scrapped(stage: str) -> bool:
    return SCRAP in stage.casefold()


def snapshot(request: ServiceRequest, repair: Repair, link: TeamLink | None) -> dict[str, Any]:
    """The maintenance request as JSON: moments as text, in UTC. Without a `link` its `team_id` is None and it waits."""
    zone = ZoneInfo(request.hospital.time_zone)
    today = (request.submitted_at or request.created_at).astimezone(zone).date()
    return {
        "external_id": external_id(request),
        "number": request.number,
        "name": f"{request.title} ({request.number})",
        "description": "<br/>".join(str(escape(line)) for line in _told(request, repair)),
        "priority": PRIORITIES[Priority(request.priority)],
        "company_id": request.hospital.odoo_company_id,
        "request_date": today.isoformat(),
        "scheduled_at": _utc(request.agreed_at),
        **targets(link, repair.equipment),
    }


def targets(link: TeamLink | None, piece: Equipment | None) -> dict[str, Any]:
    """The ids that Odoo goes by today: of the team, and of the piece where Odoo knows it."""
    return {
        "team_id": link.odoo_team_id if link else None,
        "equipment_id": piece.odoo_equipment_id if piece else None,
    }


def _told(request: ServiceRequest, repair: Repair) -> list[str]:
    """One line for each fact, in the words of the form."""
    piece = repair.equipment
    wrong = ", ".join(str(one.label) for one in symptoms.named(repair.symptom_set, repair.symptoms))
    place = ", ".join(
        filter(None, (request.department.name, str(repair.location or ""), request.hospital.name))
    )
    facts = [
        (_("Portal number"), request.number),
        (_("What is wrong"), wrong),
        (_("In their words"), _own_words(request, repair)),
        (_("Safe to keep using"), repair.get_safe_display()),
        (_("Needed for a patient"), repair.get_needed_display()),
        (_("Clean"), repair.get_cleanliness_display()),
        (_("Where"), place),
        (_("Equipment"), _label(piece) if piece else ""),
        (_("Priority"), request.get_priority_display()),
        (_("Telephone of the ward"), request.department.phone),
    ]
    return [f"{what}: {said}" for what, said in facts if said]


def _label(piece: Equipment) -> str:
    serial = _("serial %(serial)s") % {"serial": piece.serial} if piece.serial else ""
    return ", ".join(filter(None, (f"{piece.tag} {piece.name}", piece.maker, piece.model, serial)))


def _own_words(request: ServiceRequest, repair: Repair) -> str:
    """What was typed, unless it looks like patient data: that stays in the portal."""
    typed = [repair.thing, text(request.answers, "other")]
    return ". ".join(one for one in typed if one and not screening.kinds(one))


def _utc(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat() if moment else ""


def request_of(payload: dict[str, Any]) -> MaintenanceRequest:
    """The maintenance request as the adapter sends it, from the snapshot alone."""
    planned = payload["scheduled_at"]
    return MaintenanceRequest(
        external_id=payload["external_id"],
        name=payload["name"],
        description=payload["description"],
        priority=payload["priority"],
        team_id=payload["team_id"],
        equipment_id=payload["equipment_id"],
        company_id=payload["company_id"],
        request_date=date.fromisoformat(payload["request_date"]),
        scheduled_at=datetime.fromisoformat(planned) if planned else None,
    )
