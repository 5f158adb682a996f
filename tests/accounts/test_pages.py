"""The page of a person, and the ward of today."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from portal.accounts import scopes
from portal.accounts.models import Department, Membership
from portal.accounts.place import HOSPITAL_KEY, SESSION_KEY, current_department
from tests.personas import signed_in


def _request(user: object, **session: object) -> SimpleNamespace:
    return SimpleNamespace(user=user, session=session)


def test_the_page_says_who_where_and_which_roles(world: SimpleNamespace) -> None:
    page = signed_in(world.head).get(reverse("accounts:me")).content.decode()
    assert "Joy Okoro" in page
    assert "Head of department" in page
    assert "Ward 7B, Acute Medicine" in page
    assert "approve_as" not in page
    assert "work today?" not in page  # one ward: nothing to choose


def test_a_person_without_roles_is_told_whom_to_ask(world: SimpleNamespace) -> None:
    scopes.revoke(membership=Membership.objects.get(user=world.nurse), by=world.system)
    assert "no role yet" in signed_in(world.nurse).get(reverse("accounts:me")).content.decode()


def test_visitors_are_sent_to_sign_in(client, db: None) -> None:
    assert client.get(reverse("accounts:me")).status_code == 302
    assert client.post(reverse("accounts:place")).status_code == 302


def test_the_ward_of_today_is_chosen_among_the_own_ones(world: SimpleNamespace) -> None:
    scopes.grant(user=world.nurse, role="requester", place=world.other_ward, by=world.system)
    browser = signed_in(world.nurse)
    page = browser.get(reverse("accounts:me")).content.decode()
    assert "Where do you work today?" in page

    answer = browser.post(reverse("accounts:place"), {"department": world.other_ward.pk, "next": "/me/"})
    assert (answer.status_code, answer.url) == (302, "/me/")
    assert browser.session[SESSION_KEY] == world.other_ward.pk
    assert "Ward 5C, Surgery today" in browser.get(reverse("accounts:me")).content.decode()


@pytest.mark.parametrize("department", ["foreign", "", "abc", "-1", "99999999999999999999"])
def test_another_ward_looks_like_none(world: SimpleNamespace, department: str) -> None:
    wanted = world.foreign_ward.pk if department == "foreign" else department
    browser = signed_in(world.nurse)
    assert browser.post(reverse("accounts:place"), {"department": wanted}).status_code == 404
    assert SESSION_KEY not in browser.session


def test_the_way_back_never_leads_away(world: SimpleNamespace) -> None:
    answer = signed_in(world.nurse).post(
        reverse("accounts:place"), {"department": world.ward.pk, "next": "https://evil.example/"}
    )
    assert answer.url == reverse("accounts:me")


def test_the_current_department(world: SimpleNamespace) -> None:
    scopes.grant(user=world.nurse, role="requester", place=world.hospital, by=world.system)
    assert (
        current_department(_request(world.nurse)) == world.ward
    )  # that of the first role, not the first by code
    assert current_department(_request(world.nurse, **{SESSION_KEY: world.other_ward.pk})) == world.other_ward
    assert current_department(_request(world.nurse, **{SESSION_KEY: world.foreign_ward.pk})) == world.ward
    assert current_department(_request(world.nurse, **{SESSION_KEY: "x"})) == world.ward
    assert current_department(_request(world.finance_colleague)) is None
    Department.objects.filter(pk=world.ward.pk).update(active=False)
    assert current_department(_request(world.nurse)) != world.ward


def test_the_admin_grants_and_ends_through_the_verbs(world: SimpleNamespace) -> None:
    chief = world.administrator
    type(chief).objects.filter(pk=chief.pk).update(is_staff=True, is_superuser=True)
    browser = signed_in(chief)
    form = {"user": world.colleague.pk, "role": "ward_lead", "department": world.ward.pk}
    when = {"valid_from_0": "2026-01-01", "valid_from_1": "08:00"}
    assert browser.post(reverse("admin:accounts_membership_add"), {**form, **when}).status_code == 302
    membership = Membership.objects.get(user=world.colleague, role="ward_lead")
    assert world.colleague.groups.filter(name="ward_lead").exists()
    action = {"action": "end_now", "_selected_action": [membership.pk]}
    browser.post(reverse("admin:accounts_membership_changelist"), action)
    membership.refresh_from_db()
    assert membership.valid_until is not None
    for page in ("user", "hospital", "department", "location", "team", "membership"):
        assert browser.get(reverse(f"admin:accounts_{page}_changelist")).status_code == 200
    assert browser.get(reverse("admin:accounts_user_add")).status_code == 200


def test_the_hospital_to_look_at_is_chosen_among_the_own_ones(world: SimpleNamespace) -> None:
    browser = signed_in(world.auditor)
    assert "Which hospital do you look at?" in browser.get(reverse("accounts:me")).text
    browser.post(reverse("accounts:place"), {"hospital": "NFC"})
    assert browser.session[HOSPITAL_KEY] == world.other_hospital.pk
    assert 'value="NFC" selected' in browser.get(reverse("accounts:me")).text
    assert browser.post(reverse("accounts:place"), {"hospital": "XXX"}).status_code == 404
    browser.post(reverse("accounts:place"), {"hospital": ""})
    assert HOSPITAL_KEY not in browser.session
    nurse = signed_in(world.nurse)
    assert "Which hospital" not in nurse.get(reverse("accounts:me")).text
    assert nurse.post(reverse("accounts:place"), {"hospital": "NFC"}).status_code == 404


def test_a_hospital_that_one_may_see_no_longer_is_forgotten(world: SimpleNamespace) -> None:
    browser = signed_in(world.auditor)
    browser.post(reverse("accounts:place"), {"hospital": "NFC", "next": "/"}, follow=True)
    scopes.revoke(membership=Membership.objects.get(user=world.auditor, role="auditor"), by=world.system)
    scopes.grant(user=world.auditor, role="service_manager", place=world.hospital, by=world.system)
    assert "Northfield" not in browser.get("/").text


def test_single_keys_can_be_switched_off(world: SimpleNamespace) -> None:
    browser = signed_in(world.nurse)
    assert 'data-key="n"' in browser.get("/").text
    page = browser.post(reverse("accounts:keys"), {"keys": "off"}, follow=True).text
    assert "They are switched off." in page
    page = browser.get("/").text
    assert 'data-keys="off"' in page
    assert "data-key=" not in page
    assert "aria-keyshortcuts" not in page
    browser.post(reverse("accounts:keys"), {"keys": "on"})
    assert 'data-key="n"' in browser.get("/").text
