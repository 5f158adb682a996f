"""Passes of temporary staff, and finding a colleague."""

import re
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.accounts import duties, passes, people, scopes
from portal.accounts.models import Duty, TemporaryPass, User
from portal.accounts.roles import ROLES
from portal.accounts.tasks import expire_memberships
from portal.audit.models import Event
from portal.errors import Invalid, NotAllowed, NotFound
from requests_app import asking
from requests_app.models import ServiceRequest
from requests_app.supplies import drafting
from tests import it_desk, journeys, personas


def issued(world: SimpleNamespace, by: User | None = None, **names: str) -> tuple[TemporaryPass, str]:
    values = {"first_name": "Lena", "last_name": "Brook"} | names
    return passes.issue_pass(by=by or world.ward_lead, department=world.ward, **values)


def sign_in(username: str, password: str) -> Client:
    browser = Client()
    browser.post(reverse("account_login"), {"login": username, "password": password})
    return browser


def is_in(browser: Client) -> bool:
    return browser.get(reverse("desk:home")).status_code == 200


# ---- giving out ----


def test_a_pass_is_given_out_on_its_page_and_its_password_is_shown_once(world: SimpleNamespace) -> None:
    lead = personas.signed_in(world.ward_lead)
    assert reverse("accounts:passes") in lead.get(reverse("accounts:me")).text
    typed = {"first_name": "Lena", "last_name": "Brook", "department": world.ward.pk}
    answer = lead.post(reverse("accounts:pass-new"), typed)
    page = lead.get(answer["Location"])
    assert "no-store" in page["Cache-Control"]
    given = TemporaryPass.objects.get()
    assert lead.get(answer["Location"])["Location"] == reverse("accounts:passes"), "shown once"
    password = re.search(r'id="password">([^<]+)<', page.text)[1]
    assert given.user.get_full_name() == "Lena Brook"
    assert password not in given.user.password
    listed = lead.get(reverse("accounts:passes")).text
    assert "Lena Brook" in listed
    assert password not in listed
    assert is_in(sign_in(given.user.username, password))
    assert not is_in(sign_in(given.user.username, "portal-demo"))


def test_the_same_form_twice_makes_one_pass(world: SimpleNamespace) -> None:
    lead, new = personas.signed_in(world.ward_lead), reverse("accounts:pass-new")
    key = re.search(r'name="key" value="([^"]+)"', lead.get(new).text)[1]
    typed = {"key": key, "first_name": "Lena", "last_name": "Brook", "department": world.ward.pk}
    first, second = lead.post(new, typed), lead.post(new, typed)
    assert first["Location"] == second["Location"]
    assert TemporaryPass.objects.count() == 1
    assert 'id="password"' in lead.get(second["Location"]).text
    head = personas.signed_in(world.head)
    assert head.get(first["Location"]).status_code == 302, "nobody else is shown the password"
    assert lead.post(new, typed | {"key": ""}).status_code == 302
    assert TemporaryPass.objects.count() == 2


def test_the_record_says_who_let_whom_in_and_never_the_password(world: SimpleNamespace) -> None:
    given, password = issued(world)
    passes.revoke_pass(by=world.head, ref=given.ref)
    told = list(Event.objects.filter(action__startswith="pass.").order_by("pk"))
    assert [(event.action, event.actor) for event in told] == [
        ("pass.issued", world.ward_lead),
        ("pass.ended", world.head),
    ]
    assert told[0].after["user"] == f"user:{given.user_id}"
    assert all(
        password not in str((event.before, event.after, event.reason)) for event in Event.objects.all()
    )


def test_only_who_is_in_charge_of_the_ward_gives_out_passes(world: SimpleNamespace) -> None:
    for who in (world.nurse, world.other_head, world.director, world.administrator, world.service_manager):
        with pytest.raises(NotAllowed):
            issued(world, who)
    for who in (world.nurse, world.director, world.administrator):
        assert personas.signed_in(who).get(reverse("accounts:pass-new")).status_code == 403
    assert issued(world, world.head)[0].department == world.ward


