"""What stands on the approver's pages is so: what a password agrees to, how a card ended, what can be done with it, who has a way in."""

from datetime import timedelta
from decimal import Decimal
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals import cover, decisions, passing, questioning, reresolving
from approvals.models import Decision
from portal import clock
from portal.accounts.models import User
from requests_app import attachments
from tests import journeys
from tests.files.conftest import pdf
from tests.glass import on_duty, smash
from tests.personas import person, signed_in

pytestmark = pytest.mark.django_db
INBOX = reverse("approvals:inbox")
D = timedelta(days=1)


def ref(request: Any) -> str:
    return journeys.open_steps(request)[0].ref


def page(user: User, where: str) -> str:
    return " ".join(unescape(signed_in(user).get(where).text).split())


@pytest.fixture
def papers(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_the_page_of_the_password_shows_what_is_agreed_to(
    world: SimpleNamespace, settings: Any, papers: None
) -> None:
    settings.APPROVE_CONFIRM_FROM = 10
    request = journeys.sent(world, NPW_KIT=24, note="for the new unit")
    upload = SimpleUploadedFile("quote.pdf", pdf(), content_type="application/pdf")
    attachments.attach(request=journeys.fresh(request), upload=upload, by=world.nurse)
    line = request.lines.get()
    for where in (reverse("approvals:confirm", args=[ref(request)]), INBOX):
        said = page(world.head, where)
        assert line.name in said
        assert f"24 {line.unit_plural}" in said
        assert f"More than usual: at most {line.usual_max}" in said
        assert "Not on a contract" in said
        assert "quote.pdf" in said
        assert "“for the new unit”" in said


@pytest.mark.parametrize(("files", "queries"), [(0, 8), (1, 9), (3, 9)])
def test_files_cost_the_open_card_one_query(
    world: SimpleNamespace, papers: None, files: int, queries: int
) -> None:
    request = journeys.sent(world, TON_BLK=2)
    for n in range(files):
        upload = SimpleUploadedFile(f"{n}.pdf", pdf(), content_type="application/pdf")
        attachments.attach(request=journeys.fresh(request), upload=upload, by=world.nurse)
    head = signed_in(world.head)
    head.get(INBOX)
    with CaptureQueriesContext(connection) as taken:
        assert head.get(INBOX).text.count(".pdf") == files
    assert len(taken) == queries, [query["sql"][:120] for query in taken]


def test_a_card_that_ended_says_how_and_why(world: SimpleNamespace) -> None:
    anna = person("anna.holt", role="head", place=world.ward)
    request = journeys.sent(world, TON_BLK=2)
    there = f"{INBOX}?open={ref(request)}"
    seen = journeys.seen(request)
    decisions.reject_step(step_id=ref(request), by=anna, seen=seen, reason="We have a box")
    said = page(world.head, there)
    assert "Anna Holt said no to this first." in said
    assert "“We have a box”" in said
    assert "result-no" in said
    agreed = journeys.sent(world, TON_BLK=2)
    there = f"{INBOX}?open={ref(agreed)}"
    journeys.approve(agreed, anna)
    said = page(world.head, there)
    assert "Anna Holt approved this first." in said
    assert "result-no" not in said


def test_less_is_offered_only_where_something_can_be_taken_down(world: SimpleNamespace) -> None:
    for lines, offered in (
        ({"TON_BLK": 1}, False),
        ({"TON_BLK": 2}, True),
        ({"TON_BLK": 1, "SPO_SEN": 1}, True),
    ):
        request = journeys.sent(world, **lines)
        there = reverse("approvals:step-adjust", args=[ref(request)])
        assert (there in page(world.head, f"{INBOX}?open={ref(request)}")) is offered, lines


def test_the_chip_says_that_time_stands_still_until_the_answer(world: SimpleNamespace) -> None:
    request, other = (journeys.sent(world, TON_BLK=2) for _ in range(2))
    questioning.ask(step_id=ref(request), by=world.head, text="Still needed?")
    said = page(world.head, INBOX)
    assert said.count("Stands still until it is answered") == 1
    assert "No time set yet" not in said
    assert said.count("Due ") == 1
    assert other.number in said


def test_passing_on_says_that_the_others_did_it_already(world: SimpleNamespace) -> None:
    anna = person("anna.holt", role="head", place=world.ward)
    request = journeys.sent(world, TON_BLK=2)
    step = journeys.open_steps(request)[0]
    assert passing.nobody(step).startswith("Nobody else may take this decision.")
    passing.pass_on(step_id=step.pk, by=world.head, to=anna, reason="Conflict of interest")
    there = reverse("approvals:step-pass", args=[step.ref])
    assert "Everybody else who may take this decision passed it on or has decided." in page(anna, there)


def test_of_several_only_those_count_that_one_press_approves(world: SimpleNamespace) -> None:
    plain, flagged = journeys.sent(world, TON_BLK=2), journeys.sent(world, NPW_KIT=1)
    said = page(world.head, f"{INBOX}?select=1")
    boxes = {one: said[said.index(f'value="{ref(one)}"') :].split(">")[0] for one in (plain, flagged)}
    assert "data-alone" not in boxes[plain]
    assert "data-alone" in boxes[flagged]


def has_a_way_in(user: User) -> bool:
    """In the bar of a desk and in that of a phone."""
    found = signed_in(user).get(reverse("accounts:me")).text
    ways = [f'id="{name}"' in found for name in ("waiting-top", "waiting-tab")]
    assert len(set(ways)) == 1
    return all(ways)


def test_who_has_a_decision_to_take_has_approvals_in_the_bar(world: SimpleNamespace) -> None:
    lead = world.ward_lead
    journeys.sent(world, TON_BLK=2)
    assert has_a_way_in(world.head)
    assert not has_a_way_in(lead)
    cover.delegate(grantor=world.head, to=lead, starts_at=clock.now(), ends_at=clock.now() + D, by=world.head)
    assert not has_a_way_in(lead)
    reresolving.sweep()
    assert has_a_way_in(lead)
    client = signed_in(lead)
    client.get(reverse("accounts:me"))
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("accounts:me"))
    cover.revoke(ref=world.head.delegations.get().ref, by=world.head)
    reresolving.sweep()
    assert not has_a_way_in(lead)
    with CaptureQueriesContext(connection) as unasked:
        client.get(reverse("accounts:me"))
    assert len(asked) - len(unasked) in (0, 1), "one more is what the page says of who stands in"


