"""Every way to decide over HTTP, as pages and forms: less of a line, a question, passing on, several at once, the password once
more, taking it back; and that looking at a page never decides."""

from datetime import timedelta
from html import unescape
from re import findall
from types import SimpleNamespace

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals import cover
from approvals.models import ApprovalStep, Decision, StepApprover
from portal import clock
from portal.notify.models import Notice
from portal.notify.tasks import send_mail
from requests_app.models import ServiceRequest, WardQuestion
from requests_app.states import RequestState
from tests import journeys
from tests.personas import PASSWORD, person, signed_in

pytestmark = pytest.mark.django_db
INBOX, DECIDED, BATCH = (reverse(f"approvals:{name}") for name in ("inbox", "decided", "batch"))
HTMX = {"HX-Request": "true"}


def url(name: str, request: ServiceRequest) -> str:
    return reverse(f"approvals:{name}", args=[journeys.open_steps(request)[0].ref])


@pytest.fixture
def head(world: SimpleNamespace) -> Client:
    return signed_in(world.head)


def test_approved_and_taken_back_within_ten_seconds(world: SimpleNamespace, head: Client) -> None:
    request = journeys.sent(world, TON_BLK=2)
    undo, seen = url("step-undo", request), {"seen": journeys.seen(request)}
    page = head.post(url("step-approve", request), seen, follow=True).text
    assert f"{request.number} approved" in page
    assert undo in page
    back = head.post(undo, follow=True).text
    assert "Taken back: " in back
    assert f"Approve £{request.amount}" in back
    assert journeys.fresh(request).state == RequestState.SUBMITTED
    assert [one.outcome for one in Decision.objects.order_by("pk")] == ["approved", "withdrawn"]


def test_undo_is_over_after_ten_seconds(world: SimpleNamespace, head: Client) -> None:
    request = journeys.sent(world, TON_BLK=2)
    undo = url("step-undo", request)
    done = head.post(url("step-approve", request), {"seen": journeys.seen(request)})
    with clock.at(clock.now() + timedelta(seconds=11)):
        assert undo not in head.get(done["Location"]).text
        late = head.post(undo)
    assert late.status_code == 409
    assert "too late to take it back" in late.text
    assert journeys.fresh(request).state == RequestState.APPROVED


def test_less_of_a_line_says_what_is_left_and_is_approved(world: SimpleNamespace, head: Client) -> None:
    request = journeys.sent(world, note="two bays", GLV_NIT_M=30, SPO_SEN=2)
    gloves, sensors = request.lines.order_by("position")
    there, total = url("step-adjust", request), {f"line-{sensors.public_id}": "2", "total": "1"}
    page = head.get(there)
    assert 'value="above_usual" id="id_chip_0" checked' in page.text
    left = head.get(there, total | {f"line-{gloves.public_id}": "0"}, headers=HTMX).text.strip()
    assert left == f"Approve £{request.amount - gloves.amount}"
    assert not Decision.objects.exists()
    given = {"seen": journeys.seen(request), "chip": "above_usual", f"line-{sensors.public_id}": "2"}
    empty = head.post(there, given | {f"line-{gloves.public_id}": ""})
    assert empty.status_code == 422
    assert "Enter how many, 0 to 30." in empty.text
    done = head.post(there, given | {f"line-{gloves.public_id}": "20"}, follow=True)
    assert f"{request.number} approved, £" in done.text
    decision = Decision.objects.get()
    assert decision.reason == "More than the usual use"
    assert [(one["from"], one["to"]) for one in decision.adjusted] == [(30, 20)]


def test_more_of_a_line_is_refused_beside_it(world: SimpleNamespace, head: Client) -> None:
    request = journeys.sent(world, TON_BLK=2)
    line = request.lines.get()
    given = {"seen": journeys.seen(request), "chip": "enough", f"line-{line.public_id}": "3"}
    refused = head.post(url("step-adjust", request), given)
    assert refused.status_code == 422
    assert "Enter how many, 0 to 2." in refused.text
    all_gone = head.post(url("step-adjust", request), given | {f"line-{line.public_id}": "0"})
    assert "Nothing would be left of it. Say no instead." in all_gone.text
    assert not Decision.objects.exists()


def test_a_question_and_its_answer_stand_on_the_card(world: SimpleNamespace, head: Client) -> None:
    request = journeys.sent(world, TON_BLK=2)
    there = url("step-ask", request)
    assert "Choose a question or write one." in head.post(there, {}).text
    page = head.post(there, {"question": "wait"}, follow=True).text
    assert "Can it wait for the next order?" in page
    assert "No answer yet from Asha Menon." in page
    assert f'href="{there}"' not in page
    asked = WardQuestion.objects.get()
    nurse = signed_in(world.nurse)
    assert nurse.post(reverse("requests:answer", args=[asked.ref]), {"answer": "No"}).status_code == 302
    page = unescape(head.get(INBOX).text)
    assert "“No”" in page
    assert f'href="{there}"' in page


