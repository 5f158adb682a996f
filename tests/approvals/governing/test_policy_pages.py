"""Pages of the editor: who sees them, what they say, what they cost, and the way from a draft to what decides."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from approvals.governing import kept
from approvals.models import ApprovalPolicy
from portal.accounts.models import User
from requests_app.models import Category
from tests.approvals.governing.conftest import change, handed_over, seen
from tests.personas import signed_in

pytestmark = pytest.mark.django_db


def page(client: Client, name: str, /, *args: int, status: int = 200) -> str:
    answer = client.get(reverse(f"policies:{name}", args=args))
    assert answer.status_code == status
    return answer.content.decode()


def press(client: Client, name: str, /, *args: int, status: int = 302, **data: str) -> str:
    answer = client.post(reverse(f"policies:{name}", args=args), data)
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return answer.content.decode()


LOOKED_AT = ("list", "export")
OF_ONE = ("policy", "review", "versions", "text")
WRITTEN = ("describe", "rule-new", "roll-back")


@pytest.mark.parametrize("who", ["nurse", "head", "finance", "director", "buyer", "operator"])
def test_who_may_not_look_is_told(world: SimpleNamespace, draft: ApprovalPolicy, who: str) -> None:
    client = signed_in(getattr(world, who))
    for name in LOOKED_AT:
        assert "Only policy owners, administrators and auditors" in page(client, name, status=403)
    for name in (*OF_ONE, *WRITTEN):
        page(client, name, draft.pk, status=403)
    assert reverse("policies:list") not in client.get(reverse("accounts:me")).content.decode()


@pytest.mark.parametrize("who", ["auditor", "administrator"])
def test_who_may_only_look(world: SimpleNamespace, draft: ApprovalPolicy, who: str) -> None:
    client = signed_in(getattr(world, who))
    assert "Only a policy owner may change" in page(client, "list")
    assert reverse("policies:list") in client.get(reverse("accounts:me")).content.decode()
    for name in OF_ONE:
        assert 'action="/policies/' not in page(client, name, draft.pk)
    for name in WRITTEN:
        assert "Only a policy owner may change who decides." in page(client, name, draft.pk, status=403)
    press(client, "start", status=403, category="supply")
    press(client, "discard", draft.pk, status=403)


def test_signed_out(draft: ApprovalPolicy) -> None:
    assert Client().get(reverse("policies:list")).status_code == 302
    assert Client().get(reverse("policies:policy", args=[draft.pk])).status_code == 302


def test_what_is_not_there(owner: Client) -> None:
    for name in (*OF_ONE, "describe"):
        page(owner, name, 999_999, status=404)


def test_from_a_draft_to_what_decides(
    world: SimpleNamespace, owner: Client, other: Client, second: User, supply: Category
) -> None:
    press(owner, "start", category="supply", hospital="")
    draft = kept.policies().get(status="draft")
    refused = press(owner, "submit", draft.pk, status=422, seen=seen(draft))
    assert "It cannot be handed over yet" in refused and "Say why it is changed." in refused
    press(
        owner, "describe", draft.pk, name="Purchases", mode="all", note="Fewer signatures", seen=seen(draft)
    )
    change(draft, "S2", world.policy_owner, amount_to="6000")
    press(owner, "submit", draft.pk, seen=seen(draft))
    mine = page(owner, "review", draft.pk)
    assert "You wrote to this version. A second policy owner publishes it." in mine
    press(owner, "publish", draft.pk, status=403, seen=seen(draft))
    theirs = page(other, "review", draft.pk)
    assert "£6,000" in theirs and "Fewer signatures" in theirs and "Proof" in theirs
    assert "Say what has to be different." in press(other, "refuse", draft.pk, status=422, reason="")
    assert "Choose a day that is still to come." in press(
        other, "publish", draft.pk, status=422, seen=seen(draft), day="2020-01-01"
    )
    assert "changed this version meanwhile" in press(other, "publish", draft.pk, status=409, seen="old")
    press(other, "publish", draft.pk, seen=seen(draft), day="")
    assert kept.published(supply.pk, None) == draft
    assert "Version 2 decides" in page(other, "list")
    first = ApprovalPolicy.objects.get(category=supply, version=1)
    assert "Go back to this version" in page(owner, "policy", first.pk)
    press(other, "roll-back", first.pk, note="It was better")
    assert "Waiting for a second person" in page(owner, "list")


def test_take_back_refuse_discard(
    world: SimpleNamespace, owner: Client, other: Client, draft: ApprovalPolicy
) -> None:
    handed_over(draft, world.policy_owner)
    press(owner, "take-back", draft.pk)
    press(owner, "submit", draft.pk, seen=seen(draft))
    press(other, "refuse", draft.pk, reason="Not so")
    press(owner, "discard", draft.pk)
    assert not ApprovalPolicy.objects.filter(pk=draft.pk).exists()


def test_a_later_day(world: SimpleNamespace, other: Client, draft: ApprovalPolicy) -> None:
    handed_over(draft, world.policy_owner)
    press(other, "publish", draft.pk, seen=seen(draft), day="2099-04-01")
    found = kept.policy(draft.pk)
    assert found.effective_from is not None
    assert (found.status, found.effective_from.isoformat()[:10]) == ("scheduled", "2099-04-01")
