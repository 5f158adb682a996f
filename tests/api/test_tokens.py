"""Personal tokens: made once, kept as a hash, refused the moment they should not count."""

import hashlib
import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from portal.accounts import tokens
from portal.accounts.models import ApiToken
from portal.audit.models import Event
from portal.clock import at, now
from portal.errors import Invalid, NotAllowed, NotFound
from tests.api.calls import Caller, caller, draft_body, refused
from tests.personas import PASSWORD, signed_in

pytestmark = pytest.mark.django_db
DRAFT = "drafts/5f0c3a3e-3a53-4b0c-9f53-0d6f6a5a1c11"


def make(user: Any, **wanted: Any) -> tuple[ApiToken, str]:
    return tokens.make_token(by=user, **{"name": "the ward's screen", "scope": "act", "days": 30, **wanted})


def test_only_its_hash_is_kept(world: SimpleNamespace) -> None:
    token, secret = make(world.nurse)
    assert secret.startswith("hsp_")
    assert len(secret) == 4 + 43  # 256 bits
    stored = ApiToken.objects.get()
    assert stored.digest == hashlib.sha256(secret.encode()).hexdigest()
    everything = json.dumps(list(ApiToken.objects.values()) + list(Event.objects.values()), default=str)
    assert secret not in everything
    assert stored.prefix == secret[:10]
    assert make(world.nurse)[1] != secret


