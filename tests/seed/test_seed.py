"""The seed: complete, repeatable, and never in production."""

from decimal import Decimal
from io import StringIO
from types import SimpleNamespace
from unittest import mock

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from integrations import linking
from integrations.odoo.errors import OdooError
from portal.accounts import scopes
from portal.accounts.models import Hospital, Membership, User
from portal.accounts.roles import ROLES
from portal.desk.management.commands.seed import Command
from portal.desk.seed.tables import table
from requests_app.models import CatalogueItem, UsualLine
from requests_app.search import find_items


@pytest.fixture
def seeded(db: None) -> str:
    out = StringIO()
    call_command("seed", stdout=out)
    return out.getvalue()


def _rows() -> dict[str, int]:
    counted = ("accounts", "audit", "requests_app", "approvals", "sla", "auditlog")
    return {
        model._meta.label: model.objects.count()
        for model in apps.get_models()
        if model._meta.app_label in counted
    }


def test_a_second_seed_changes_nothing(seeded: str) -> None:
    before = _rows()
    item = CatalogueItem.objects.get(code="GLV-NIT-M")
    item.price = Decimal("5.00")
    item.save()
    scopes.revoke(membership=Membership.objects.get(user__username="tom.reid"), by=scopes.system_user())
    User.objects.get(username="asha.menon").set_password("her own")
    before = _rows()
    out = StringIO()
    call_command("seed", stdout=out)
    assert _rows() == before
    assert CatalogueItem.objects.get(code="GLV-NIT-M").price == 5
    assert "nothing to add" in out.getvalue()
    assert "tom.reid" not in out.getvalue()


def test_the_hospital_is_whole(seeded: str) -> None:
    hospital = Hospital.objects.get()
    assert hospital.departments.count() == 12
    assert hospital.teams.count() == 12
    assert CatalogueItem.objects.filter(hospital=hospital).count() == 48
    for department in hospital.departments.all():
        assert department.locations.filter(delivery_point=True).exists(), department
        assert scopes.users_with("approve_as_head", department).exists(), department
    for role in set(ROLES) - {"requester"}:
        assert Membership.objects.filter(role=role).exists(), role
    assert UsualLine.objects.filter(usual_list__department__code="7B").count() == 21
    assert UsualLine.objects.filter(usual_list__department__code="5C").exists()


def test_everybody_of_the_table_can_sign_in_and_is_printed_with_roles(seeded: str, client) -> None:
    assert "portal-demo" in seeded
    for user in User.objects.filter(kind=User.Kind.PERSON):
        assert f"  {user.username} " in seeded
    assert "Head of department, Ward 7B, Acute Medicine" in seeded
    assert client.login(username="asha.menon", password="portal-demo")


def test_the_password_comes_from_the_environment(db: None, monkeypatch: pytest.MonkeyPatch, client) -> None:
    monkeypatch.setenv("SEED_PASSWORD", "another one")
    call_command("seed", stdout=StringIO())
    assert client.login(username="joy.okoro", password="another one")


def test_production_refuses_the_seed(db: None, settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("seed", stdout=StringIO())
    assert not User.objects.exists()


def test_the_catalogue_reads_as_the_ward_speaks(world: SimpleNamespace) -> None:
    gloves = world.items["GLV-NIT-M"]
    assert (gloves.order_unit, gloves.order_unit_plural, gloves.contains_quantity, gloves.contains_unit) == (
        "box",
        "boxes",
        100,
        "gloves",
    )
    assert world.items["PMP-SYR"].price == 1850
    assert world.items["PMP-SYR"].flags == ["capital", "regulated", "safety_critical", "training_needed"]
    assert "24K" in world.items["SUC-12"].stopped_reason
    assert gloves.alternative == world.items["GLV-NIT-L"]
    assert world.items["CAN-20"] in find_items(world.hospital, "venflon")
    assert {row["source"] for row in table("catalogue")} == {"store", "buy", "hire", "service"}


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (linking.Linked(items=46, vendors=9, missing_items=["TON-BLK"]), "46 items and 9 suppliers linked"),
        (linking.Linked(missing_items=["TON-BLK"]), "does not know: TON-BLK"),
        (
            OdooError("no route.", permanent=False, kind="transport"),
            "did not answer: no route. Seed again later",
        ),
    ],
)
def test_linking_is_tried_where_odoo_is_named(db: None, settings, outcome: object, said: str) -> None:
    settings.ODOO_URL = "http://odoo.example"
    out = StringIO()
    with mock.patch("integrations.linking.link_catalogue", side_effect=[outcome]):
        Command(stdout=out).link()
    assert said in out.getvalue()


def test_without_odoo_nothing_is_linked(db: None, settings) -> None:
    settings.ODOO_URL = ""
    with mock.patch("integrations.linking.link_catalogue") as link:
        Command(stdout=StringIO()).link()
    assert not link.called
