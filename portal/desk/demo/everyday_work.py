"""The ordinary repairs, moves, IT faults and cleaning of half a year: who asks for what, and how the teams are about it."""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from uuid import UUID

from portal.accounts.models import Department, Location
from portal.desk.demo.everyday import moment_of, ward_of
from portal.desk.demo.plan import Ask, Plan
from portal.desk.demo.stage import Stage
from requests_app import outcomes
from requests_app.equipment import symptoms
from requests_app.equipment.equipment_classes import CLASSES
from requests_app.it.it_services import SERVICES
from requests_app.models import Equipment
from requests_app.states import Kind

TYPES = {"transport": 38, "repair": 28, "it": 20, "clean": 10, "loan": 3, "document": 1}
USUAL_SHARE = 0.9  # of the work ends in the usual way
DOCUMENTS = ("Letter for the landlord", "Certificate of employment", "Help with the travel form")
RUNG = {"answered_by": "The desk of the team", "emergency_reason": "patient_at_risk"}


def everyday_work(stage: Stage, count: int) -> Iterator[tuple[datetime, Ask]]:
    """So many ordinary requests that a team works on, spread over the play: when, and what."""
    for number in range(count):
        chance = stage.chance("everyday work", number)
        ward = ward_of(stage, chance)
        kind = chance.choices(list(TYPES), list(TYPES.values()))[0]
        answers = ANSWERS[kind](ward, chance)
        if answers is None:
            kind, answers = "document", _document(ward, chance)
        key = UUID(int=chance.getrandbits(128), version=4)
        plan = _manners(kind, chance)
        by = chance.choice(stage.staff.filers(ward))
        ask = Ask(by=by, ward=ward, key=key, plan=plan, type=kind, answers=answers | RUNG, write=1.0)
        yield moment_of(stage, chance, ward), ask


def _manners(kind: str, chance: Random) -> Plan:
    """Most is taken and done in time; some waits too long, and some ends in another way than the usual one."""
    ends = list(
        outcomes.of({"repair": Kind.REPAIR, "it": Kind.IT, "transport": Kind.TRANSPORT}.get(kind, ""))
    )
    prompt = chance.random() < 0.9
    return Plan(
        rng=chance,
        take=chance.triangular(0.05, 0.95, 0.3) if prompt else chance.uniform(1.05, 2.0),
        work=chance.triangular(0.1, 0.9, 0.4) if prompt else chance.uniform(1.0, 1.6),
        outcome=ends[0] if chance.random() < USUAL_SHARE else chance.choice(ends[1:4]),
        cancel=chance.uniform(0.1, 1.0) if chance.random() < 0.03 else None,
    )


def _repair(ward: Department, chance: Random) -> dict[str, str | list[str]] | None:
    pieces = list(Equipment.objects.filter(department=ward, state=Equipment.State.IN_USE).order_by("pk"))
    answers: dict[str, str | list[str]] = {
        "needed": chance.choices(("now", "today", "can_wait"), (1, 6, 8))[0],
        "safe": chance.choices(("yes", "no_removed", "no_in_use"), (10, 6, 1))[0],
    }
    if pieces and chance.random() < 0.7:
        piece = chance.choice(pieces)
        chips = symptoms.SETS[CLASSES[piece.class_code].symptoms]
        answers |= {"equipment": piece.tag, "clean": chance.choice(("clean", "not_clean"))}
    else:
        room = _room(ward, chance)
        if room is None:
            return None
        chips = symptoms.SETS[symptoms.ROOM]
        answers |= {"place": room.code, "safe": "yes"}
    return answers | {"symptoms": [chance.choice(chips[:-1]).code]}


def _move(ward: Department, chance: Random) -> dict[str, str | list[str]] | None:
    rooms = list(ward.locations.filter(active=True).order_by("pk"))
    away = Location.objects.filter(hospital=ward.hospital, department__isnull=False, active=True)
    others = list(away.exclude(department=ward).order_by("pk"))
    if not rooms or not others:
        return None
    if chance.random() < 0.2:
        to = chance.choice(others).code
        return {
            "what": "goods",
            "collect": chance.choice(rooms).code,
            "to": to,
            "heavy": "no",
            "when": "free",
        }
    return {
        "what": "patient",
        "from": chance.choice(rooms).code,
        "to": chance.choice(others).code,
        "how": chance.choice(("walk", "chair", "chair", "trolley", "bed")),
        "precautions": [chance.choices(("standard", "contact", "droplet", "airborne"), (12, 2, 1, 1))[0]],
        "when": chance.choices(("free", "now"), (4, 1))[0],
        "bed": str(chance.randrange(1, 24)),
    }


def _fault(ward: Department, chance: Random) -> dict[str, str | list[str]] | None:
    code = chance.choice(list(SERVICES))
    return {
        "service": code,
        "symptom": chance.choice(SERVICES[code].symptoms[:-1]).code,
        "stops": chance.choices(("unsafe", "slowed", "one_person", "nuisance"), (1, 5, 9, 5))[0],
        "reach": "one",
        "contact": ward.phone or "0",
    }


def _clean(ward: Department, chance: Random) -> dict[str, str | list[str]] | None:
    room = _room(ward, chance)
    what = chance.choices(("discharge", "isolation", "spill", "other"), (8, 3, 2, 3))[0]
    when = {"discharge": "bed", "isolation": "bed", "spill": "now", "other": "shift"}[what]
    if room is None:
        return None
    return {"place": room.code, "what": what, "precautions": ["standard"], "when": when}


def _loan(ward: Department, chance: Random) -> dict[str, str | list[str]] | None:
    thing = chance.choice(("infusion_pump", "mattress", "wheelchair", "hoist"))
    return {"what": thing, "when": chance.choice(("now", "today")), "how_long": "week", "ward": ward.code}


def _document(ward: Department, chance: Random) -> dict[str, str | list[str]]:
    return {"what": chance.choice(DOCUMENTS), "for_whom": "A colleague"}


def _room(ward: Department, chance: Random) -> Location | None:
    rooms = list(ward.locations.filter(active=True).order_by("pk"))
    return chance.choice(rooms) if rooms else None


ANSWERS = {
    "repair": _repair,
    "transport": _move,
    "it": _fault,
    "clean": _clean,
    "loan": _loan,
    "document": _document,
}
