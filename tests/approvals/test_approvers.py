"""What each person decided, for those who oversee it: only of what they see, whoever used the right, page by page."""

from datetime import timedelta
from html import unescape
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals import cover, decisions, undoing
from approvals.models import ApprovalStep
from portal import clock
from portal.accounts.models import User
from tests import journeys
from tests.personas import person, signed_in

pytestmark = pytest.mark.django_db
PEOPLE = reverse("approvals:approvers")


def of(user: User) -> str:
    return reverse("approvals:approver", args=[user.username])


def page(reader: User, where: str) -> str:
    return " ".join(unescape(signed_in(reader).get(where).text).split())


def test_only_those_who_oversee_read_it(world: SimpleNamespace) -> None:
    readers = {world.auditor, world.service_manager}
    for who in (
        world.auditor,
        world.service_manager,
        world.head,
        world.finance,
        world.nurse,
        world.administrator,
    ):
        for there in (PEOPLE, of(world.head)):
            assert signed_in(who).get(there).status_code == (200 if who in readers else 403), (who, there)
        shown = f'href="{PEOPLE}"' in page(who, reverse("approvals:decided"))
        assert shown is (who in readers), who
        assert (f'href="{PEOPLE}"' in page(who, "/")) is (who in readers), who
    assert signed_in(world.auditor).get(reverse("approvals:approver", args=["nobody"])).status_code == 404
    assert signed_in(world.auditor).post(PEOPLE).status_code == 405


def test_it_says_who_decided_how_often_and_what(world: SimpleNamespace) -> None:
    yes, no, back = (journeys.sent(world, TON_BLK=2) for _ in range(3))
    journeys.approve(yes, world.head)
    step = journeys.open_steps(no)[0]
    decisions.reject_step(step_id=step.pk, by=world.head, seen=journeys.seen(no), reason="Too many")
    step = journeys.approve(back, world.head)
    undoing.undo(step_id=step.pk, by=world.head)
    assert "2 decisions</span><span>1 no<" in page(world.auditor, PEOPLE)
    said = page(world.auditor, of(world.head))
    assert "“Too many”" in said
    assert "taken back" in said
    assert all(one.number in said for one in (yes, no, back))
    assert yes.number not in page(world.auditor, of(world.finance))
    with clock.at(clock.now() + timedelta(days=91)):
        assert "Nobody decided anything lately" in page(world.auditor, PEOPLE)
        assert yes.number in page(world.auditor, of(world.head))


def test_what_was_decided_in_their_name_is_theirs_too(world: SimpleNamespace) -> None:
    moment = clock.now()
    cover.delegate(
        grantor=world.head,
        to=world.ward_lead,
        starts_at=moment,
        ends_at=moment + timedelta(days=1),
        by=world.head,
    )
    request = journeys.sent(world, TON_BLK=2)
    journeys.approve(request, world.ward_lead)
    for who in (world.head, world.ward_lead):
        said = page(world.auditor, of(who))
        assert request.number in said
        assert "by Grace Hill" in said
        assert "for Joy Okoro" in said


def test_nobody_reads_of_requests_that_they_do_not_see(world: SimpleNamespace) -> None:
    """A service manager of another hospital sees that hospital."""
    elsewhere = person("paul.far", role="service_manager", place=world.foreign_ward.hospital)
    request = journeys.approved(world, TON_BLK=2)
    assert request.number in page(world.service_manager, of(world.head))
    assert request.number not in page(elsewhere, of(world.head))
    assert world.head.get_full_name() not in page(elsewhere, PEOPLE)


@pytest.mark.parametrize("rows", [1, 3])
def test_both_pages_cost_the_same_for_one_and_for_three(world: SimpleNamespace, rows: int) -> None:
    deciders = [person(f"head.{n}", role="head", place=world.ward) for n in range(rows)]
    for by in deciders:
        journeys.approve(journeys.sent(world, TON_BLK=2), by)
        journeys.approve(journeys.sent(world, TON_BLK=2), deciders[0])
    assert ApprovalStep.objects.filter(decisions__isnull=False).count() == 2 * rows
    reader = signed_in(world.auditor)
    for there, queries in ((PEOPLE, 7), (of(deciders[0]), 7)):
        reader.get(there)
        with CaptureQueriesContext(connection) as taken:
            reader.get(there)
        assert len(taken) == queries, [query["sql"][:120] for query in taken]
