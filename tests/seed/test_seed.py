"""The seed: complete, repeatable, and never in production."""

from datetime import date
from decimal import Decimal
from io import StringIO
from types import SimpleNamespace
from unittest import mock

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from approvals.models import Budget
from integrations import linking
from integrations.odoo.errors import OdooError
from portal.accounts import passes, scopes
from portal.accounts.duties import holder_of, take_duty
from portal.accounts.duty_kinds import DUTIES
from portal.accounts.models import (
    Department,
    Duty,
    DutyHolder,
    Hospital,
    Location,
    Membership,
    Team,
    User,
)
from portal.accounts.roles import ROLES
from portal.clock import now
from portal.desk.management.commands.seed import Command
from portal.desk.seed.tables import rows_of, table
from requests_app.equipment.equipment_classes import CLASSES
from requests_app.models import CatalogueItem, Equipment, UsualLine, UsualList, Vendor
from requests_app.search import find_items
from sla import calendars
from sla.models import BusinessCalendar, Holiday
from tests import kept_rows

pytestmark = pytest.mark.timeout(180)  # each seed is seconds of work, more on a busy machine


@pytest.fixture
def seeded(db: None) -> str:
    out = StringIO()
    call_command("seed", stdout=out)
    return out.getvalue()


@pytest.fixture
def group(db: None) -> None:
    """The seeded rows, to look at: sown once in a process and put back."""
    if not kept_rows.put_back("group"):
        call_command("seed", stdout=StringIO())
        kept_rows.keep("group")


def _rows() -> dict[str, int]:
    counted = ("accounts", "audit", "requests_app", "approvals", "sla", "auditlog")
    return {
        model._meta.label: model.objects.count()
        for model in apps.get_models()
        if model._meta.app_label in counted
    }


def test_a_second_seed_changes_nothing(seeded: str) -> None:
    before = _rows()
    item = CatalogueItem.objects.get(hospital__code="SBG", code="GLV-NIT-M")
    item.price = Decimal("5.00")
    item.save()
    scopes.revoke(membership=Membership.objects.get(user__username="tom.reid"), by=scopes.system_user())
    User.objects.get(username="asha.menon").set_password("her own")
    charge = Duty.objects.get(code="nurse_in_charge", department__code="7B")
    take_duty(duty=charge, user=User.objects.get(username="joy.okoro"), by=scopes.system_user())
    before = _rows()
    out = StringIO()
    call_command("seed", stdout=out)
    assert _rows() == before
    item.refresh_from_db()
    assert item.price == 5
    assert holder_of(charge).username == "joy.okoro"
    assert " added" not in out.getvalue()
    assert "tom.reid" not in out.getvalue()


@pytest.mark.parametrize(
    ("code", "departments", "locations", "people", "equipment"),
    [("SBG", 12, 83, 66, 49), ("NFC", 4, 21, 19, 8), ("SAK", 6, 40, 25, 10)],
)
def test_each_hospital_is_whole(
    group: None, code: str, departments: int, locations: int, people: int, equipment: int
) -> None:
    hospital = Hospital.objects.get(code=code)
    assert hospital.departments.count() == departments
    assert hospital.locations.count() == locations
    assert hospital.teams.count() == 12
    assert len(rows_of("people", code)) == people
    assert hospital.catalogue.count() == 51
    assert hospital.equipment.count() == equipment
    for department in hospital.departments.all():
        assert department.locations.filter(delivery_point=True).exists(), department
        assert scopes.users_with("approve_as_head", department).exists(), department
    for role in ("finance", "procurement", "compliance", "biomed_manager", "it_head", "director"):
        assert scopes.users_with(f"approve_as_{role}", hospital).exists(), role
    for team in ("stores", "buying", "domestic", "library", "linen", "waste", "hr", "triage"):
        assert scopes.users_with("fulfil_here", hospital.teams.get(code=team)).exists(), team
    assert Membership.objects.filter(role="requester", hospital=hospital).exists()
    assert UsualList.objects.filter(department__hospital=hospital).exists()


def test_every_role_is_held_and_the_ward_has_its_lists(group: None) -> None:
    by_pass = {passes.ROLE}  # for a shift only, so that nobody of a seed has it
    assert set(Membership.objects.values_list("role", flat=True)) == set(ROLES) - by_pass
    assert UsualLine.objects.filter(usual_list__department__code="7B").count() == 21
    for line in UsualLine.objects.select_related("item"):
        assert line.quantity <= line.item.usual_max, line.item


