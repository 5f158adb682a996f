"""Moves for tests: porters, an imaging department to go to, and moves that were filed through the real verbs."""

import uuid
from types import SimpleNamespace
from typing import Any

from portal.accounts.models import Department, Location, Team, User
from requests_app import asking, lifecycle
from requests_app.models import Category, ServiceRequest
from requests_app.transport import carrying, reasons
from tests import journeys, personas


def porters(world: SimpleNamespace) -> SimpleNamespace:
    """`world` with porters, imaging and its CT room, people there, and the station of the ward."""
    team, _made = Team.objects.get_or_create(
        hospital=world.hospital, code="porters", defaults={"name": "Porters", "calendar": "always"}
    )
    imaging, _made = Department.objects.get_or_create(
        hospital=world.hospital, code="IMG", defaults={"name": "Imaging", "phone": "4150"}
    )
    ct, _made = Location.objects.get_or_create(
        hospital=world.hospital,
        code="SBG-MB-00-IMG-TR01",
        defaults={"name": "CT room", "kind": "TR", "department": imaging},
    )
    world.porters, world.imaging, world.ct = team, imaging, ct
    world.station = Location.objects.get(department=world.ward, kind=Location.Kind.NURSES_STATION)
    world.porter = personas.person("pat.porter", role="fulfiller", place=team)
    world.other_porter = personas.person("lee.walker", role="fulfiller", place=team)
    world.radiographer = personas.person("rae.grapher", role="requester", place=imaging)
    return world


def answers(world: SimpleNamespace, **more: Any) -> dict[str, Any]:
    """Of a patient who goes to the CT room in a wheelchair when a porter is free; `origin` stands for `from`."""
    given = {
        "what": "patient",
        "from": world.station.code,
        "to": world.ct.code,
        "how": "chair",
        "precautions": ["standard"],
        "when": "free",
    }
    if "origin" in more:
        given["from"] = more.pop("origin")
    return given | more


def draft(world: SimpleNamespace, by: User | None = None, /, **more: Any) -> ServiceRequest:
    return asking.save_answers(
        by=by or world.nurse,
        client_key=uuid.uuid4(),
        category=Category.objects.get(code="transport"),
        department=world.ward,
        answers=answers(world, **more),
    )


def sent(world: SimpleNamespace, by: User | None = None, /, **more: Any) -> ServiceRequest:
    """A move that was just sent; nobody has to agree to it."""
    made = draft(world, by, **more)
    return journeys.fresh(lifecycle.submit(public_id=made.public_id, by=by or world.nurse, seen=""))


def delivered(request: ServiceRequest, by: User) -> ServiceRequest:
    """What `by` has is picked up, with the wristband checked, and handed over."""
    request = carrying.pick_up(request=journeys.fresh(request), by=by, wristband=True)
    takers = reasons.handed_to(request.move.what, urgent=request.priority in carrying.URGENT)
    return carrying.deliver(request=request, by=by, handed_to=next(iter(takers), ""))
