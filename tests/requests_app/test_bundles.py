"""A bundle sends its tasks as requests of several teams, and ends with the last of them."""

from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.desk.consistency import find
from portal.errors import WrongState
from portal.notify.models import Notice
from requests_app import lifecycle, work
from requests_app.models import Category, ServiceRequest
from requests_app.states import Priority, RequestState
from sla.models import Clock
from tests.configuring import TIMES, ask, crew, decide, do, new_type, post
from tests.journeys import fresh
from tests.personas import signed_in
from tests.racing import race

pytestmark = pytest.mark.django_db
MONDAY = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def team(world: SimpleNamespace) -> dict[str, Any]:
    return crew(world)


@pytest.fixture
def admin(world: SimpleNamespace, team: dict[str, Any]) -> Client:
    return signed_in(world.administrator)


@pytest.fixture
def nurse(world: SimpleNamespace, team: dict[str, Any]) -> Client:
    return signed_in(world.nurse)


def tasks(bundle: ServiceRequest) -> dict[str, ServiceRequest]:
    rows = ServiceRequest.objects.filter(parent=bundle).select_related("team", "category")
    return {row.title: row for row in rows.order_by("pk")}


def bed(world: SimpleNamespace) -> str:
    return world.ward.locations.filter(kind="S").order_by("code").first().code


def turnover(world: SimpleNamespace, nurse: Client, **answers: Any) -> ServiceRequest:
    said = {"place": bed(world), "what": "discharge", "precautions": "standard"} | answers
    return ask(nurse, "room_turnover", **said)


def test_made_in_the_product_and_closed_with_the_last_task(
    world: SimpleNamespace, team: dict[str, Any], admin: Client, nurse: Client
) -> None:
    code = new_type(admin, "Ward party", kind="bundle")
    post(admin, "question-new", code, label="Which day?", ask="date", required="on", means="start")
    post(admin, "type-terms", code, route="head", **TIMES)
    assert "at least one task" in post(admin, "type-publish", code, status=422).content.decode()
    for title, whose, amount in (("Move the beds", "team:estates", "-2"), ("Clean up", "team:domestic", "1")):
        post(admin, "task-new", code, title=title, whose=whose, amount=amount, unit="wd", calendar="office")
    post(admin, "task-new", code, title="Print invitations", whose="team:hr", unit="wd", calendar="office")
    post(admin, "type-publish", code)
    with clock.at(MONDAY):
        bundle = ask(nurse, code, which_day="2027-03-10")
        assert (bundle.state, tasks(bundle)) == (RequestState.SUBMITTED, {})
        decide(bundle)
        made = tasks(bundle)
        assert list(made) == ["Move the beds", "Clean up", "Print invitations"]
        assert [row.team.code for row in made.values()] == ["estates", "domestic", "hr"]
        due = [row.agreed_at and row.agreed_at.isoformat() for row in made.values()]
        assert due == ["2027-03-08T12:00:00+00:00", "2027-03-11T12:00:00+00:00", None]
        bundle = fresh(bundle)
        assert (bundle.state, bundle.held_by) == (RequestState.IN_FULFILMENT, "Tasks done: 0 of 3")
        assert bundle.due_at == made["Clean up"].agreed_at
        for count, (title, code_of_team) in enumerate(
            (("Move the beds", "estates"), ("Print invitations", "hr"), ("Clean up", "domestic")), start=1
        ):
            assert fresh(bundle).state == RequestState.IN_FULFILMENT
            do(signed_in(team[code_of_team]), made[title])
            if count < 3:
                assert fresh(bundle).held_by == f"Tasks done: {count} of 3"
    bundle = fresh(bundle)
    assert (bundle.state, bundle.outcome, bundle.held_by) == (RequestState.CLOSED, "done", "")
    assert not Clock.objects.filter(request=bundle, state="running").exists()


def test_room_turnover_asks_five_teams_and_tells_them_the_room(world: SimpleNamespace, nurse: Client) -> None:
    with clock.at(MONDAY):
        bundle = turnover(world, nurse, broken="The lamp")
        made = tasks(bundle)
    said = {
        title: (row.team.code, row.category.code, row.service, row.priority) for title, row in made.items()
    }
    assert said == {
        "Clean the room": ("domestic", "clean", "clean_bed", Priority.URGENT),
        "Check and wipe the equipment": ("library", "task", "task", Priority.PLANNED),
        "Lay out a set of linen": ("linen", "task", "task", Priority.PLANNED),
        "Fill up what is missing": ("stores", "task", "task", Priority.PLANNED),
        "Repair what is broken in the room": ("estates", "task", "task", Priority.ROUTINE),
    }
    assert {row.deliver_to.code for row in made.values()} == {bed(world)}
    assert {row.state for row in made.values()} == {RequestState.APPROVED}
    minutes = [(row.due_at - MONDAY).total_seconds() / 60 for row in made.values()][:4]
    assert minutes == [75, 15, 75, 240]


