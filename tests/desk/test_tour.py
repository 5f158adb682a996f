"""The tour: in the demonstration a visitor picks whom to be; anywhere else there is no such address."""

import re
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from portal.accounts import scopes
from portal.accounts.models import User
from portal.desk import tour
from portal.desk.cast import CAST, WALKS
from portal.desk.demo.stage import story_key
from portal.desk.demo.stories import STORIES
from portal.desk.seed.people import sow_people
from portal.desk.seed.tables import table
from requests_app import casework, work
from requests_app.models import CatalogueItem, ServiceRequest
from requests_app.supplies import drafting, fulfilment
from tests import it_desk, journeys, moving
from tests.personas import PASSWORD, person, signed_in

TOUR, BE, LOOK = "/tour/", "/tour/be/", "/tour/look/"


@pytest.fixture
def demo(settings, world: SimpleNamespace) -> SimpleNamespace:
    """The small world as the demonstration shows it."""
    settings.DEMO = True
    return world


def be(username: str, browser: Client | None = None, **fields: str):
    return (browser or Client()).post(BE, {"person": username, **fields})


def signed_in_as(browser: Client) -> str:
    return User.objects.get(pk=browser.session["_auth_user_id"]).username


def test_a_visitor_picks_a_person_and_is_that_person(demo: SimpleNamespace) -> None:
    browser = Client()
    page = browser.get(reverse("account_login")).text
    assert "Try it as" in page and 'value="asha.menon"' in page and "Asha Menon" in page
    answer = be("asha.menon", browser)
    assert (answer.status_code, answer.url) == (302, "/")
    assert "Good " in browser.get("/").text
    assert signed_in_as(browser) == "asha.menon"


def test_a_step_leads_straight_to_its_page(demo: SimpleNamespace) -> None:
    browser = Client()
    assert be("joy.okoro", browser, to="approvals").url == reverse("approvals:inbox")
    assert be("asha.menon", browser, to="toner").url == reverse("requests:supply-new") + "?q=toner"
    assert signed_in_as(browser) == "asha.menon", "being somebody else needs no signing out"
    assert browser.get(reverse("requests:supply-new") + "?q=toner").status_code == 200


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/admin/", "admin:index", ""])
def test_a_step_never_leads_elsewhere(demo: SimpleNamespace, to: str) -> None:
    assert be("asha.menon", to=to).url == "/"


@pytest.mark.parametrize("method", ["get", "post", "head", "put"])
def test_outside_the_demonstration_there_is_no_such_address(
    world: SimpleNamespace, settings, method: str
) -> None:
    assert settings.DEMO is False
    for browser in (Client(), signed_in(world.nurse)):
        for address in (TOUR, BE, LOOK):
            sent = {"person": "asha.menon", "story": "two-ways"}
            assert getattr(browser, method)(address, sent).status_code == 404
    assert not Client().session.get("_auth_user_id")


def test_outside_the_demonstration_nothing_speaks_of_it(world: SimpleNamespace, client: Client) -> None:
    for page in (client.get(reverse("account_login")), signed_in(world.nurse).get("/")):
        assert page.status_code == 200
        assert TOUR not in page.text and "asha.menon" not in page.text


def test_in_the_demonstration_every_page_leads_to_the_tour(demo: SimpleNamespace) -> None:
    for address in ("/", reverse("requests:list"), reverse("accounts:me"), "/no/such/page/"):
        assert f'href="{TOUR}"' in signed_in(demo.nurse).get(address).text, address


@pytest.mark.parametrize("username", ["system", "no.body", "ASHA.MENON", ""])
def test_only_who_the_seed_made_can_be_picked(demo: SimpleNamespace, username: str) -> None:
    browser = Client()
    assert be(username, browser).status_code == 404
    assert "_auth_user_id" not in browser.session


def test_somebody_of_ones_own_cannot_be_picked(demo: SimpleNamespace) -> None:
    own = person("max.muster", role="requester", place=demo.ward)
    own.set_password(PASSWORD)
    own.save()
    assert be("max.muster").status_code == 404
    assert "max.muster" not in Client().get(TOUR).text


