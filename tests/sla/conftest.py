"""A small hospital and requests that reached their state through the verbs."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from auditlog.context import disable_auditlog
from django.dispatch import Signal

from portal import clock
from portal.accounts import scopes
from portal.accounts.models import Department, Hospital, Team, User
from requests_app import lifecycle
from requests_app.models import CatalogueItem, Category, ServiceRequest
from requests_app.states import EmergencyReason, Kind, RunOut, Source
from requests_app.supplies import drafting
from requests_app.supplies.quoting import quote
from sla import shipped

TUESDAY = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)  # 09:00 in London


@dataclass
class Place:
    hospital: Hospital
    ward: Department
    nurse: User
    system: User

    def item(
        self, code: str, source: str = Source.STORE, lead_days: int = 0, price: int = 4
    ) -> CatalogueItem:
        item, _made = CatalogueItem.objects.get_or_create(
            hospital=self.hospital,
            code=code,
            defaults={
                "name": f"Item {code}",
                "group": "protection",
                "order_unit": "box",
                "order_unit_plural": "boxes",
                "price": price,
                "source": source,
                "lead_days": lead_days,
                "usual_max": 100,
            },
        )
        return item

    def draft(
        self, *items: CatalogueItem, run_out: str = RunOut.FINE, needed_by: date | None = None
    ) -> ServiceRequest:
        return drafting.save_draft(
            by=self.nurse,
            client_key=uuid.uuid4(),
            department=self.ward,
            quantities={item.code: 2 for item in items or [self.item("GLV")]},
            run_out=run_out,
            needed_by=needed_by,
            answered_by="The store",
            emergency_reason=EmergencyReason.NO_STOCK,
        )

    def send(self, *items: CatalogueItem, **draft: object) -> ServiceRequest:
        request = self.draft(*items, **draft)
        return lifecycle.submit(public_id=request.public_id, by=self.nurse, seen=quote(request).fingerprint)

    def release(self, *items: CatalogueItem, **draft: object) -> ServiceRequest:
        return lifecycle.approve(request=self.send(*items, **draft), by=self.system)


def build_place(code: str = "SBG", zone: str = "Europe/London", *, hours: bool = True) -> Place:
    system = scopes.system_user()
    Category.objects.get_or_create(code="supply", defaults={"name": "Supplies", "kind": Kind.SUPPLY})
    hospital = Hospital.objects.create(code=code, name="St Brigid's", time_zone=zone)
    ward = Department.objects.create(hospital=hospital, code="7B", name="Ward 7B")
    for team in ("stores", "buying"):
        Team.objects.create(hospital=hospital, code=team, name=team.title())
    nurse = User.objects.create_user(username=f"nurse-{code}", first_name="Asha", last_name="Menon")
    scopes.grant(user=nurse, role="requester", place=ward, by=system)
    if hours:
        with disable_auditlog():
            shipped.install(hospital=hospital, by=system)
    return Place(hospital, ward, nurse, system)


@pytest.fixture
def tuesday():
    """It is Tuesday 12 May 2026, 09:00 in London."""
    with clock.at(TUESDAY):
        yield TUESDAY


@pytest.fixture
def place(db, tuesday) -> Place:
    """A hospital with the shipped hours and targets, and no approval policy: what is sent stays sent."""
    scopes.sync_roles()
    return build_place()


@pytest.fixture
def facts_heard(db) -> Callable[..., list]:
    """Subscribe to facts for the length of a test; returns the list that fills."""
    heard: list[tuple[str, dict]] = []
    wires: list[tuple[Signal, Callable]] = []

    def listen(**signals: Signal) -> list:
        for name, signal in signals.items():

            def hear(
                sender: object = None, signal: object = None, _name: str = name, **values: object
            ) -> None:
                heard.append((_name, values))

            signal.connect(hear, weak=False)
            wires.append((signal, hear))
        return heard

    yield listen
    for signal, hear in wires:
        signal.disconnect(hear)