def test_nothing_broken_nothing_to_repair(world: SimpleNamespace, nurse: Client) -> None:
    assert "Repair what is broken in the room" not in tasks(turnover(world, nurse))


def test_an_isolation_room_is_cleaned_as_one(world: SimpleNamespace, nurse: Client) -> None:
    with clock.at(MONDAY):
        clean = tasks(turnover(world, nurse, what="isolation", precautions="contact"))["Clean the room"]
    assert (clean.service, clean.precautions) == ("clean_isolation", "contact")
    assert (clean.due_at - MONDAY).total_seconds() / 60 == 150


def test_a_new_starter_is_agreed_by_the_head_and_counted_from_the_first_day(
    world: SimpleNamespace, nurse: Client
) -> None:
    with clock.at(MONDAY):
        bundle = ask(
            nurse, "new_starter", name="Rosa Field", post="office", first_day="2027-04-12", computer="yes"
        )
        decide(bundle)
        made = tasks(bundle)
    assert "Uniform" not in made and "Computer or telephone" in made
    due = {title: row.agreed_at.date().isoformat() for title, row in made.items()}
    assert due["Contract, right to work, health and registration checked"] == "2027-03-25"  # over Easter
    assert due["Account and e-mail"] == "2027-04-05"
    assert due["Local induction and equipment training"] == "2027-04-26"
    page = nurse.get(reverse("desk:request-detail", args=[bundle.public_id])).content.decode()
    assert "Rosa Field" in page


def test_what_should_have_been_done_before_today_is_done_within_its_usual_time(
    world: SimpleNamespace, nurse: Client
) -> None:
    with clock.at(MONDAY):
        bundle = ask(nurse, "new_starter", name="R", post="nurse", first_day="2027-03-03", computer="no")
        decide(bundle)
        late = tasks(bundle)["Contract, right to work, health and registration checked"]
        assert late.agreed_at is None and late.due_at > MONDAY


def test_cancelling_the_bundle_cancels_what_is_open(
    world: SimpleNamespace, team: dict[str, Any], nurse: Client
) -> None:
    bundle = turnover(world, nurse)
    made = tasks(bundle)
    do(signed_in(team["linen"]), made["Lay out a set of linen"])
    nurse.post(reverse("requests:cancel", args=[bundle.public_id]), {"reason": "The patient came back"})
    assert fresh(bundle).state == RequestState.CANCELLED
    states = {title: row.state for title, row in tasks(bundle).items()}
    assert states.pop("Lay out a set of linen") == RequestState.CLOSED
    assert set(states.values()) == {RequestState.CANCELLED}
    assert not Clock.objects.filter(request__parent=bundle, state="running").exists()


def test_it_ends_also_when_the_last_task_is_cancelled(
    world: SimpleNamespace, team: dict[str, Any], nurse: Client
) -> None:
    bundle = turnover(world, nurse)
    *others, last = tasks(bundle).values()
    for row in others:
        do(signed_in(team[row.team.code]), row)
    lifecycle.cancel(request=last, by=world.nurse, reason="Nothing is missing")
    assert fresh(bundle).state == RequestState.CLOSED


def test_it_is_cancelled_when_every_task_is(world: SimpleNamespace, nurse: Client) -> None:
    bundle = turnover(world, nurse)
    for row in tasks(bundle).values():
        assert fresh(bundle).state == RequestState.IN_FULFILMENT
        lifecycle.cancel(request=row, by=world.nurse, reason="Not needed")
    assert fresh(bundle).state == RequestState.CANCELLED


def test_it_goes_on_when_a_task_is_sent_back_to_its_team(
    world: SimpleNamespace, team: dict[str, Any], nurse: Client
) -> None:
    with clock.at(MONDAY):
        bundle = turnover(world, nurse)
        made = tasks(bundle)
        for row in made.values():
            do(signed_in(team[row.team.code]), row)
        assert fresh(bundle).state == RequestState.CLOSED
    again = made["Lay out a set of linen"]
    with clock.at(MONDAY.replace(hour=11)):
        nurse.post(reverse("requests:reopen", args=[again.public_id]), {"reason": "unfinished"})
        assert (fresh(again).state, fresh(bundle).state) == (
            RequestState.APPROVED,
            RequestState.IN_FULFILMENT,
        )
        assert (fresh(bundle).held_by, fresh(bundle).outcome) == (
            f"Tasks done: {len(made) - 1} of {len(made)}",
            "",
        )
        assert [row.kind for row in Clock.objects.filter(request=bundle, state="running")] == ["fulfilment"]
        assert not Notice.objects.filter(user=world.nurse, kind="request_reopened").exists()
        assert not list(find(only={"request", "clock"}))
        do(signed_in(team["linen"]), again)
    assert fresh(bundle).state == RequestState.CLOSED
    assert not Clock.objects.filter(request=bundle, state="running").exists()


