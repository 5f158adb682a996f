"""Three inverse questions, one rule: can this person see it, what does this person see, and the 404 that says nothing."""

from types import SimpleNamespace

import pytest

from portal.accounts.models import User
from portal.errors import NotFound
from requests_app import access, lifecycle, listing, permissions
from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from tests import personas
from tests.journeys import approved, draft, link, sent

pytestmark = pytest.mark.django_db


def every_state(world: SimpleNamespace) -> dict[str, ServiceRequest]:
    """A request of the nurse in each place of its life, with store and bought lines."""
    link(world)
    cancelled = sent(world, NPW_KIT=1)
    lifecycle.cancel(request=cancelled, by=world.nurse, reason="found some")
    return {
        "draft": draft(world, GLV_NIT_M=1),
        "submitted": sent(world, NPW_KIT=1, GLV_NIT_M=1),
        "cancelled": cancelled,
        "approved": approved(world, NPW_KIT=1, GLV_NIT_M=1),
        "store only": sent(world, GLV_NIT_M=1),
    }


def everybody(world: SimpleNamespace) -> list[User]:
    root = User.objects.create_superuser("root", password="x")
    gone = personas.person("gone.away", role="head", place=world.ward)
    gone.is_active = False
    gone.save()
    return [*User.objects.filter(kind=User.Kind.PERSON).exclude(pk__in=[root.pk, gone.pk]), root, gone]


SEES = {  # persona -> the states that they see of the nurse's requests
    "nurse": {"draft", "submitted", "cancelled", "approved", "store only"},
    "colleague": {"submitted", "cancelled", "approved", "store only"},
    "head": {"submitted", "cancelled", "approved", "store only"},
    "finance": {"submitted", "cancelled", "approved", "store only"},
    "director": {"submitted", "cancelled", "approved", "store only"},
    "auditor": {"submitted", "cancelled", "approved", "store only"},
    "storekeeper": {"submitted", "approved", "store only"},
    "other_nurse": set(),
    "other_head": set(),
    "stranger": set(),
    "administrator": set(),
    "policy_owner": set(),
    "operator": set(),
}


def test_who_sees_what(world: SimpleNamespace) -> None:
    requests = every_state(world)
    for persona, states in SEES.items():
        seen = ServiceRequest.objects.visible_to(getattr(world, persona))
        assert {
            name for name, request in requests.items() if seen.filter(pk=request.pk).exists()
        } == states, persona


def test_the_three_questions_agree_for_everybody_in_every_state(world: SimpleNamespace) -> None:
    requests = every_state(world)
    for user in everybody(world):
        visible = set(ServiceRequest.objects.visible_to(user).values_list("pk", flat=True))
        for name, request in requests.items():
            case = (user.username, name)
            assert (request.pk in visible) == (permissions.can_view(user, request)), case
            try:
                access.get_request(user, request.public_id)
                fetched = True
            except NotFound:
                fetched = False
            assert fetched == (request.pk in visible), case


def test_lists_show_once_what_may_be_seen(world: SimpleNamespace) -> None:
    """They walk an index for each reason to see a request; `visible_to` says the same in one condition."""
    every_state(world)
    for user in everybody(world):
        shown = [request.pk for request in listing.listed(user).first(50, "-created_at", "-pk")]
        sent_ones = ServiceRequest.objects.visible_to(user).exclude(state=RequestState.DRAFT)
        assert sorted(shown) == sorted(sent_ones.values_list("pk", flat=True)), user.username


def test_a_number_for_people_opens_nothing(world: SimpleNamespace) -> None:
    request = sent(world, GLV_NIT_M=1)
    for name in (request.number, str(request.pk)):
        with pytest.raises(NotFound):
            access.get_request(world.nurse, name)