def test_whoever_took_another_password_cannot_be_picked(demo: SimpleNamespace) -> None:
    demo.nurse.set_password("three-words-apart")
    demo.nurse.save()
    browser = Client()
    answer = be("asha.menon", browser)
    assert answer.status_code == 409
    assert "a password of its own now" in answer.text
    assert "_auth_user_id" not in browser.session


def test_a_closed_account_cannot_be_picked(demo: SimpleNamespace) -> None:
    User.objects.filter(pk=demo.nurse.pk).update(is_active=False)
    assert be("asha.menon").status_code == 409
    assert 'value="asha.menon"' not in Client().get(TOUR).text


def test_it_is_a_form_that_posts_and_is_protected(demo: SimpleNamespace) -> None:
    assert Client(enforce_csrf_checks=True).post(BE, {"person": "asha.menon"}).status_code == 403
    assert Client().get(BE, {"person": "asha.menon"}).status_code == 405
    assert "no-store" in Client().get(TOUR)["Cache-Control"], "a form brought back by Back would be refused"


def test_each_person_says_what_waits_for_them(demo: SimpleNamespace) -> None:
    journeys.sent(demo, NPW_KIT=2)
    journeys.approved(demo, GLV_NIT_M=6, CAN_20=2)
    people = tour.cast().by_name
    assert people["joy.okoro"].today == ["1 to decide"]
    assert people["sam.doyle"].today == ["2 lines to pick"]
    assert people["asha.menon"].today == people["priya.shah"].today == []
    assert people["joy.okoro"].role == "Head of department, Ward 7B"


def test_what_somebody_else_holds_is_not_theirs(demo: SimpleNamespace) -> None:
    """Exceptions wait for the role at their hospital, deliveries for the ward."""
    request = journeys.approved(demo, GLV_NIT_M=6)
    lines = list(request.lines.values_list("pk", flat=True))
    fulfilment.pick(request=request, line_ids=lines, by=demo.storekeeper)
    fulfilment.send_on_the_way(request=request, line_ids=lines, by=demo.storekeeper)
    casework.open_exception(
        kind="drift",
        hospital=demo.hospital,
        request=request,
        owner_role="buyer",
        detail="2, not 3",
        by=demo.system,
    )
    casework.open_exception(
        kind="no_target",
        hospital=demo.other_hospital,
        request=None,
        owner_role="policy_owner",
        detail="x",
        by=demo.system,
    )
    people = tour.cast().by_name
    assert people["asha.menon"].today == ["1 to confirm"]
    assert people["mark.evans"].today == ["1 to settle"]
    assert people["peter.hansen"].today == ["1 to settle"]
    assert people["nora.finch"].today == people["sam.doyle"].today == []


def test_the_people_of_a_team_see_what_nobody_has_taken(demo: SimpleNamespace) -> None:
    moving.porters(demo)
    person("joe.mbeki", role="fulfiller", place=demo.porters)
    assert tour.cast().by_name["joe.mbeki"].today == []
    moved = [moving.sent(demo) for _each in range(3)]
    work.take(request=moved[0], by=demo.porter)
    people = tour.cast().by_name
    assert people["joe.mbeki"].today == ["2 to take"] and people["asha.menon"].today == []


def test_the_tour_says_when_there_is_nothing_to_see_yet(demo: SimpleNamespace) -> None:
    journeys.draft(demo, TON_BLK=2)
    assert "Nobody has asked for anything yet" in Client().get(TOUR).text
    journeys.sent(demo, TON_BLK=2)
    assert "Nobody has asked for anything yet" not in Client().get(TOUR).text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queries_do_not_grow(demo: SimpleNamespace, django_assert_num_queries, rows: int) -> None:
    for _each in range(rows):
        journeys.sent(demo, TON_BLK=2)
    for role in ("requester", "ward_lead", "head")[:rows]:
        scopes.grant(user=demo.nurse, role=role, place=demo.other_ward, by=demo.system)
    with django_assert_num_queries(6):
        tour.cast()


def play(demo: SimpleNamespace, code: str) -> ServiceRequest:
    """The first request of a story, as the play names it."""
    draft = drafting.save_draft(
        by=demo.nurse,
        client_key=story_key(code),
        department=demo.ward,
        quantities={"TON-BLK": 2},
        run_out="fine",
    )
    return journeys.send(draft)


