"""Many open requests for the board, as rows: how they are counted does not ask how they came to be. Seeded by number."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.db import models

from portal import ids
from portal.accounts.models import Department, Team, User
from portal.clock import now
from requests_app.models import Category, ServiceRequest
from requests_app.states import Kind, RequestState
from sla.models import Clock

MINUTE = timedelta(minutes=1)
TITLES = ("Syringe pump", "Nurse call", "Gloves", "Bed to theatre", "Printer", "Door closer", "Sample run")
SERVICES = ("repair_a", "it_fault", "move_patient", "clean_bed", "move_after_death")
STATES = (
    RequestState.SUBMITTED,
    RequestState.RETURNED,
    RequestState.APPROVED,
    RequestState.IN_FULFILMENT,
    RequestState.ON_HOLD,
)


def fill(
    world: SimpleNamespace, many: int, *, seed: int = 7, wards: Iterable[Department] = ()
) -> list[ServiceRequest]:
    """`many` open requests of all kinds, wards and teams; some with nobody, private, or after a death."""
    rng = random.Random(seed)
    places = list(wards) or [world.ward, world.other_ward, world.foreign_ward]
    teams = {hospital: [] for hospital in {place.hospital_id for place in places}}
    for team in Team.objects.filter(hospital__in=teams):
        teams[team.hospital_id].append(team)
    category = Category.objects.filter(kind=Kind.FORM).first() or Category.objects.first()
    moment, first = now(), ServiceRequest.objects.count()
    rows = [_one(world, rng, moment, n, places, teams, category) for n in range(first, first + many)]
    return ServiceRequest.objects.bulk_create(rows, batch_size=500)


def _one(world, rng, moment, n, places, teams, category) -> ServiceRequest:
    place = rng.choice(places)
    state = rng.choice(STATES)
    supplies = rng.random() < 0.2
    due = moment + rng.randint(-300, 600) * MINUTE
    timed = state not in (RequestState.RETURNED, RequestState.ON_HOLD) or rng.random() < 0.3
    service = "" if supplies else rng.choice(SERVICES)
    team = None if supplies or rng.random() < 0.05 else rng.choice(teams[place.hospital_id])
    sent = moment - rng.randint(1, 600) * MINUTE
    return ServiceRequest(
        number=f"SR-2099-{n:06}",
        client_key=ids.key(),
        category=category,
        hospital_id=place.hospital_id,
        department=place,
        requester=world.nurse,
        filed_by=world.nurse,
        state=state,
        state_since=sent,
        title=rng.choice(TITLES),
        service=service,
        team=team,
        assignee=world.storekeeper if state == RequestState.IN_FULFILMENT else None,
        private=service == "move_after_death",
        currency="GBP",
        created_at=sent,
        updated_at=sent,
        submitted_at=sent,
        released_at=sent,
        due_at=due if timed else None,
        warn_at=due - rng.randint(0, 200) * MINUTE if timed else None,
    )


def change(*rows: ServiceRequest, **values: Any) -> None:
    """Set columns as they stand, the state too."""
    models.QuerySet.update(ServiceRequest.objects.filter(pk__in=[row.pk for row in rows]), **values)


def ended(
    request: ServiceRequest, *, at: datetime, met: bool, took: timedelta, kind: str = "fulfilment"
) -> Clock:
    """A promise of `request` that ended."""
    return Clock.objects.create(
        request=request,
        kind=kind,
        target_seconds=3600,
        started_at=at - took,
        warn_at=at,
        due_at=at if met else at - MINUTE,
        state="stopped",
        stopped_at=at,
        outcome="met" if met else "late",
    )


def plainly_seen(user: User) -> list[ServiceRequest]:
    """The oracle of who may see what: every row, one by one, through `visible_to` and Python."""
    rows = ServiceRequest.objects.visible_to(user).select_related("team").distinct()
    return [
        row for row in rows if row.submitted_at and not row.closed_at and row.service != "move_after_death"
    ]
