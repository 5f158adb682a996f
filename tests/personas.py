"""The people and places that tests speak of, made by the verbs and the data of the seed.

    world = personas.world()
    world.nurse, world.head, world.items["GLV-NIT-M"], world.ward ...

A small St Brigid's (wards 7B and 5C) and, for isolation, a ward of another hospital. Calling it twice loads what is
there.
"""

from types import SimpleNamespace
from typing import Any

from auditlog.context import disable_auditlog
from django.conf import settings
from django.test import Client

import approvals.shipped
import requests_app.configured.shipped
import sla.shipped
from portal.accounts import scopes
from portal.accounts.models import Department, Hospital, Location, Team, User
from portal.desk.seed.catalogue import sow_catalogue, sow_usual_lists
from portal.desk.seed.people import sow_people
from portal.desk.seed.places import sow_places
from portal.facts import verb
from requests_app.models import CatalogueItem, Vendor
from tests import kept_rows

PASSWORD = "portal-demo"
WARDS = {"7B", "5C", "DIG", "FIN"}
# name in tests -> account of the seed
PEOPLE = {
    "nurse": "asha.menon",
    "colleague": "tom.reid",
    "ward_lead": "grace.hill",
    "head": "joy.okoro",
    "other_nurse": "ben.carter",
    "other_head": "ruth.lang",
    "finance": "priya.shah",
    "finance_colleague": "daniel.osei",
    "procurement": "nadia.rahman",
    "compliance": "oliver.grant",
    "biomed": "ines.duarte",
    "it_head": "martin.keller",
    "product_lead": "sara.lind",
    "director": "helen.brandt",
    "storekeeper": "sam.doyle",
    "store_lead": "rita.novak",
    "buyer": "mark.evans",
    "service_manager": "claire.dubois",
    "policy_owner": "peter.hansen",
    "auditor": "amina.yusuf",
    "administrator": "alex.morgan",
    "operator": "yuki.tanaka",
}
EXECUTIVES = ("victor.adeyemi", "laura.simmons", "george.patel")
STRANGER = "nora.finch"
# A line of each kind: store and bought, each flag that adds a step, a price for each band.
ITEMS = {
    "GLV-NIT-M", "GLV-NIT-L", "APR-WHT", "MSK-IIR", "RSP-FF3", "CAN-20", "DRS-IV", "SET-PMP", "SHP-7", "WIP-SPO",
    "DIS-SCO", "NPW-KIT", "SUC-12", "SPO-SEN", "LIN-SHT", "TON-BLK", "SCN-BAR", "WOW-CRT", "PMP-SYR", "MON-PAT",
    "SCN-BLD", "HIR-BAR", "SRV-CAL",
}  # fmt: skip


def world() -> SimpleNamespace:
    """A hospital with people in the roles of PEOPLE, service hours, the approval policy, and a catalogue of ITEMS."""
    built = set(Hospital.objects.values_list("code", flat=True))
    if not {"SBG", "NFC"} <= built and not kept_rows.put_back("world"):
        empty = not User.objects.exists()
        _build(by=scopes.system_user())
        if empty:
            kept_rows.keep("world")
    hospital, other = Hospital.objects.get(code="SBG"), Hospital.objects.get(code="NFC")
    people = {user.username: user for user in User.objects.all()}
    wards = {ward.code: ward for ward in Department.objects.select_related("hospital")}
    return SimpleNamespace(
        **{name: people[username] for name, username in PEOPLE.items()},
        executives=[people[username] for username in EXECUTIVES],
        stranger=people[STRANGER],
        system=people["system"],
        hospital=hospital,
        other_hospital=other,
        ward=wards["7B"],
        other_ward=wards["5C"],
        foreign_ward=wards["RHB"],
        deliver_to=Location.objects.get(department=wards["7B"], kind=Location.Kind.CLEAN_UTILITY),
        teams={team.code: team for team in Team.objects.filter(hospital=hospital)},
        vendors={vendor.code: vendor for vendor in Vendor.objects.all()},
        items={
            item.code: item
            for item in CatalogueItem.objects.filter(hospital=hospital).select_related("vendor")
        },
        foreign_items={item.code: item for item in CatalogueItem.objects.filter(hospital=other)},
    )


@verb
def _build(*, by: User) -> None:
    with disable_auditlog():
        hospital = build_hospital("SBG", wards=WARDS, items=ITEMS, by=by)
        build_hospital("NFC", wards={"RHB"}, items={"GLV-NIT-M"}, by=by)
        sla.shipped.install(hospital=hospital, by=by)
        requests_app.configured.shipped.install(by=by)
        approvals.shipped.install(by=by)


@verb
def build_hospital(code: str, *, wards: set[str], items: set[str], by: User) -> Hospital:
    """The named wards of a hospital of the seed, store and buyers, its people of PEOPLE, and `items`."""
    hospital, _count = sow_places(code=code, only={*wards, "stores", "buying"})
    sow_people(hospital=hospital, password=PASSWORD, by=by, only={*PEOPLE.values(), *EXECUTIVES, STRANGER})
    sow_catalogue(hospital=hospital, only=items)
    sow_usual_lists(hospital=hospital)
    return hospital


def person(username: str, *, role: str = "", place: Any = None) -> User:
    """One more person, with one role if it is named."""
    first, _dot, last = username.partition(".")
    user = User.objects.create(
        username=username, first_name=first.title(), last_name=last.title(), password="!"
    )
    if role:
        scopes.grant(user=user, role=role, place=place, by=scopes.system_user())
    return user


def signed_in(user: User) -> Client:
    """A browser in which `user` has signed in."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client
