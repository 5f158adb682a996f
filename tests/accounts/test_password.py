"""Somebody changes the password that they sign in with."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from tests.personas import PASSWORD, person, signed_in

OWN = "three-words-apart"


def change(browser: Client, **fields: str):
    form = {"oldpassword": PASSWORD, "password1": OWN, "password2": OWN, **fields}
    return browser.post(reverse("account_change_password"), form)


def test_it_is_found_on_the_page_of_a_person(world: SimpleNamespace) -> None:
    browser = signed_in(world.nurse)
    assert reverse("account_change_password") in browser.get(reverse("accounts:me")).text
    assert "Your password now" in browser.get(reverse("account_change_password")).text


def test_the_new_one_opens_and_the_old_one_does_not(world: SimpleNamespace) -> None:
    browser, elsewhere = signed_in(world.nurse), signed_in(world.nurse)
    answer = change(browser)
    assert (answer.status_code, answer.url) == (302, reverse("accounts:me"))
    assert "Your password is changed" in browser.get(reverse("accounts:me")).text, "still signed in here"
    assert elsewhere.get(reverse("accounts:me")).status_code == 302, "and nowhere else"
    assert not Client().login(username=world.nurse.username, password=PASSWORD)
    assert Client().login(username=world.nurse.username, password=OWN)


@pytest.mark.parametrize(
    "wrong",
    [
        {"oldpassword": "not-the-one-she-has"},
        {"password2": "another-three-words"},
        {"password1": "short", "password2": "short"},
        {"password1": "asha.menon.asha", "password2": "asha.menon.asha"},
        {"password1": "", "password2": ""},
    ],
)
def test_what_cannot_be_taken_is_said_beside_the_field(world: SimpleNamespace, wrong: dict[str, str]) -> None:
    answer = change(signed_in(world.nurse), **wrong)
    assert answer.status_code == 200
    assert "There is a problem" in answer.text and 'aria-invalid="true"' in answer.text
    assert not [typed for typed in (PASSWORD, OWN, *wrong.values()) if typed and f'"{typed}"' in answer.text]
    assert Client().login(username=world.nurse.username, password=PASSWORD)


def test_visitors_are_sent_to_sign_in(client: Client, db: None) -> None:
    assert change(client)["Location"].startswith(reverse("account_login"))


def test_whoever_has_no_password_is_shown_their_own_page(world: SimpleNamespace) -> None:
    browser = signed_in(person("no.password"))
    answer = browser.get(reverse("account_change_password"), follow=True)
    assert (answer.status_code, answer.request["PATH_INFO"]) == (200, reverse("accounts:me"))
    assert reverse("account_change_password") not in answer.text