def test_a_story_leads_straight_to_its_request(demo: SimpleNamespace) -> None:
    request = play(demo, "two-ways")
    browser = Client()
    page = browser.get(TOUR).text
    assert "One request, two ways" in page and "See it as Asha Menon" in page
    answer = browser.post(LOOK, {"story": "two-ways"})
    assert answer.url == reverse("desk:request-detail", args=[request.public_id])
    assert signed_in_as(browser) == "asha.menon"
    assert request.number in browser.get(answer.url).text


def test_a_story_of_a_draft_leads_to_the_check_that_says_why_it_cannot_be_sent(demo: SimpleNamespace) -> None:
    draft = drafting.save_draft(
        by=demo.nurse,
        client_key=story_key("stopped"),
        department=demo.ward,
        quantities={"SUC-12": 1},
        run_out="fine",
    )
    CatalogueItem.objects.filter(code="SUC-12").update(stopped_reason="Safety notice.")
    browser = Client()
    answer = browser.post(LOOK, {"story": "stopped"})
    assert answer.url == reverse("desk:review", args=[draft.public_id])
    assert "This can no longer be ordered: Safety notice." in browser.get(answer.url).text


@pytest.mark.parametrize("code", ["said-no", "no-such-story", ""])
def test_a_story_that_was_not_played_leads_nowhere(demo: SimpleNamespace, code: str) -> None:
    browser = Client()
    assert "What happened here" not in browser.get(TOUR).text
    assert browser.post(LOOK, {"story": code}).status_code == 404
    assert "_auth_user_id" not in browser.session


def test_the_stories_cost_one_query(demo: SimpleNamespace, django_assert_num_queries) -> None:
    people = tour.cast().by_name
    for codes in (("two-ways",), ("stopped", "night-shift")):
        for code in codes:
            play(demo, code)
        with django_assert_num_queries(1):
            tour.told(people)
    (chapter, other) = tour.told(people)
    assert [told.story.code for told in (*chapter.stories, *other.stories)] == [
        "two-ways",
        "night-shift",
        "stopped",
    ]


def test_every_story_stands_in_a_chapter_and_is_looked_at_as_somebody_of_the_seed() -> None:
    told = [story.code for _title, stories in tour.CHAPTERS for story in stories]
    assert told == [story.code for story in STORIES]
    assert {story.look_as for story in STORIES} <= {row["username"] for row in table("people")}


def test_the_readme_speaks_of_people_and_stories_that_there_are() -> None:
    page = (settings.BASE_DIR / "README.md").read_text()
    titles = re.findall(
        r"^\| ([^*|]+) \| [^|]+ \|$", page.partition("### Stories")[2].partition("There are")[0], re.M
    )
    named = {title for cell in titles for title in cell.split(" · ")}
    assert len(named) >= 8 and named <= {str(story.title) for story in STORIES}
    assert f"There are {len(STORIES)} of them." in page
    people = {f"{row['first_name']} {row['last_name']}" for row in table("people")}
    be = re.findall(r"^\| \*\*([^*]+)\*\*", page, re.M)
    assert len(be) == len(WALKS) and set(be) <= people


def test_the_cast_and_the_walks_speak_of_people_of_the_seed() -> None:
    seeded = {row["username"] for row in table("people")}
    named = [part.username for _title, parts in CAST for part in parts]
    assert set(named) <= seeded
    assert len(named) == len(set(named))
    assert {walk.username for walk in WALKS} <= set(named)
    assert {step.to for walk in WALKS for step in walk.steps} <= set(tour.PAGES)
    assert len({walk.title for walk in WALKS}) == len(WALKS)


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.username)
def test_whoever_walks_may_open_each_page(demo: SimpleNamespace, walk) -> None:
    browser = Client()
    it_desk.add(demo)
    sow_people(hospital=demo.hospital, password=PASSWORD, by=demo.system, only={walk.username})
    for step in walk.steps:
        assert be(walk.username, browser, to=step.to).status_code == 302
        assert browser.get(tour.page(step.to)).status_code == 200, step.to
