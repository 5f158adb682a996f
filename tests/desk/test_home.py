"""Home: what needs this person, what they usually ask for, what is open around them."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.urls import reverse

from portal import clock
from requests_app import casework, fulfilment
from requests_app.models import ServiceRequest
from tests import journeys, personas


def on_the_way(world: SimpleNamespace, **lines: int) -> ServiceRequest:
    request = journeys.approved(world, **lines)
    ids = [line.pk for line in request.lines.all()]
    fulfilment.pick(request=request, line_ids=ids, by=world.storekeeper)
    fulfilment.send_on_the_way(request=request, line_ids=ids, by=world.storekeeper)
    return request


def home(who: object) -> str:
    page = personas.signed_in(who).get("/")
    assert page.status_code == 200
    return page.text


def test_a_visitor_is_asked_to_sign_in(client, db: None) -> None:
    assert client.get("/")["Location"].startswith("/accounts/login/")


def test_a_nurse_sees_her_ward_the_usual_and_where_things_stand(world: SimpleNamespace) -> None:
    waiting = journeys.sent(world, SET_PMP=2)
    draft = journeys.draft(world, GLV_NIT_M=6)
    with clock.at(datetime(2027, 5, 13, 6, 42, tzinfo=UTC)):
        text = home(world.nurse)
    assert "Good morning, Asha" in text
    assert "Thursday 13 May, 07:42" in text
    assert "The usual for Ward 7B" in text
    assert "With Joy Okoro" in text
    assert reverse("desk:request-detail", args=[waiting.public_id]) in text
    assert reverse("requests:draft-edit", args=[draft.public_id]) in text
    assert "Nothing needs you right now." in text
    assert reverse("requests:draft-edit", args=[draft.public_id]) not in home(world.colleague)


def test_anybody_on_the_ward_is_asked_whether_it_arrived(world: SimpleNamespace) -> None:
    request = on_the_way(world, GLV_NIT_M=2, APR_WHT=1)
    for who in (world.nurse, world.colleague, world.head):
        text = home(who)
        assert "Did it arrive: Gloves and 1 more?" in text
        assert f'action="{reverse("requests:receive", args=[request.public_id])}"' in text
    for who in (world.other_nurse, world.finance, world.stranger):
        assert "Did it arrive" not in home(who)


def test_whoever_decided_it_is_not_asked_whether_it_arrived(world: SimpleNamespace) -> None:
    request = on_the_way(world, SET_PMP=2)
    assert reverse("requests:receive", args=[request.public_id]) in home(world.nurse)
    assert reverse("requests:receive", args=[request.public_id]) not in home(world.head)


def test_people_without_a_ward_see_what_is_theirs(world: SimpleNamespace) -> None:
    journeys.sent(world, SET_PMP=2)
    assert "1 decision waits for you" in home(world.head)
    journeys.approved(world, GLV_NIT_M=2, APR_WHT=1)
    store = home(world.storekeeper)
    assert "2 lines to pick" in store
    assert reverse("requests:pick-list") in store
    for who in (world.finance_colleague, world.storekeeper, world.buyer, world.auditor, world.administrator):
        text = home(who)
        assert "What do you need?" not in text
        assert "Open requests" in text


def test_an_exception_waits_for_the_role_that_owns_it(world: SimpleNamespace) -> None:
    request = journeys.sent(world, SET_PMP=2)
    casework.open_exception(
        kind="no_team",
        request=request,
        owner_role="service_manager",
        detail="Nobody serves this.",
        by=world.system,
    )
    text = home(world.service_manager)
    assert "Nobody serves this." in text
    assert reverse("desk:request-detail", args=[request.public_id]) in text
    for who in (world.nurse, world.policy_owner, world.stranger):
        assert "Nobody serves this." not in home(who)


def test_the_owner_of_an_exception_gets_no_link_to_what_he_may_not_see(world: SimpleNamespace) -> None:
    request = journeys.sent(world, SET_PMP=2)
    casework.open_exception(
        kind="needs_routing", request=request, owner_role="policy_owner", detail="No rule.", by=world.system
    )
    text = home(world.policy_owner)
    assert "No rule." in text
    assert request.public_id not in text


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_home_costs_the_same_whatever_is_open(
    world: SimpleNamespace, rows: int, django_assert_num_queries
) -> None:
    for n in range(rows):
        if n < 6:
            on_the_way(world, GLV_NIT_M=2, APR_WHT=1)
            journeys.draft(world, GLV_NIT_M=1)
        request = journeys.sent(world, world.colleague, SET_PMP=1)
        casework.open_exception(
            kind="drift", request=request, owner_role="requester", detail="Look.", by=world.system
        )
    nurse, head = personas.signed_in(world.nurse), personas.signed_in(world.head)
    with django_assert_num_queries(15):
        nurse.get("/")
    with django_assert_num_queries(15):
        head.get("/")


def test_whoever_looks_after_the_portal_is_told_what_for(world: SimpleNamespace) -> None:
    for who, said in (
        (world.administrator, "You look after people and their roles"),
        (world.policy_owner, "You look after who decides what"),
        (world.operator, "You look after the link to the purchasing system"),
    ):
        assert said in home(who)
    assert "You look after" not in home(world.nurse)
    assert reverse("admin:index") not in home(world.nurse)
    world.administrator.is_staff = True
    world.administrator.save()
    assert reverse("admin:index") in home(world.administrator)
