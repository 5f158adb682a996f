"""Home: what needs this person, what they usually ask for, what is open around them."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse

from portal import clock
from requests_app import casework
from requests_app.models import ServiceRequest
from requests_app.supplies import fulfilment
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
    for who in (world.finance_colleague, world.storekeeper, world.buyer, world.auditor):
        text = home(who)
        assert "What do you need?" not in text
        assert "Open requests" in text
        assert "How things stand" in text
    text = home(world.administrator)
    assert "Your role follows no requests" in text
    assert "How things stand" not in text


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


@pytest.mark.parametrize("rows", [1, 3, 30])
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
    # Two for the questions of teams and the moves of the ward. A head may be in charge of it and is asked about samples: two more;
    # who sees beyond wards is told the figures and what ended, and an executive which reviews of break-glass wait.
    for who, queries in ((world.nurse, 19), (world.head, 21), (world.executives[0], 19)):
        reader = personas.signed_in(who)
        with django_assert_num_queries(queries):
            reader.get("/")


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


def test_who_sees_all_hospitals_is_told_so_and_may_look_at_one(world: SimpleNamespace) -> None:
    own = journeys.sent(world, SET_PMP=2)
    reader = personas.signed_in(world.auditor)
    with clock.at(datetime(2027, 5, 13, 6, 42, tzinfo=UTC)):
        page = reader.get("/").text
    assert "All hospitals. " in page
    assert "Thursday 13 May, 07:42<" in page  # both are in one zone: no city is needed
    assert "SBG Ward 7B, Acute Medicine" in page
    elsewhere = reader.post(reverse("accounts:place"), {"hospital": "NFC", "next": "/"}, follow=True).text
    assert "Northfield Community Hospital. " in elsewhere
    assert own.number not in elsewhere
    assert "Nothing open" in elsewhere
    assert (
        own.number in reader.post(reverse("accounts:place"), {"hospital": "", "next": "/"}, follow=True).text
    )


def test_a_clock_says_whose_time_it_is_where_hospitals_have_several(world: SimpleNamespace) -> None:
    personas.build_hospital("SAK", wards={"INN"}, items=set(), by=world.system)
    reader = personas.signed_in(world.auditor)
    with clock.at(datetime(2027, 5, 13, 10, 42, tzinfo=UTC)):
        assert "Good morning, " in (page := reader.get("/").text)
        assert "11:42 (London)" in page
        page = reader.post(reverse("accounts:place"), {"hospital": "SAK", "next": "/"}, follow=True).text
    assert "Good afternoon, " in page
    assert "12:42 (Berlin)" in page


def test_what_is_late_is_counted_and_leads_to_its_rows(world: SimpleNamespace) -> None:
    late, other = journeys.sent(world, SET_PMP=2), journeys.approved(world, SET_PMP=1)
    ServiceRequest.objects.filter(pk=other.pk).update(due_at=clock.now() + timedelta(days=9))
    ServiceRequest.objects.filter(pk=late.pk).update(due_at=clock.now() - timedelta(hours=1))
    for who in (world.auditor, world.service_manager, world.finance_colleague):
        counts = personas.signed_in(who).get("/").context["home"].counts
        assert (counts.open, counts.late, counts.undecided) == (2, 1, 1)
        text = personas.signed_in(who).get("/requests/?late=1").text
        assert late.number in text
        assert other.number not in text
        undecided = personas.signed_in(who).get("/requests/?stage=undecided").text
        assert late.number in undecided
        assert other.number not in undecided


def test_nobody_is_met_by_an_empty_home(world: SimpleNamespace) -> None:
    for who in (
        world.nurse,
        world.finance_colleague,
        world.auditor,
        world.service_manager,
        world.storekeeper,
    ):
        text = home(who)
        assert "Nothing needs you right now." in text
        assert "Nothing open" in text
        assert "card empty" in text
        assert re.search(r'card empty.*?<a class="btn" href="/(ask|requests)/', text, re.S)