def test_whoever_takes_the_duty_may_and_who_hands_it_over_may_no_longer(world: SimpleNamespace) -> None:
    duty = Duty.objects.create(
        hospital=world.hospital, department=world.other_ward, code="nurse_in_charge", calendar="always"
    )
    charge = personas.person("rosa.field", role="ward_lead", place=world.other_ward)
    duties.take_duty(duty=duty, user=charge, by=charge)
    scopes.revoke(membership=charge.memberships.get(), by=world.system)
    assert list(passes.wards_of(charge)) == [world.other_ward]
    duties.take_duty(duty=duty, user=world.other_head, by=world.other_head)
    assert list(passes.wards_of(charge)) == []


@pytest.mark.parametrize(("field", "value"), [("first_name", "  "), ("last_name", "x" * 61)])
def test_a_pass_needs_a_name(world: SimpleNamespace, field: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        issued(world, **{field: value})
    assert set(refused.value.errors) == {field}
    assert not User.objects.filter(username__startswith="temp.").exists()


def test_a_ward_has_so_many_passes_and_no_more(
    world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passes, "MOST", 2)
    issued(world)
    given, _password = issued(world)
    with pytest.raises(Invalid):
        issued(world)
    passes.revoke_pass(by=world.ward_lead, ref=given.ref)
    assert issued(world)[0].pk


def test_the_list_of_passes_costs_the_same_for_one_and_three(world: SimpleNamespace) -> None:
    lead, counts = personas.signed_in(world.ward_lead), []
    for rows in (1, 3):
        while TemporaryPass.objects.count() < rows:
            issued(world)
        with CaptureQueriesContext(connection) as asked:
            assert lead.get(reverse("accounts:passes")).status_code == 200
        counts.append(len(asked))
    assert counts == [6, 6]


# ---- what it allows ----


def test_a_pass_lets_somebody_ask_for_wards_of_the_hospital_and_decides_nothing(
    world: SimpleNamespace,
) -> None:
    given, _password = issued(world)
    for ward in (world.ward, world.other_ward):
        draft = drafting.save_draft(
            by=given.user,
            client_key=uuid.uuid4(),
            department=ward,
            quantities={"GLV-NIT-M": 30},
            run_out="fine",
            note="x",
        )
        assert journeys.send(draft).state == "submitted"
    with pytest.raises(Invalid):
        drafting.save_draft(
            by=given.user, client_key=uuid.uuid4(), department=world.foreign_ward, quantities={}
        )
    assert not any(right.startswith("approve") for right in ROLES["temporary"].permissions)
    assert personas.signed_in(given.user).get(reverse("approvals:inbox")).status_code in (200, 403)
    assert not any(
        given.user in {row.user for row in step.approvers.all()} for step in journeys.open_steps(draft)
    )
    assert list(passes.wards_of(given.user)) == []


# ---- its end ----


def test_after_thirteen_hours_it_gives_nothing_and_the_sweep_closes_the_account(
    world: SimpleNamespace,
) -> None:
    given, password = issued(world)
    browser = sign_in(given.user.username, password)
    assert is_in(browser)
    assert given.ends_at - given.issued_at == timedelta(hours=13)
    with clock.at(given.ends_at):
        assert not scopes.has_perm_at(given.user, "work_here", world.ward)
        for _tick in range(2):
            expire_memberships.run()
        assert not is_in(browser)
        assert not is_in(sign_in(given.user.username, password))
    given.user.refresh_from_db()
    assert not given.user.is_active
    assert Event.objects.filter(action="pass.ended").count() == 1
    assert Event.objects.get(action="pass.ended").actor == world.system


def test_a_moment_before_its_end_it_still_counts(world: SimpleNamespace) -> None:
    given, password = issued(world)
    with clock.at(given.ends_at - timedelta(seconds=1)):
        expire_memberships.run()
        assert is_in(sign_in(given.user.username, password))


def test_who_is_in_charge_ends_a_pass_at_once_and_nobody_else(world: SimpleNamespace) -> None:
    given, password = issued(world)
    browser = sign_in(given.user.username, password)
    address = reverse("accounts:pass-revoke", args=[given.ref])
    assert personas.signed_in(world.nurse).post(address).status_code == 404
    with pytest.raises(NotFound):
        passes.revoke_pass(by=given.user, ref=given.ref)
    lead = personas.signed_in(world.ward_lead)
    for _again in range(2):
        assert lead.post(address).status_code == 302
    assert not is_in(browser)
    assert Event.objects.filter(action="pass.ended").count() == 1
    lead.get(reverse("accounts:passes"))  # with what was said about it
    assert "Lena Brook" not in lead.get(reverse("accounts:passes")).text
    with clock.at(given.ends_at + timedelta(days=1)):
        assert passes.close_over() == 0


# ---- colleagues ----


def test_colleagues_are_found_by_the_beginning_of_their_names_with_ward_and_nothing_else(
    world: SimpleNamespace,
) -> None:
    found = people.find(world.nurse, "tom re")
    assert [(one.username, one.name, one.where) for one in found] == [
        ("tom.reid", "Tom Reid", world.ward.name)
    ]
    nurse = personas.signed_in(world.nurse)
    page = nurse.get(reverse("accounts:people-find"), {"q": "reid"}).text
    assert "Tom Reid" in page
    assert "@sbg.example" not in page
    options = nurse.get(
        reverse("accounts:people-find"), {"q-person": "reid"}, headers={"HX-Request": "true"}
    ).text
    assert options.strip() == f'<option value="tom.reid">Tom Reid, {world.ward.name}</option>'


def test_nobody_of_another_hospital_nobody_who_left_and_not_everybody_at_once(world: SimpleNamespace) -> None:
    assert people.find(world.nurse, "nora finch") == []
    assert people.find(world.stranger, "tom reid") == []
    User.objects.filter(pk=world.colleague.pk).update(is_active=False)
    assert people.find(world.nurse, "tom reid") == []
    assert people.find(world.nurse, "a") == []
    assert people.find(world.nurse, "  ") == []
    for number in range(people.MOST + 5):
        person = personas.person(f"zacharias.n{number}")
        scopes.grant(user=person, role="requester", place=world.ward, by=world.system)
    assert len(people.find(world.nurse, "zach")) == people.MOST


def test_the_search_costs_the_same_for_one_and_for_many(world: SimpleNamespace) -> None:
    counts = []
    for words in ("tom.reid", "personen"):
        for number in range(3):
            person = personas.person(f"personen.n{number}.{words[:3]}")
            scopes.grant(user=person, role="requester", place=world.ward, by=world.system)
        with CaptureQueriesContext(connection) as asked:
            assert people.find(world.nurse, words)
        counts.append(len(asked))
    assert counts == [3, 3]


def test_a_colleague_who_cannot_sign_in_is_asked_for_and_must_work_here(world: SimpleNamespace) -> None:
    it_desk.add(world, duties=False)
    nurse = personas.signed_in(world.nurse)
    address = reverse("requests:ask-new", args=["it"])
    typed = {f"q-{key}": value for key, value in it_desk.FAULT.items()} | {
        "department": world.ward.pk,
        "do": "send",
    }
    refused = nurse.post(address, typed | {"requester": "nora.finch"})
    assert refused.status_code == 422
    assert nurse.post(address, typed | {"requester": "Tom Reid"}).status_code == 302
    request = ServiceRequest.objects.exclude(state="draft").get()
    assert (request.requester, request.filed_by) == (world.colleague, world.nurse)
    with pytest.raises(Invalid) as refusal:
        asking.save_answers(
            by=world.nurse,
            client_key=uuid.uuid4(),
            category=request.category,
            department=world.ward,
            answers={},
            requester=world.stranger,
        )
    assert set(refusal.value.errors) == {"requester"}
