"""Equipment, the teams that repair it, and repairs that were really sent: for tests that need them."""

import uuid
from types import SimpleNamespace
from typing import Any

from portal.accounts.models import Department, Location, User
from portal.desk.seed.equipment import sow_equipment
from portal.desk.seed.places import sow_places
from requests_app import asking, lifecycle
from requests_app.models import Category, Equipment, ServiceRequest
from tests import personas

TEAMS = {"biomed", "estates", "triage", "porters", "library", "it"}
PUMP, ECG, DEFIBRILLATOR, BED = "10231", "10253", "10260", "10282"
FOREIGN_PUMP = "10326"  # of ward 5C


def equip(world: SimpleNamespace) -> SimpleNamespace:
    """The pieces of the seed at St Brigid's, and somebody in clinical engineering: `world.engineer`."""
    sow_places(code="SBG", only={*personas.WARDS, *TEAMS})
    sow_equipment(hospital=world.hospital)
    world.pieces = {one.tag: one for one in Equipment.objects.filter(hospital=world.hospital)}
    world.teams = {team.code: team for team in world.hospital.teams.all()}
    world.engineer = personas.person("eva.berg", role="fulfiller", place=world.teams["biomed"])
    world.bay = Location.objects.get(code="SBG-MB-07-7B-B01")
    return world


def answers(**more: Any) -> dict[str, Any]:
    """Of a pump that stops; `more` takes the place of what it names."""
    usual = {
        "equipment": PUMP,
        "symptoms": ["occlusion"],
        "needed": "can_wait",
        "safe": "yes",
        "clean": "clean",
    }
    return {key: value for key, value in (usual | more).items() if value}


def drafted(
    world: SimpleNamespace, by: User | None = None, ward: Department | None = None, **more: Any
) -> ServiceRequest:
    return asking.save_answers(
        by=by or world.nurse,
        client_key=uuid.uuid4(),
        category=Category.objects.get(code="repair"),
        department=ward or world.ward,
        answers=answers(**more),
    )


def sent(
    world: SimpleNamespace, by: User | None = None, ward: Department | None = None, **more: Any
) -> ServiceRequest:
    """A repair as stored after it was sent, by the nurse unless said otherwise."""
    draft = drafted(world, by, ward, **more)
    lifecycle.submit(public_id=draft.public_id, by=draft.filed_by, seen="")
    return ServiceRequest.objects.get(pk=draft.pk)