def test_codes_of_rooms_say_where_they_are(group: None) -> None:
    room = Location.objects.get(code="SBG-MB-07-7B-S04")
    assert (room.department.code, room.kind, room.delivery_point) == ("7B", "S", False)
    for location in Location.objects.select_related("hospital", "department"):
        site, _block, level, _unit, suffix = location.code.split("-")
        assert (site, len(level)) == (location.hospital.code, 2)
        assert suffix.rstrip("0123456789") == location.kind
        assert location.department is None or location.department.hospital == location.hospital


def test_prices_and_words_are_those_of_the_hospital(group: None) -> None:
    price = {
        item.hospital.code: (item.price, item.hospital.currency)
        for item in CatalogueItem.objects.filter(code="GLV-NIT-M").select_related("hospital")
    }
    assert price == {
        "SBG": (Decimal("4.20"), "GBP"),
        "NFC": (Decimal("4.20"), "GBP"),
        "SAK": (Decimal("4.90"), "EUR"),
    }
    assert not find_items(Hospital.objects.get(code="SBG"), "Handschuhe")
    assert find_items(Hospital.objects.get(code="SAK"), "Handschuhe")
    assert Vendor.objects.count() == 10


def test_each_hospital_keeps_its_own_holidays(group: None) -> None:
    year = now().year
    free = {
        code: set(Holiday.objects.filter(hospital__code=code, date__year=year).values_list("date", flat=True))
        for code in ("SBG", "NFC", "SAK")
    }
    unity, all_saints, boxing = date(year, 10, 3), date(year, 11, 1), date(year, 12, 26)
    assert {unity, all_saints, boxing} <= free["SAK"]
    assert not {unity, all_saints} & free["SBG"]
    assert free["SBG"] == free["NFC"]
    office = BusinessCalendar.objects.get(hospital__code="SAK", code="office")
    assert f"{year}-11-01" in office.days_off


def test_teams_have_hours_that_exist_and_porters_of_the_small_hospital_go_home(group: None) -> None:
    for team in Team.objects.select_related("hospital"):
        assert calendars.find(team.hospital, [team.calendar]), team
    small = Team.objects.get(hospital__code="NFC", code="porters")
    row = calendars.find(small.hospital, [small.calendar])["porters"]
    hours = calendars.compiled(row, "Europe/London")
    assert hours.working_day_seconds == 13 * 3600
    assert Team.objects.get(hospital__code="SBG", code="porters").calendar == "always"


def test_equipment_stands_in_a_room_of_its_hospital(group: None) -> None:
    assert Equipment.objects.count() == 67
    for piece in Equipment.objects.select_related("location", "department"):
        assert piece.location is not None, piece
        assert piece.location.hospital_id == piece.hospital_id
        assert piece.department is None or piece.location.department == piece.department
        assert piece.class_code in CLASSES
    pump = Equipment.objects.get(hospital__code="SBG", tag="10241")
    assert (pump.class_code, pump.criticality, pump.state) == ("infusion_pump", "B", "out_of_use")
    assert set(Equipment.objects.values_list("criticality", flat=True)) == {"A", "B", "C", "D"}
    assert [gone.state for gone in Equipment.objects.filter(active=False)] == ["condemned"]


def test_budgets_stand_on_cost_centres_in_their_currency(group: None) -> None:
    assert Budget.objects.count() == 45
    known = {"", "610020", *Department.objects.values_list("cost_centre", flat=True)}
    currency = dict(Department.objects.values_list("cost_centre", "hospital__currency"))
    for budget in Budget.objects.all():
        assert budget.cost_centre in known
        assert budget.currency == currency.get(budget.cost_centre, "GBP")
    capital = Budget.objects.get(spend_group="capital")
    assert (capital.amount, capital.period, capital.check_kind) == (1_200_000, "year", "stop")


def test_every_duty_has_a_holder_of_today(group: None) -> None:
    assert Duty.objects.count() == 30
    assert DutyHolder.objects.filter(until=None).count() == 30
    assert set(Duty.objects.values_list("code", flat=True)) == set(DUTIES)


def test_everybody_of_the_table_can_sign_in_and_is_printed_with_roles(seeded: str, client) -> None:
    assert "portal-demo" in seeded
    for user in User.objects.filter(kind=User.Kind.PERSON):
        assert f"  {user.username} " in seeded
    assert "Head of department, Ward 7B, Acute Medicine" in seeded
    assert client.login(username="asha.menon", password="portal-demo")


def test_the_password_is_the_one_of_the_settings(db: None, settings, client) -> None:
    settings.SEED_PASSWORD = "another one"
    out = StringIO()
    call_command("seed", stdout=out)
    assert "made by the seed: another one)" in out.getvalue()
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