def test_making_and_revoking_are_on_record(world: SimpleNamespace) -> None:
    token, _secret = make(world.nurse)
    tokens.revoke_token(by=world.nurse, ref=token.ref)
    tokens.revoke_token(by=world.nurse, ref=token.ref)
    told = Event.objects.filter(subject=f"token:{token.ref}").values_list("action", "actor")
    assert list(told) == [("token.made", world.nurse.pk), ("token.revoked", world.nurse.pk)]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"scope": "all"}, "scope"),
        ({"days": 3650}, "days"),
    ],
)
def test_what_cannot_be_made(world: SimpleNamespace, wanted: dict, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        make(world.nurse, **wanted)
    assert list(refusal.value.errors) == [field]


def test_twenty_are_enough(world: SimpleNamespace) -> None:
    made = [make(world.nurse)[0] for _ in range(tokens.MOST)]
    with pytest.raises(Invalid):
        make(world.nurse)
    tokens.revoke_token(by=world.nurse, ref=made[0].ref)
    make(world.nurse)


def test_the_portal_itself_and_closed_accounts_get_none(world: SimpleNamespace) -> None:
    with pytest.raises(NotAllowed):
        make(world.system)
    world.nurse.is_active = False
    with pytest.raises(NotAllowed):
        make(world.nurse)


def test_nobody_revokes_anothers(world: SimpleNamespace) -> None:
    token, _secret = make(world.nurse)
    with pytest.raises(NotFound):
        tokens.revoke_token(by=world.head, ref=token.ref)
    assert signed_in(world.head).post(reverse("accounts:token-revoke", args=[token.ref])).status_code == 404
    assert ApiToken.objects.get().revoked_at is None


def revoke(world: SimpleNamespace, who: Caller) -> None:
    tokens.revoke_token(by=world.nurse, ref=ApiToken.objects.get().ref)


def close(world: SimpleNamespace, who: Caller) -> None:
    world.nurse.is_active = False
    world.nurse.save()


def mangle(world: SimpleNamespace, who: Caller) -> None:
    who.client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {who.secret[:-1]}"
    who.client = Client(headers={"Authorization": f"Bearer {who.secret[:-1]}!"})


def leave_out(world: SimpleNamespace, who: Caller) -> None:
    who.client = Client(headers={"Authorization": "Bearer "})


@pytest.mark.parametrize("end", [revoke, close, mangle, leave_out])
def test_what_does_not_count_is_401_and_looks_the_same(world: SimpleNamespace, end: Any) -> None:
    who = caller(world.nurse)
    assert who.send("GET", "me").status_code == 200
    end(world, who)
    answer = who.send("GET", "me")
    refused(answer, 401, "not_signed_in")
    assert answer["WWW-Authenticate"] == "Bearer"
    assert refused(Client().get("/api/v1/me"), 401, "not_signed_in") == json.loads(answer.content)


def test_it_ends_to_the_second(world: SimpleNamespace) -> None:
    who, end = caller(world.nurse), ApiToken.objects.get().expires_at
    with at(end - timedelta(seconds=1)):
        assert who.send("GET", "me").status_code == 200
    with at(end):
        refused(who.send("GET", "me"), 401, "not_signed_in")


def test_a_token_that_reads_changes_nothing(world: SimpleNamespace) -> None:
    who = caller(world.nurse, "read")
    assert who.get("me")["token"]["scope"] == "read"
    refused(who.send("PUT", DRAFT, draft_body(world, GLV_NIT_M=1)), 403, "reads_only")
    refused(who.send("DELETE", DRAFT), 403, "reads_only")
    refused(who.send("POST", "requests/x/submit", {"seen": "x"}), 403, "reads_only")


def test_its_last_use_is_written_once_an_hour(world: SimpleNamespace) -> None:
    who, moment = caller(world.nurse), now()
    for minutes, used in ((0, 0), (59, 0), (60, 60), (90, 60)):
        with at(moment + timedelta(minutes=minutes)):
            who.get("me")
        assert ApiToken.objects.get().last_used_at == moment + timedelta(minutes=used)


def test_a_session_needs_its_csrf_token(world: SimpleNamespace) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.nurse, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert browser.get("/api/v1/me").json()["token"] is None
    address, body = f"/api/v1/{DRAFT}", draft_body(world, GLV_NIT_M=1)
    refused(browser.put(address, body, content_type="application/json"), 403, "csrf_failed")
    browser.get(reverse("accounts:me"))
    proof = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    answer = browser.put(address, body, content_type="application/json", headers=proof)
    assert answer.status_code == 200


def test_the_page_asks_for_the_password_and_shows_the_secret_once(world: SimpleNamespace) -> None:
    browser = signed_in(world.nurse)
    there = reverse("accounts:token-new")
    asked = browser.get(there)
    assert asked.status_code == 302
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert "Is it you?" in browser.get(asked.url).content.decode()
    again = browser.post(asked.url, {"password": PASSWORD, "next": there})
    assert again.url == there
    assert browser.post(there, {"name": "", "scope": "read", "days": "30"}).status_code == 422
    made = browser.post(there, {"name": "ward screen", "scope": "read", "days": "30"})
    assert made.status_code == 201
    assert "no-store" in made["Cache-Control"]
    secret = made.context["secret"]
    assert secret in made.content.decode()
    listed = browser.get(reverse("accounts:tokens")).content.decode()
    assert "ward screen" in listed
    assert secret not in listed
    assert secret[:10] in listed
    assert Client(headers={"Authorization": f"bearer {secret}"}).get("/api/v1/me").status_code == 200
    browser.post(reverse("accounts:token-revoke", args=[ApiToken.objects.get().ref]))
    assert Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/me").status_code == 401


def test_a_wrong_password_makes_no_token(world: SimpleNamespace) -> None:
    browser = signed_in(world.nurse)
    asked = browser.get(reverse("accounts:token-new"))
    assert browser.post(asked.url, {"password": "guess"}).status_code == 200
    assert (
        browser.post(reverse("accounts:token-new"), {"name": "x", "scope": "act", "days": "30"}).status_code
        == 302
    )
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_what_the_list_costs(world: SimpleNamespace, rows: int, django_assert_num_queries: Any) -> None:
    for _ in range(rows):
        make(world.nurse)
    browser = signed_in(world.nurse)
    browser.get(reverse("accounts:tokens"))
    with django_assert_num_queries(5):
        browser.get(reverse("accounts:tokens"))