def test_passed_on_it_leaves_the_inbox_with_a_reason(world: SimpleNamespace, head: Client) -> None:
    colleague = person("anna.holt", role="head", place=world.ward)
    request = journeys.sent(world, TON_BLK=2)
    there = url("step-pass", request)
    assert "Anna Holt" in head.get(there).text
    assert "Choose who is to decide." in head.post(there, {"chip": "conflict"}).text
    done = head.post(there, {"chip": "conflict", "to": str(colleague.pk)}, follow=True).text
    assert f"Anna Holt decides {request.number} now." in done
    assert "Nothing to decide" in done
    assert request.number in signed_in(colleague).get(INBOX).text


def test_a_large_amount_takes_the_password_and_what_was_shown(world: SimpleNamespace, settings) -> None:
    settings.APPROVE_CONFIRM_FROM = 10
    head = signed_in(world.head)
    request = journeys.sent(world, NPW_KIT=2)
    seen, there = journeys.seen(request), url("confirm", request)
    asked = head.post(url("step-approve", request), {"seen": seen})
    assert asked.status_code == 302
    assert asked["Location"] == f"{there}?seen={seen}"
    by_htmx = head.post(url("step-approve", request), {"seen": seen}, headers=HTMX)
    assert by_htmx["HX-Redirect"] == asked["Location"]
    page = head.get(asked["Location"]).text
    assert f'name="seen" value="{seen}"' in page
    wrong = head.post(there, {"seen": seen, "password": "guess"})
    assert wrong.status_code == 422
    assert "This is not your password." in wrong.text
    assert "guess" not in wrong.text
    assert not Decision.objects.exists()
    assert head.post(there, {"seen": seen, "password": PASSWORD}).status_code == 302
    assert Decision.objects.get().confirmed
    second = journeys.sent(world, NPW_KIT=2)
    head.post(url("step-approve", second), {"seen": journeys.seen(second)})
    assert Decision.objects.count() == 2, "the password holds for five minutes"


def test_wrong_passwords_are_counted_as_when_signing_in(world: SimpleNamespace, settings) -> None:
    settings.APPROVE_CONFIRM_FROM = 10
    head, request = signed_in(world.head), journeys.sent(world, NPW_KIT=2)
    there, seen = url("confirm", request), journeys.seen(request)
    for _ in range(5):
        head.post(there, {"seen": seen, "password": "guess"})
    locked = head.post(there, {"seen": seen, "password": PASSWORD})
    assert locked.status_code == 422
    assert "Too many failed" in locked.text
    assert not Decision.objects.exists()


def test_several_at_once_with_an_exact_list(world: SimpleNamespace, head: Client) -> None:
    small = [journeys.sent(world, TON_BLK=1) for _ in range(3)]
    select = head.get(INBOX, {"select": "1", "under": "1"}).text
    assert select.count(" checked") == 3
    refs = [journeys.open_steps(one)[0].ref for one in small]
    sheet = head.get(BATCH, {"ref": refs}).text
    assert all(one.number in sheet for one in small)
    total = sum(one.amount for one in small)
    assert f"Approve 3, £{total}" in sheet
    assert not Decision.objects.exists()
    seen = findall(r'name="seen" value="(\w+)"', sheet)
    journeys.approve(small[0], world.head)
    done = head.post(BATCH, {"ref": refs, "seen": ["stale", *seen[1:]]})
    assert "3 approved" in done.text or "2 approved" in done.text
    assert {journeys.fresh(one).state for one in small} == {RequestState.APPROVED}


def test_what_of_several_failed_stays_chosen(world: SimpleNamespace, head: Client) -> None:
    first, second = journeys.sent(world, TON_BLK=1), journeys.sent(world, TON_BLK=1)
    refs = [journeys.open_steps(one)[0].ref for one in (first, second)]
    done = head.post(BATCH, {"ref": refs, "seen": ["not what it holds", journeys.seen(second)]}).text
    assert "1 approved" in done
    assert "1 not" in done
    assert "changed since you opened it" in done
    again = f"{INBOX}?select=1&ref={refs[0]}"
    assert again in unescape(done)
    assert head.get(again).text.count(" checked") == 1


def test_looking_never_decides(world: SimpleNamespace, head: Client, settings) -> None:
    """A scanner opens the link in the mail, everything that its page links to, and every form with GET, HEAD and OPTIONS."""
    settings.APPROVE_CONFIRM_FROM = 10
    person("anna.holt", role="head", place=world.ward)
    request = journeys.sent(world, note="two bays", GLV_NIT_M=30, SPO_SEN=2)
    link = Notice.objects.filter(user=world.head, kind="step_waiting").get().url
    before = (
        Decision.objects.count(),
        StepApprover.objects.filter(open=True).count(),
        WardQuestion.objects.count(),
    )
    page = head.get(link)
    assert page.status_code == 200
    assert "Approve £332.00" in page.text
    assert str(page.context["cards"][0].step.ref) == journeys.open_steps(request)[0].ref
    seen, todo = set(), {link, BATCH}
    while todo:
        there = todo.pop()
        seen.add(there)
        for method in (head.get, head.head, head.options):
            assert method(there).status_code in (200, 302, 404, 405), there
        found = set(
            findall(r'(?:href|action|hx-post|hx-get)="(/approvals/[^"]*)"', unescape(head.get(there).text))
        )
        todo |= found - seen
    assert len(seen) > 8
    assert request.state == journeys.fresh(request).state
    assert before == (
        Decision.objects.count(),
        StepApprover.objects.filter(open=True).count(),
        WardQuestion.objects.count(),
    )


