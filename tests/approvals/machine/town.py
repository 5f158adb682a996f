"""A small town of people around one ward, made once; each example begins with it as it was."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

from portal import clock
from portal.accounts import scopes
from portal.accounts.models import Duty, Membership, User
from portal.audit.models import Event
from requests_app.models import CatalogueItem, ServiceRequest
from tests import journeys, personas
from tests.approvals.machine.oracle import DUTY_BELOW, GROUP, HOSPITAL, OTHER_WARD, WARD, Person

BEGIN = datetime(2031, 3, 4, 10, 0, tzinfo=UTC)  # a Tuesday morning, office hours
PENNY, POUND, HUNDRED, SAFE = "M-PENNY", "M-POUND", "M-HUNDRED", "M-SAFE"
FIRST = ("300", "999.99", "1000", "4999.99", "5000", "24999.99", "25000", "100000", "140", "100000")
AMOUNTS = tuple(
    Decimal(one)
    for one in (
        "100",
        "149.99",
        "150",
        "300",
        "999.99",
        "1000",
        "1000.01",
        "1500",
        "4999.99",
        "5000",
        "5000.01",
    )
)
HIGH = tuple(Decimal(one) for one in ("24999.99", "25000", "25000.01", "99999.99", "100000"))
WRITERS = ("nurse", "nurse", "colleague", "head", "nurse", "finance", "nurse", "head", "nurse", "colleague")


@dataclass(frozen=True)
class Setting:
    """What every example starts from."""

    world: SimpleNamespace
    people: dict[int, Person]
    names: dict[int, str]
    drafts: tuple[int, ...]
    duties: dict[str, int]
    last_event: int

    def fresh_people(self) -> dict[int, Person]:
        return {pk: replace(one, roles=set(one.roles)) for pk, one in self.people.items()}


def lines_of(amount: Decimal, *, safe: bool = False) -> dict[str, int]:
    """Quantities that cost exactly `amount`; `safe`: with ten pounds of what clinical engineering looks at."""
    if safe:
        amount -= 10
    pence = int(amount * 100)
    found = {HUNDRED: pence // 10_000, POUND: pence % 10_000 // 100, PENNY: pence % 100, SAFE: int(safe)}
    return {code: quantity for code, quantity in found.items() if quantity}


def make(world: SimpleNamespace) -> Setting:
    """Items whose quantities make any amount, people in the roles of the ward, and drafts to send."""
    with clock.at(BEGIN):
        _items(world)
        people = _people(world)
        drafts = []
        for number, (amount, writer) in enumerate(zip(FIRST, WRITERS, strict=True)):
            lines = lines_of(Decimal(amount), safe=number == 3)
            draft = journeys.draft(world, getattr(world, writer), **lines)
            drafts.append(draft.pk)
        ServiceRequest.objects.filter(pk=drafts[4]).update(beneficiary=world.head)
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return Setting(
        world=world,
        people={user.pk: _person(user, world) for user in people},
        names={user.pk: user.username for user in people},
        drafts=tuple(drafts),
        duties={code: _duty(world, code) for code in DUTY_BELOW},
        last_event=last,
    )


def _items(world: SimpleNamespace) -> None:
    vendor = world.vendors["ALB"]
    journeys.link(world)
    for number, (code, price, source, flags) in enumerate(
        (
            (PENNY, "0.01", "store", []),
            (POUND, "1", "store", []),
            (HUNDRED, "100", "buy", []),
            (SAFE, "10", "store", ["safety_critical"]),
        )
    ):
        CatalogueItem.objects.create(
            hospital=world.hospital,
            code=code,
            name=code,
            group="wound",
            order_unit="each",
            order_unit_plural="each",
            price=Decimal(price),
            source=source,
            vendor=vendor,
            usual_max=9999,
            flags=flags,
            odoo_product_id=9000 + number,
            odoo_uom_id=1,
        )


def _duty(world: SimpleNamespace, code: str) -> int:
    duty, _made = Duty.objects.get_or_create(code=code, hospital=world.hospital, department=None)
    return duty.pk


def _people(world: SimpleNamespace) -> list[User]:
    system = world.system
    scopes.grant(user=world.ward_lead, role="head", place=world.ward, by=system)
    twin = personas.person("joy.second", role="finance", place=world.hospital)
    User.objects.filter(pk__in=[world.head.pk, twin.pk]).update(person_key="staff-1")
    both = personas.person("beth.both", role="finance", place=world.hospital)
    scopes.grant(user=both, role="procurement", place=world.hospital, by=system)
    found = [
        *(world.nurse, world.colleague, world.head, world.ward_lead, twin, world.finance, both),
        *(world.finance_colleague, world.procurement, world.director, *world.executives, world.other_head),
        *(world.service_manager, world.biomed, world.system),
    ]
    return list(User.objects.filter(pk__in=[one.pk for one in found]).order_by("pk"))


def _person(user: User, world: SimpleNamespace) -> Person:
    roles = set()
    for held in Membership.objects.filter(user=user, valid_until=None):
        if held.department_id == world.ward.pk:
            roles.add((held.role, WARD))
        elif held.department_id:
            roles.add((held.role, OTHER_WARD))
        elif held.hospital_id == world.hospital.pk:
            roles.add((held.role, HOSPITAL))
        elif held.team_id is None:
            roles.add((held.role, GROUP))
    return Person(user.pk, user.person_key, user.is_active, user.kind == "person", roles)
