"""An IT desk, porters and their duties beside the small world of `personas`, made by the data and verbs of the seed."""

import uuid
from types import SimpleNamespace

from portal.accounts import duties as duty_verbs
from portal.accounts.models import Duty, User
from portal.desk.seed.it import sow_systems
from portal.desk.seed.people import sow_people
from portal.desk.seed.places import sow_places
from requests_app import asking, lifecycle
from requests_app.models import Category, ServiceRequest
from tests import personas

PEOPLE = {
    "technician": "ivy.chan",
    "it_lead": "noah.adler",
    "owner": "zoe.tran",
    "other_owner": "mike.stanton",
    "porter": "tess.hartley",
}
HOLDERS = {
    "site_manager": "claire.dubois",
    "porter_control": "tess.hartley",
    "biomed_on_call": "karim.aziz",
    "estates_on_call": "gwen.rees",
    "it_on_call": "ivy.chan",
}


def add(world: SimpleNamespace, *, duties: bool = True) -> SimpleNamespace:
    """`world` with the people of PEOPLE, the systems of the hospital and, unless told otherwise, its duties held."""
    sow_places(code="SBG", only={"it", "porters", "biomed", "estates"})
    names = {*PEOPLE.values(), *HOLDERS.values()}
    sow_people(hospital=world.hospital, password=personas.PASSWORD, by=world.system, only=names)
    sow_systems(hospital=world.hospital)
    people = User.objects.in_bulk(names, field_name="username")
    for code, username in HOLDERS.items() if duties else ():
        duty = Duty.objects.create(hospital=world.hospital, code=code, calendar="always")
        duty_verbs.take_duty(duty=duty, user=people[username], by=people[username])
    for name, username in PEOPLE.items():
        setattr(world, name, people[username])
    world.site_manager = people["claire.dubois"]
    world.teams = {team.code: team for team in world.hospital.teams.all()}
    return world


def draft(world: SimpleNamespace, code: str, by: User | None = None, **answers: str) -> ServiceRequest:
    """A draft of type `code` for the ward of the world, as a form saves it."""
    return asking.save_answers(
        by=by or world.nurse,
        client_key=uuid.uuid4(),
        category=Category.objects.get(code=code),
        department=world.ward,
        answers=answers,
    )


def sent(world: SimpleNamespace, code: str, by: User | None = None, **answers: str) -> ServiceRequest:
    """The same, sent; as stored."""
    saved = draft(world, code, by, **answers)
    lifecycle.submit(public_id=saved.public_id, by=saved.filed_by, seen="")
    return ServiceRequest.objects.get(pk=saved.pk)


FAULT = {"service": "patient_record", "symptom": "slow", "stops": "slowed", "contact": "4100"}
EMERGENCY = FAULT | {
    "symptom": "open",
    "stops": "unsafe",
    "answered_by": "Switchboard",
    "emergency_reason": "patient_at_risk",
}