@pytest.mark.parametrize("rows", [1, 3])
def test_a_review_that_waits_stands_on_home(world: SimpleNamespace, rows: int) -> None:
    for who in (world.service_manager, person("ann.duty"), person("ben.duty"))[:rows]:
        smash(journeys.sent(world, NPW_KIT=2), on_duty(world, who))
    for who in (world.director, world.finance):
        said = page(who, "/")
        assert ("1 break-glass waits" if rows == 1 else f"{rows} break-glass wait") in said
        assert "Late by" not in said
    with clock.at(clock.now() + 4 * D):
        assert "Late by" in page(world.director, "/")
    for who in (world.procurement, world.service_manager, world.auditor):
        assert "break-glass wait" not in page(who, "/")


def test_the_page_of_standing_in_speaks_plainly(world: SimpleNamespace) -> None:
    moment = clock.now()
    there = reverse("approvals:cover")
    cover.delegate(
        grantor=world.head,
        to=world.director,
        starts_at=moment,
        ends_at=moment + D,
        by=world.head,
        limit=Decimal(1000),
        categories=["supply"],
    )
    cover.declare_absence(user=world.head, starts_at=moment + 2 * D, ends_at=moment + 3 * D, by=world.head)
    said = page(world.head, there)
    assert "You will be away" in said
    assert "You are away" not in said
    assert "only below £1,000.00" in said
    assert "only Supplies" in said


def test_a_long_absence_says_until_when_somebody_stands_in(world: SimpleNamespace) -> None:
    last = (clock.now() + 60 * D).date().isoformat()
    form = {"until": "until", "last": last, "to": world.ward_lead.pk}
    head = signed_in(world.head)
    for more in ({"look": "1"}, {}):
        answer = head.post(reverse("approvals:cover-absence"), form | more, follow=True)
        assert "A right is lent for 28 days at most: Grace Hill stands in until" in unescape(answer.text)
    said = page(world.head, reverse("approvals:cover"))
    assert "Grace Hill stands in for you now, until" in said
    assert "on nobody is named: your colleagues are asked, then the next authority." in said
    cover.name_alternate(user=world.head, to=world.director, by=world.head)
    assert "on nobody is named" not in page(world.head, reverse("approvals:cover"))


def test_here_again_says_what_does_not_come_back(world: SimpleNamespace) -> None:
    absence = cover.declare_absence(
        user=world.head, starts_at=clock.now(), ends_at=clock.now() + D, by=world.head
    )
    answer = signed_in(world.head).post(reverse("approvals:cover-call-off", args=[absence.pk]), follow=True)
    assert "What went on to the next authority meanwhile stays there." in answer.text
    assert not Decision.objects.exists()
