"""Duties: who may take them, that one person has each, and what the record and the pages say of it."""

from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal import clock
from portal.accounts import duties, scopes
from portal.accounts.duty_kinds import DUTIES, allowed_by
from portal.accounts.models import Duty, DutyHolder, Membership, User
from portal.accounts.roles import ROLES
from portal.audit.models import Event
from portal.errors import NotAllowed
from sla.shipped import CALENDARS
from tests import personas


def duty(world: SimpleNamespace, code: str, *, of_ward: bool = False) -> Duty:
    """The duty `code` of the hospital, or of the ward 7B."""
    ward = world.ward if of_ward else None
    return Duty.objects.get_or_create(
        hospital=world.hospital, code=code, department=ward, defaults={"calendar": DUTIES[code].calendar}
    )[0]


def take(duty: Duty, user: User) -> DutyHolder:
    return duties.take_duty(duty=duty, user=user, by=user)


def test_whoever_takes_a_duty_ends_that_of_the_one_before(world: SimpleNamespace) -> None:
    charge = duty(world, "nurse_in_charge", of_ward=True)
    assert duties.holder_of(charge) is None
    first = take(charge, world.ward_lead)
    second = take(charge, world.head)
    first.refresh_from_db()
    assert first.until == second.since
    assert duties.holder_of(charge) == world.head
    assert [list(duties.held_by(who)) for who in (world.ward_lead, world.head)] == [[], [second]]
    assert charge.holders.count() == 2


def test_the_record_says_who_took_it_from_whom(world: SimpleNamespace) -> None:
    charge = duty(world, "nurse_in_charge", of_ward=True)
    take(charge, world.ward_lead)
    take(charge, world.head)
    first, second = Event.objects.filter(action="duty.taken").order_by("pk")
    assert (first.subject, first.before) == (f"duty:{charge.pk}", {})
    assert first.after == {"duty": "nurse_in_charge", "holder": f"user:{world.ward_lead.pk}"}
    assert (second.actor, second.before) == (world.head, {"holder": f"user:{world.ward_lead.pk}"})


def test_taking_what_one_has_changes_nothing(world: SimpleNamespace) -> None:
    charge = duty(world, "nurse_in_charge", of_ward=True)
    assert take(charge, world.head) == take(charge, world.head)
    assert Event.objects.filter(action="duty.taken").count() == 1


def test_only_the_roles_of_the_table_may_take_it_there_where_they_are_held(world: SimpleNamespace) -> None:
    charge = duty(world, "nurse_in_charge", of_ward=True)
    for who in (world.nurse, world.other_head, world.stranger, world.service_manager, world.system):
        with pytest.raises(NotAllowed):
            take(charge, who)
    site = duty(world, "site_manager")
    assert take(site, world.service_manager)
    with pytest.raises(NotAllowed):
        take(site, world.head)
    assert take(duty(world, "exec_on_call"), world.executives[0])
    assert duties.holder_of(charge) is None


def test_members_of_a_team_may_take_its_duty_at_their_hospital(world: SimpleNamespace) -> None:
    engineer = personas.person("karim.aziz", role="fulfiller", place=world.teams["stores"])
    on_call = duty(world, "biomed_on_call")
    with pytest.raises(NotAllowed):
        take(on_call, engineer)
    world.teams["stores"].code = "biomed"
    world.teams["stores"].save()
    assert take(on_call, engineer)
    elsewhere = Duty.objects.create(hospital=world.other_hospital, code="biomed_on_call", calendar="biomed")
    with pytest.raises(NotAllowed):
        take(elsewhere, engineer)


def test_a_role_that_ended_or_a_duty_out_of_use_gives_nothing(world: SimpleNamespace) -> None:
    charge = duty(world, "nurse_in_charge", of_ward=True)
    scopes.revoke(membership=Membership.objects.get(user=world.ward_lead), by=world.system)
    with pytest.raises(NotAllowed):
        take(charge, world.ward_lead)
    charge.active = False
    charge.save()
    with pytest.raises(NotAllowed):
        take(charge, world.head)


def test_the_database_keeps_one_holder_for_each_duty(world: SimpleNamespace) -> None:
    charge = duty(world, "nurse_in_charge", of_ward=True)
    take(charge, world.head)
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyHolder.objects.create(duty=charge, user=world.ward_lead, since=clock.now())


def test_the_table_names_roles_teams_and_calendars_that_exist() -> None:
    calendars = {code for code, *_rest in CALENDARS}
    for kind in DUTIES.values():
        assert kind.calendar in calendars
        assert set(kind.roles) <= set(ROLES)
        assert kind.roles or kind.team


def test_ones_own_page_shows_what_one_may_take_and_takes_it(world: SimpleNamespace) -> None:
    charge = duty(world, "nurse_in_charge", of_ward=True)
    take(charge, world.ward_lead)
    head = personas.signed_in(world.head)
    text = head.get(reverse("accounts:me")).content.decode()
    assert "On duty: Grace Hill" in text
    answer = head.post(reverse("accounts:take-duty"), {"duty": charge.pk}, follow=True)
    text = answer.content.decode()
    assert "On duty: you" in text
    assert "You are on duty: Nurse in charge of the ward, Ward 7B, Acute Medicine." in text
    assert "Take it over" not in text
    home = head.get("/").content.decode()
    assert "On duty: <b>Nurse in charge of the ward, Ward 7B, Acute Medicine</b>" in home
    assert "On duty:" not in personas.signed_in(world.ward_lead).get("/").content.decode()


@pytest.mark.parametrize("key", ["", "0", "-1", "99999999999999999999", "seven"])
def test_another_duty_looks_like_none(world: SimpleNamespace, key: str) -> None:
    duty(world, "site_manager")
    answer = personas.signed_in(world.head).post(reverse("accounts:take-duty"), {"duty": key})
    assert answer.status_code == 404


def test_a_duty_of_other_roles_looks_like_none_and_is_not_shown(world: SimpleNamespace) -> None:
    site = duty(world, "site_manager")
    nurse = personas.signed_in(world.nurse)
    assert nurse.post(reverse("accounts:take-duty"), {"duty": site.pk}).status_code == 404
    assert "Site manager on duty" not in nurse.get(reverse("accounts:me")).content.decode()
    assert duties.holder_of(site) is None


@pytest.mark.parametrize("rows", [1, 3])
def test_the_offer_costs_three_queries(world: SimpleNamespace, rows: int, django_assert_num_queries) -> None:
    for code in ("site_manager", "manager_on_call")[: rows - 1] or ():
        take(duty(world, code), world.service_manager)
    scopes.grant(user=world.service_manager, role="ward_lead", place=world.ward, by=world.system)
    take(duty(world, "nurse_in_charge", of_ward=True), world.ward_lead)
    with django_assert_num_queries(3):
        offered = duties.on_offer(world.service_manager)
        assert len([one.present[0].user.username for one in offered]) == rows


def test_only_whom_the_table_names_is_asked_about_on_home(world: SimpleNamespace) -> None:
    assert not any(allowed_by(held) for held in Membership.objects.filter(user=world.nurse))
    assert all(allowed_by(held) for held in Membership.objects.filter(user=world.head))
