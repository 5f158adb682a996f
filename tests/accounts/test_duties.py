"""Duties: who may take them, that one person has each, and what the record and the pages say of it."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal import clock
from portal.accounts import duties, scopes
from portal.accounts.duty_kinds import DUTIES, allowed_by
from portal.accounts.models import Duty, DutyHolder, Membership, User
from portal.accounts.roles import ROLES
from portal.audit.models import Event
from portal.desk import duty_watch
from portal.errors import Invalid, NotAllowed, WrongState
from requests_app import casework
from requests_app.models import CaseException
from sla.shipped import CALENDARS
from tests import it_desk, personas


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


def test_who_may_take_it_is_who_finds_it_on_offer(world: SimpleNamespace) -> None:
    everybody = User.objects.filter(kind=User.Kind.PERSON)
    for code, kind in DUTIES.items():
        one = duty(world, code, of_ward=kind.of_a_ward)
        able = {who for who in everybody if duties.open_to(who).filter(pk=one.pk).exists()}
        assert set(duties.may_take(one)) == able, code


def test_handed_over_to_a_colleague_who_may_have_it(world: SimpleNamespace) -> None:
    charge = duty(world, "nurse_in_charge", of_ward=True)
    take(charge, world.ward_lead)
    lead, page = personas.signed_in(world.ward_lead), reverse("accounts:hand-over", args=[charge.pk])
    assert "Joy Okoro" in lead.get(page).text
    assert "Asha Menon" not in lead.get(page).text
    for key in ("", str(world.nurse.pk), str(world.ward_lead.pk), "x"):
        assert lead.post(page, {"user": key}).status_code == 422
    assert personas.signed_in(world.head).get(page).status_code == 404
    answer = lead.post(page, {"user": str(world.head.pk)}, follow=True)
    assert "Joy Okoro is on duty now." in answer.text
    assert duties.holder_of(charge) == world.head
    assert lead.post(page, {"user": str(world.head.pk)}).status_code == 404
    with pytest.raises(WrongState):
        duties.hand_over(duty=charge, user=world.head, by=world.ward_lead)
    with pytest.raises(Invalid):
        duties.hand_over(duty=charge, user=world.nurse, by=world.head)
    assert Event.objects.filter(action="duty.taken").latest("pk").actor == world.ward_lead


def test_given_up_it_is_nobodys(world: SimpleNamespace) -> None:
    charge = duty(world, "nurse_in_charge", of_ward=True)
    take(charge, world.head)
    end = reverse("accounts:give-up", args=[charge.pk])
    assert personas.signed_in(world.ward_lead).post(end).status_code == 404
    assert personas.signed_in(world.head).post(end).status_code == 302
    assert duties.holder_of(charge) is None
    event = Event.objects.get(action="duty.given_up")
    assert (event.actor, event.before["duty"]) == (world.head, "nurse_in_charge")
    assert "Nobody" in personas.signed_in(world.nurse).get(reverse("accounts:duties")).text


def test_who_is_on_duty_stands_there_with_the_number_of_the_duty(world: SimpleNamespace) -> None:
    site = duty(world, "site_manager")
    site.phone = "7007"
    site.save()
    take(site, world.service_manager)
    page = personas.signed_in(world.nurse).get(reverse("accounts:duties")).text
    assert "Claire Dubois" in page
    assert 'href="tel:7007"' in page
    assert "Claire Dubois" not in personas.signed_in(world.stranger).get(reverse("accounts:duties")).text


def open_now() -> list[CaseException]:
    return list(CaseException.objects.filter(kind="duty_not_covered", closed_at=None))


def test_uncovered_for_a_quarter_of_an_hour_it_is_an_exception_that_ends_when_somebody_takes_it(
    world: SimpleNamespace,
) -> None:
    site, begin = duty(world, "site_manager"), clock.now()
    take(site, world.service_manager)
    with clock.at(begin + timedelta(hours=1)):
        duties.give_up(duty=site, by=world.service_manager)
        assert duty_watch.sweep() == 0
    with clock.at(begin + timedelta(minutes=74)):
        assert (duty_watch.sweep(), open_now()) == (0, [])
    with clock.at(begin + timedelta(minutes=75)):
        assert (duty_watch.sweep(), duty_watch.sweep()) == (1, 1)
        found = open_now()
        assert len(found) == 1
        assert (found[0].owner_role, found[0].due_at - found[0].opened_at) == (
            "service_manager",
            timedelta(minutes=15),
        )
        take(site, world.service_manager)
        assert open_now() == []
    with clock.at(begin + timedelta(hours=9)):
        duties.give_up(duty=site, by=world.service_manager)
    with clock.at(begin + timedelta(hours=10)):
        assert (duty_watch.sweep(), len(open_now())) == (1, 1)


def test_what_was_settled_with_a_reason_is_not_opened_anew_in_the_same_shift(world: SimpleNamespace) -> None:
    duty(world, "site_manager")
    begin = clock.now()
    duty_watch.sweep()
    casework.close_exception(exception=open_now()[0], by=world.service_manager, reason="The matron covers.")
    with clock.at(begin + timedelta(hours=11)):
        duty_watch.sweep()
        assert open_now() == []
    with clock.at(begin + timedelta(hours=13)):
        duty_watch.sweep()
        assert len(open_now()) == 1


def test_on_call_stands_outside_the_hours_only(world: SimpleNamespace) -> None:
    call, zone = duty(world, "manager_on_call"), ZoneInfo(world.hospital.time_zone)
    for hour, minute, stands in ((10, 0, False), (3, 0, True)):
        moment = datetime(2026, 5, 13, hour, minute, tzinfo=zone)
        assert duty_watch.stands(call, moment) is stands
        with clock.at(moment):
            assert duty_watch.sweep() == stands
    assert len(open_now()) == 1
    with clock.at(datetime(2026, 5, 13, 10, 0, tzinfo=zone)):  # the office is open: nobody is needed
        duty_watch.sweep()
    assert open_now() == []


def test_an_emergency_names_who_is_on_duty(world: SimpleNamespace) -> None:
    it_desk.add(world)
    on_call = duty(world, "it_on_call")
    take(on_call, world.technician)
    nurse = personas.signed_in(world.nurse)
    saved = it_desk.draft(world, "it", **it_desk.EMERGENCY)
    page = reverse("requests:draft-edit", args=[saved.public_id])
    assert f"<bdi>{world.technician.get_full_name()}</bdi>" in nurse.get(page).text
    duties.give_up(duty=on_call, by=world.technician)
    assert "IT on call: nobody" in nurse.get(page).text
    assert "IT on call" not in nurse.get(reverse("requests:ask-new", args=["it"])).text
