"""What holds for every answer: the strict policy, who may sign in, health."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from tests.personas import signed_in

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; "
    "worker-src 'self'"
)


@pytest.mark.django_db
def test_the_headers_of_every_page(client) -> None:
    headers = client.get(reverse("account_login")).headers
    assert sorted(headers["Content-Security-Policy"].split("; ")) == sorted(POLICY.split("; "))
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_nobody_signs_up(client) -> None:
    assert client.get("/accounts/signup/").status_code == 404
    assert "signup" not in client.get(reverse("account_login")).content.decode()


@pytest.mark.django_db
def test_signing_in_and_out(client, django_user_model) -> None:
    user = django_user_model.objects.create_user(username="nurse", password="a long password")
    wrong = client.post(reverse("account_login"), {"login": "nurse", "password": "another one"})
    assert wrong.status_code == 200
    assert "_auth_user_id" not in client.session
    right = client.post(reverse("account_login"), {"login": "nurse", "password": "a long password"})
    assert (right.status_code, right.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(user.pk)
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_guessing_a_password_stops_after_five_tries(client, django_user_model) -> None:
    django_user_model.objects.create_user(username="nurse", password="a long password")
    for _ in range(5):
        client.post(reverse("account_login"), {"login": "nurse", "password": "guess"})
    client.post(reverse("account_login"), {"login": "nurse", "password": "a long password"})
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_health(client) -> None:
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()) == (200, {"database": "up", "scanner": "off"})
    assert "no-cache" in answer.headers["Cache-Control"]
    assert client.post("/health/").status_code == 405


@pytest.mark.django_db
def test_what_is_not_there(client) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "<h1" in answer.content.decode()


def test_the_address_of_a_button_that_is_opened_leads_back(world: SimpleNamespace) -> None:
    answer = signed_in(world.nurse).get("/requests/reorder/")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "This is pressed, not opened" in answer.text