def test_a_rejected_bundle_makes_nothing(world: SimpleNamespace, nurse: Client) -> None:
    bundle = ask(nurse, "new_starter", name="R", post="nurse", first_day="2027-03-03", computer="no")
    lifecycle.reject(request=bundle, by=world.system, reason="No post")
    assert (fresh(bundle).state, tasks(bundle)) == (RequestState.REJECTED, {})


def test_a_type_that_asks_more_meanwhile_is_replaced_by_plain_work(
    world: SimpleNamespace, nurse: Client
) -> None:
    Category.objects.filter(code="clean").update(active=False)
    row = tasks(turnover(world, nurse))["Clean the room"]
    assert row.category.code == "task"


def test_a_task_of_a_type_is_refused_while_the_bundle_does_not_answer_it(admin: Client) -> None:
    code = new_type(admin, "Half", kind="bundle")
    said = post(
        admin, "task-new", code, title="Clean", whose="type:clean", unit="wd", calendar="office", status=422
    )
    assert "Nobody answers “Where?” there" in said.content.decode()


def test_its_page_shows_the_tasks_and_who_is_late(
    world: SimpleNamespace, team: dict[str, Any], nurse: Client
) -> None:
    with clock.at(MONDAY):
        bundle = turnover(world, nurse)
    with clock.at(MONDAY.replace(hour=11)):
        page = nurse.get(reverse("desk:request-detail", args=[bundle.public_id])).content.decode()
        assert page.count("tag tag-late") == 3  # cleaning, equipment, linen; not what has four hours
        task = next(iter(tasks(bundle).values()))
        child = nurse.get(reverse("desk:request-detail", args=[task.public_id])).content.decode()
        assert bundle.title in child and bundle.number in child
        other = (
            signed_in(team["domestic"])
            .get(reverse("desk:request-detail", args=[task.public_id]))
            .content.decode()
        )
        assert bundle.number not in other  # the cleaner does not see the request of the ward


def test_a_stranger_learns_nothing_of_it(world: SimpleNamespace, nurse: Client) -> None:
    bundle = turnover(world, nurse)
    stranger = signed_in(world.stranger)
    for row in (bundle, *tasks(bundle).values()):
        assert stranger.get(reverse("desk:request-detail", args=[row.public_id])).status_code == 404


def cost(client: Client, request: ServiceRequest) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("desk:request-detail", args=[request.public_id]))
    return len(queries)


def test_its_page_costs_the_same_with_one_task_and_with_five(world: SimpleNamespace, nurse: Client) -> None:
    five = turnover(world, nurse, broken="A lamp")
    Category.objects.get(code="room_turnover").tasks.exclude(position=3).delete()
    one = turnover(world, nurse)
    assert len(tasks(one)) == 1
    assert cost(nurse, one) == cost(nurse, five) == 11


def test_one_notice_tells_of_the_whole_bundle(
    world: SimpleNamespace, team: dict[str, Any], nurse: Client
) -> None:
    bundle = turnover(world, nurse)
    for row in tasks(bundle).values():
        do(signed_in(team[row.team.code]), row)
    told = Notice.objects.filter(user=world.nurse).order_by("pk").values_list("kind", flat=True)
    assert list(told) == ["request_closed"]  # nobody had to agree to it


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ending_tasks_and_cancelling_the_bundle_at_once(world: SimpleNamespace) -> None:
    nurse, people = signed_in(world.nurse), crew(world)
    for _round in range(5):
        bundle = turnover(world, nurse)
        made = list(tasks(bundle).values())
        for row in made:
            work.take(request=row, by=people[row.team.code])
        jobs = [partial(work.finish, request=row, by=people[row.team.code], outcome="done") for row in made]
        cancel = partial(lifecycle.cancel, request=bundle, by=world.nurse, reason="The patient stays")
        for refused in race([*jobs, cancel]):
            assert isinstance(refused, ServiceRequest | WrongState), repr(refused)
        ended = {row.state for row in tasks(bundle).values()}
        if fresh(bundle).state == RequestState.CLOSED:
            assert ended == {RequestState.CLOSED}
        else:
            assert fresh(bundle).state == RequestState.CANCELLED and ended <= {"closed", "cancelled"}
