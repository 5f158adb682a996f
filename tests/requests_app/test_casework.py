"""What is out of the ordinary has an owner, and its owner can settle it."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from portal.audit.models import Event
from requests_app import casework
from requests_app.models import CaseException
from tests.journeys import approved, fresh
from tests.personas import signed_in

pytestmark = pytest.mark.django_db


def drift(world: SimpleNamespace, kind: str = "drift") -> CaseException:
    request = approved(world, GLV_NIT_M=1)
    return casework.open_exception(
        kind=kind, request=request, owner_role="buyer", detail="P00001: 3 ordered, 2 agreed.", by=world.system
    )


def test_opening_it_again_is_the_same_one(world: SimpleNamespace) -> None:
    first = drift(world)
    again = casework.open_exception(
        kind="drift", request=first.request, owner_role="buyer", detail="again", by=world.system
    )
    assert again.pk == first.pk


def test_its_owner_finds_it_at_home_and_settles_it_with_words(world: SimpleNamespace) -> None:
    exception = drift(world)
    buyer = signed_in(world.buyer)
    url = reverse("requests:exception-settle", args=[exception.ref])
    assert url in buyer.get(reverse("desk:home")).text
    refused = buyer.post(url, {"reason": " "})
    assert refused.status_code == 422
    assert "Say what was done" in refused.text
    assert buyer.post(url, {"reason": "The third box is for 5C."}).status_code == 302
    assert fresh(exception).closed_by == world.buyer
    event = Event.objects.get(action="exception.closed")
    assert (event.actor, event.reason) == (world.buyer, "The third box is for 5C.")
    assert buyer.get(url).status_code == 404


def test_nobody_else_and_no_other_kind(world: SimpleNamespace) -> None:
    exception = drift(world)
    url = reverse("requests:exception-settle", args=[exception.ref])
    for other in (world.nurse, world.head, world.stranger, world.auditor, world.administrator):
        assert signed_in(other).post(url, {"reason": "mine"}).status_code == 404
    refused = drift(world, "sync_rejected")
    url = reverse("requests:exception-settle", args=[refused.ref])
    assert signed_in(world.buyer).post(url, {"reason": "mine"}).status_code == 403  # it ends with its cause
    assert CaseException.objects.filter(closed_at=None).count() == 2
