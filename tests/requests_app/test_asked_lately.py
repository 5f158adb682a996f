"""What the ward asked for in the last 24 hours stands beside the line; the line can be added to it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import Approval, ApprovalStep
from portal import clock
from portal.accounts import scopes
from portal.audit.models import Event
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.notify.models import Notice
from requests_app.models import ServiceRequest
from requests_app.supplies import adding, recent
from tests import journeys, personas
from tests.requests_app.test_pages_supply import answers, edit

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def waiting(world: SimpleNamespace) -> ServiceRequest:
    """Tom asked for two kits at first light; the head has not looked yet."""
    return journeys.sent(world, world.colleague, NPW_KIT=1, note="a new bay")


@pytest.fixture
def nurse(world: SimpleNamespace) -> Client:
    return personas.signed_in(world.nurse)


def test_what_a_colleague_asked_for_is_said_beside_the_line(
    nurse: Client, world: SimpleNamespace, waiting: ServiceRequest
) -> None:
    draft = journeys.draft(world, NPW_KIT=1, APR_WHT=2)
    page = nurse.get(edit(draft)).text
    assert f"Tom Reid asked for 1{NBSP}box" in page
    assert waiting.number in page
    assert 'value="addto:NPW-KIT"' in page
    assert 'value="addto:APR-WHT"' not in page
    with clock.at(clock.now() + timedelta(hours=25)):
        assert "Tom Reid asked for" not in nurse.get(edit(draft)).text


def test_it_is_added_to_and_decided_anew_and_the_rest_of_the_list_stays(
    nurse: Client, world: SimpleNamespace, waiting: ServiceRequest
) -> None:
    before = journeys.open_steps(waiting)
    draft = journeys.draft(world, NPW_KIT=1, APR_WHT=2)
    answer = nurse.post(edit(draft), answers(world, line_NPW_KIT=1, line_APR_WHT=2, do="addto:NPW-KIT"))
    assert answer["Location"] == reverse("desk:request-detail", args=[waiting.public_id])
    now_it_is = journeys.fresh(waiting)
    assert now_it_is.lines.get().quantity == 2
    assert (now_it_is.amount, now_it_is.state) == (waiting.amount + 210, "submitted")
    assert [line.code for line in draft.lines.all()] == ["APR-WHT"]
    assert [run.status for run in waiting.approvals.order_by("pk")] == [
        Approval.Status.WITHDRAWN, Approval.Status.OPEN,
    ]  # fmt: skip
    assert not ApprovalStep.objects.filter(pk__in=[step.pk for step in before], state="open").exists()
    event = Event.objects.get(case=waiting.public_id, action="request.extended")
    assert (event.actor, event.before["quantities"], event.after["quantities"]) == (
        world.nurse, {"NPW-KIT": 1}, {"NPW-KIT": 2},
    )  # fmt: skip
    assert Notice.objects.filter(user=world.colleague, kind="request_extended").count() == 1
    journeys.approve(now_it_is, world.head)
    journeys.approve(now_it_is, world.procurement)
    assert journeys.fresh(waiting).lines.get().approved_quantity == 2


def test_an_approver_who_saw_the_old_content_is_told_to_look_again(
    world: SimpleNamespace, waiting: ServiceRequest
) -> None:
    seen = journeys.seen(waiting)
    step = journeys.open_steps(waiting)[0]
    adding.add_to(request=waiting, code="NPW-KIT", quantity=1, by=world.nurse)
    head = personas.signed_in(world.head)
    answer = head.post(reverse("approvals:step-approve", args=[step.ref]), {"seen": seen})
    assert answer.status_code in (404, 409)
    assert journeys.fresh(waiting).state == "submitted"


def test_a_list_that_held_nothing_else_is_gone(
    nurse: Client, world: SimpleNamespace, waiting: ServiceRequest
) -> None:
    draft = journeys.draft(world, NPW_KIT=1)
    nurse.post(edit(draft), answers(world, line_NPW_KIT=1, do="addto:NPW-KIT"))
    assert not ServiceRequest.objects.filter(pk=draft.pk).exists()


def test_pressed_twice_it_is_added_once(
    nurse: Client, world: SimpleNamespace, waiting: ServiceRequest
) -> None:
    draft = journeys.draft(world, NPW_KIT=1, APR_WHT=1)
    press = answers(
        world, line_NPW_KIT=1, line_APR_WHT=1, do="addto:NPW-KIT", client_key=str(draft.client_key)
    )
    nurse.post(edit(draft), press)
    with pytest.raises(NotFound):
        adding.move_to(draft=draft, code="NPW-KIT", request=waiting, by=world.nurse)
    assert journeys.fresh(waiting).lines.get().quantity == 2


def test_what_was_decided_cannot_be_added_to_and_is_still_said(
    nurse: Client, world: SimpleNamespace, waiting: ServiceRequest
) -> None:
    journeys.approve(waiting, world.head)
    journeys.approve(waiting, world.procurement)
    draft = journeys.draft(world, NPW_KIT=1)
    page = nurse.get(edit(draft)).text
    assert "Tom Reid asked for" in page
    assert "addto:" not in page
    with pytest.raises(WrongState):
        adding.add_to(request=waiting, code="NPW-KIT", quantity=1, by=world.nurse)
    nurse.post(edit(draft), answers(world, line_NPW_KIT=1, do="addto:NPW-KIT"))
    assert draft.lines.get().quantity == 1, "it stays on the list"


def test_who_decides_never_edits_what_they_would_decide(
    world: SimpleNamespace, waiting: ServiceRequest
) -> None:
    with pytest.raises(NotAllowed):
        adding.add_to(request=waiting, code="NPW-KIT", quantity=1, by=world.head)
    found = recent.asked_lately(world.head, world.ward, [world.items["NPW-KIT"].pk])
    assert [asked.may_add for asked in found.values()] == [False]


def test_more_than_the_usual_without_a_reason_is_refused(world: SimpleNamespace) -> None:
    asked = journeys.sent(world, world.colleague, SPO_SEN=2)
    with pytest.raises(Invalid):
        adding.add_to(request=asked, code="SPO-SEN", quantity=1, by=world.nurse)
    assert asked.lines.get().quantity == 2


def test_a_person_who_may_not_see_it_learns_nothing(world: SimpleNamespace, waiting: ServiceRequest) -> None:
    """The canary: somebody of another ward drafts for 7B, where they may ask and see nothing."""
    item = world.items["NPW-KIT"].pk
    assert recent.asked_lately(world.nurse, world.ward, [item]), "who works there is told"
    for somebody in (world.other_nurse, world.stranger, world.operator):
        assert recent.asked_lately(somebody, world.ward, [item]) == {}
        with pytest.raises(NotFound):
            adding.add_to(request=waiting, code="NPW-KIT", quantity=1, by=somebody)
    client = personas.signed_in(world.other_nurse)
    page = client.post(
        "/requests/supply/new/", answers(world, line_NPW_KIT=1, do="addto:NPW-KIT"), follow=True
    )
    for word in ("Tom", "Reid", waiting.number, waiting.public_id, "asked for"):
        assert word not in page.text
    assert journeys.fresh(waiting).lines.get().quantity == 1


def test_a_private_request_is_known_to_its_own_only(world: SimpleNamespace, waiting: ServiceRequest) -> None:
    ServiceRequest.objects.filter(pk=waiting.pk).update(private=True)
    assert recent.asked_lately(world.nurse, world.ward, [world.items["NPW-KIT"].pk]) == {}
    assert recent.asked_lately(world.colleague, world.ward, [world.items["NPW-KIT"].pk])


def test_who_left_the_ward_adds_nothing(world: SimpleNamespace, waiting: ServiceRequest) -> None:
    for held in world.nurse.memberships.all():
        scopes.revoke(membership=held, by=world.system)
    with pytest.raises((NotAllowed, NotFound)):
        adding.add_to(request=waiting, code="NPW-KIT", quantity=1, by=world.nurse)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_form_costs_the_same_for_one_line_and_for_three(
    nurse: Client, world: SimpleNamespace, waiting: ServiceRequest, rows: int
) -> None:
    lines = dict(list({"NPW_KIT": 1, "APR_WHT": 2, "GLV_NIT_M": 3}.items())[:rows])
    draft = journeys.draft(world, **lines)
    nurse.get(reverse("desk:home"))
    with CaptureQueriesContext(connection) as queries:
        assert nurse.get(edit(draft)).status_code == 200
    assert len(queries) == 22, "\n".join(query["sql"][:150] for query in queries)