def test_signed_out_the_link_leads_to_the_card_after_signing_in(world: SimpleNamespace) -> None:
    request = journeys.sent(world, TON_BLK=2)
    link = Notice.objects.filter(user=world.head, kind="step_waiting").get().url
    visitor = Client()
    asked = visitor.get(link)
    assert asked.status_code == 302
    form = {"login": world.head.username, "password": PASSWORD}
    page = visitor.post(asked["Location"], form, follow=True)
    assert f"Approve £{request.amount}" in page.text
    assert journeys.open_steps(request)[0].ref in page.text


def test_a_link_to_what_somebody_else_decided_says_who(world: SimpleNamespace) -> None:
    colleague = person("anna.holt", role="head", place=world.ward)
    request = journeys.sent(world, TON_BLK=2)
    there = f"{INBOX}?open={journeys.open_steps(request)[0].ref}"
    journeys.approve(request, world.head)
    assert "Joy Okoro approved this first." in signed_in(colleague).get(there).text
    others = signed_in(colleague).get(DECIDED, {"whose": "others"}).text
    assert "by Joy Okoro" in others
    assert request.number in others
    assert request.number not in signed_in(colleague).get(DECIDED).text
    own = signed_in(world.head).get(there).text
    assert "You approved this." in own
    assert "Your press changed nothing" not in own


def test_the_list_is_narrowed_by_links_that_say_how_many(world: SimpleNamespace, head: Client) -> None:
    for _ in range(2):
        journeys.sent(world, TON_BLK=2)
    page = head.get(INBOX).text
    assert "?show=supplies" in page
    assert "?show=repair" not in page
    assert head.get(INBOX, {"show": "supplies"}).context["cards"]
    nothing = head.get(INBOX, {"show": "lent"})
    assert "None of these waits for you" in nothing.text
    assert head.get(INBOX, {"show": "<script>"}).status_code == 200


def test_for_somebody_else_it_says_for_whom(world: SimpleNamespace) -> None:
    moment = clock.now()
    cover.delegate(
        grantor=world.head,
        to=world.other_head,
        starts_at=moment,
        ends_at=moment + timedelta(days=2),
        by=world.head,
    )
    request = journeys.sent(world, TON_BLK=2)
    deputy = signed_in(world.other_head)
    page = deputy.get(INBOX).text
    assert "For Joy Okoro:" in page
    assert "For somebody else" in page
    deputy.post(url("step-approve", request), {"seen": journeys.seen(request)})
    assert "for Joy Okoro" in deputy.get(DECIDED).text
    assert "by Ruth Lang" in signed_in(world.head).get(DECIDED, {"whose": "for"}).text
    assert request.number not in signed_in(world.head).get(DECIDED).text


def test_what_one_decided_is_listed_with_reason_and_what_was_taken_back(
    world: SimpleNamespace, head: Client
) -> None:
    request = journeys.sent(world, TON_BLK=2)
    head.post(url("step-approve", request), {"seen": journeys.seen(request)})
    head.post(reverse("approvals:step-undo", args=[ApprovalStep.objects.get().ref]))
    head.post(url("step-reject", request), {"seen": journeys.seen(request), "chip": "in_stock"})
    page = unescape(head.get(DECIDED).text)
    assert page.index("Said no:") < page.index("Took back:") < page.index("Approved:")
    assert "“Not needed: stock is there”" in page
    assert "taken back" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_what_one_decided_takes_five_queries(world: SimpleNamespace, head: Client, rows: int) -> None:
    for _ in range(rows):
        journeys.approve(journeys.sent(world, TON_BLK=2), world.head)
    head.get(DECIDED)
    with CaptureQueriesContext(connection) as queries:
        assert head.get(DECIDED).text.count("Approved:") == rows
    assert len(queries) == 5, [query["sql"][:120] for query in queries]


def test_mail_leads_to_the_card(world: SimpleNamespace, head: Client, settings) -> None:
    settings.EMAIL_URL, settings.PORTAL_URL = "smtp://mail.example", "https://portal.example"
    journeys.sent(world, NPW_KIT=2)
    request = journeys.sent(world, TON_BLK=2)
    with clock.at(clock.now() + timedelta(seconds=30)):
        Notice.objects.filter(params__mail_from__isnull=False).update(params={})
        send_mail.run()
    link = f"https://portal.example{INBOX}?case={request.public_id}"
    assert [link in one.body for one in mail.outbox if one.to == [world.head.email]] == [False, True]
    page = head.get(link.removeprefix("https://portal.example"))
    assert page.context["cards"][0].request == request
    assert f"Approve £{request.amount}" in page.text
