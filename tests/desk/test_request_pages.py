"""The review before sending and the page of a request: who decides, who has it, what happened, and for whom it exists."""

import re
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.decisions import reject_step
from approvals.models import ApprovalPolicy, ApprovalStep
from portal.audit import events
from requests_app import casework, comments, following, waiting, work
from requests_app.models import CatalogueItem, ServiceRequest
from requests_app.supplies import fulfilment
from requests_app.supplies.quoting import quote
from tests import journeys, personas, repairs

NEVER = ("breach", "SLA", "supply-purchases", "in_fulfilment", "to_pick", "on_the_way", "with_buyer", "%")


def review(request: ServiceRequest) -> str:
    return reverse("desk:review", args=[request.public_id])


def detail(request: ServiceRequest) -> str:
    return reverse("desk:request-detail", args=[request.public_id])


def words(page: str) -> str:
    """What a person reads, without markup."""
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


@pytest.fixture
def nurse(world: SimpleNamespace) -> Client:
    return personas.signed_in(world.nurse)


def test_the_review_says_what_it_costs_who_decides_and_why(nurse: Client, world: SimpleNamespace) -> None:
    text = words(nurse.get(review(journeys.draft(world, SET_PMP=2))).text)
    assert "£168.00" in text
    assert "Joy Okoro" in text
    assert "The head of department decides what the department orders" in text
    at_once = words(nurse.get(review(journeys.draft(world, GLV_NIT_M=2))).text)
    assert "Decided at once : routine lines within the agreed list." in at_once


def test_the_review_counts_the_carriage_that_sending_will_count(
    nurse: Client, world: SimpleNamespace
) -> None:
    draft = journeys.draft(world, SPO_SEN=1)
    shown = nurse.get(review(draft)).context["quote"].amount
    sent = journeys.send(draft)
    assert sent.amount == shown > sum(line.amount for line in sent.lines.all())


@pytest.mark.parametrize(
    "lines", [{"SET_PMP": 2}, {"MON_PAT": 1}, {"SPO_SEN": 2}, {"GLV_NIT_M": 2}, {"NPW_KIT": 1}]
)
def test_who_is_foreseen_is_who_is_asked(
    nurse: Client, world: SimpleNamespace, lines: dict[str, int]
) -> None:
    draft = journeys.draft(world, note="needed", **lines)
    before = nurse.get(review(draft)).text
    asked = journeys.open_steps(journeys.send(draft))
    for step in asked:
        for approver in step.approvers.all()[:2]:
            assert approver.user.get_full_name() in before
    assert bool(asked) == ("Decided at once" not in before)


def test_without_a_policy_the_review_says_so_and_lets_it_be_sent(
    nurse: Client, world: SimpleNamespace
) -> None:
    ApprovalPolicy.objects.update(status=ApprovalPolicy.Status.SUPERSEDED)
    draft = journeys.draft(world, GLV_NIT_M=2)
    assert "Nobody is set to decide this yet." in nurse.get(review(draft)).text
    journeys.send(draft)
    page = words(nurse.get(detail(draft)).text)
    assert "Nobody can decide this yet." in page
    assert "Somebody is looking at this" in page


def test_a_price_that_changed_is_marked_on_the_review(nurse: Client, world: SimpleNamespace) -> None:
    draft = journeys.draft(world, GLV_NIT_M=2)
    CatalogueItem.objects.filter(pk=world.items["GLV-NIT-M"].pk).update(price="4.90")
    assert "was £4.20, is £4.90 now" in nurse.get(review(draft)).text


def test_what_is_missing_is_said_on_the_review(nurse: Client, world: SimpleNamespace) -> None:
    draft = journeys.draft(world, GLV_NIT_M=21)
    page = nurse.get(review(draft))
    assert page.status_code == 200
    assert "Say why: more than the usual 20" in page.text


def test_after_sending_the_page_says_who_has_it_and_what_comes_next(
    nurse: Client, world: SimpleNamespace
) -> None:
    request = journeys.sent(world, SET_PMP=2)
    text = words(nurse.get(detail(request) + "?sent=1").text)
    assert "Waiting for a decision by Joy Okoro." in text
    assert "You are told what was decided." in text
    assert request.number in text
    assert "You are told" not in words(nurse.get(detail(request)).text)


def test_the_whole_story_is_told_in_the_words_of_the_ward(nurse: Client, world: SimpleNamespace) -> None:
    request = journeys.approved(world, SET_PMP=2, CAN_20=1)
    ids = [line.pk for line in request.lines.all()]
    fulfilment.pick(request=request, line_ids=ids, by=world.storekeeper)
    fulfilment.send_on_the_way(request=request, line_ids=ids, by=world.storekeeper)
    assert "On its way to the ward." in words(nurse.get(detail(request)).text)
    fulfilment.receive(request=request, quantities=dict(zip(ids, [2, 1], strict=True)), by=world.colleague)
    page = words(nurse.get(detail(request)).text)
    for said in (
        "Sent it Asha Menon",
        "Agreed Joy Okoro",
        "Picked in the store Sam Doyle",
        "Confirmed what arrived Tom Reid",
    ):
        assert said in page
    assert "Infusion set, pump: On its way → 2 boxes, Arrived" in page
    assert "A change was put on record" not in page
    for word in NEVER:
        assert word not in page


def test_a_no_is_shown_with_its_reason(nurse: Client, world: SimpleNamespace) -> None:
    request = journeys.sent(world, SET_PMP=2)
    step = journeys.open_steps(request)[0]
    reject_step(
        step_id=step.pk, by=world.head, seen=journeys.seen(request), reason="Use the spare ones on 5C."
    )
    page = words(nurse.get(detail(request)).text)
    assert "Joy Okoro said no" in page
    assert "Use the spare ones on 5C." in page
    assert page.count("Said no, so it ends here Joy Okoro") == 1
    assert "Said no Joy Okoro" not in page


def test_who_is_asked_at_once_has_one_number(nurse: Client, world: SimpleNamespace) -> None:
    draft = journeys.draft(world, note="needed", NPW_KIT=1)
    foreseen = nurse.get(review(draft)).text
    asked = journeys.send(draft)
    steps = list(ApprovalStep.objects.filter(approval__request=asked).order_by("sequence", "pk"))
    ApprovalStep.objects.filter(pk__in=[step.pk for step in steps]).update(sequence=steps[0].sequence)
    assert len(steps) > 1
    assert "Is asked after that" in foreseen
    numbers = re.findall(r'class="pos" aria-hidden="true">(\d)', foreseen)
    assert numbers == [str(n + 1) for n in range(len(steps))]
    page = nurse.get(detail(asked)).text
    assert set(re.findall(r'class="pos" aria-hidden="true">(\d)', page)) == {"1"}
    assert page.count("asked at the same time") == len(steps)


def test_actions_are_shown_to_whom_they_belong(world: SimpleNamespace) -> None:
    waiting = journeys.sent(world, SET_PMP=2)
    cancel = reverse("requests:cancel", args=[waiting.public_id])
    assert cancel in personas.signed_in(world.colleague).get(detail(waiting)).text
    assert cancel not in personas.signed_in(world.finance).get(detail(waiting)).text
    journeys.approve(waiting, world.head)
    ids = [line.pk for line in waiting.lines.all()]
    fulfilment.pick(request=waiting, line_ids=ids, by=world.storekeeper)
    fulfilment.send_on_the_way(request=waiting, line_ids=ids, by=world.storekeeper)
    for who, may in (
        (world.nurse, True),
        (world.colleague, True),
        (world.head, False),
        (world.finance, False),
    ):
        assert ("Did it arrive?" in personas.signed_in(who).get(detail(waiting)).text) is may


def test_to_people_of_another_hospital_it_does_not_exist(world: SimpleNamespace) -> None:
    request, draft = journeys.sent(world, SET_PMP=2), journeys.draft(world, GLV_NIT_M=2)
    stranger = personas.signed_in(world.stranger)
    names = [
        "desk:request-detail",
        "desk:review",
        "requests:draft-edit",
        "requests:receive",
        "requests:cancel",
    ]
    posts = [
        "requests:submit",
        "requests:discard",
        "requests:receive",
        "requests:cancel",
        "requests:draft-edit",
    ]

    def shape(answer: object) -> tuple[int, str, list[tuple[str, str]]]:
        headers = sorted((k, v) for k, v in answer.headers.items() if k != "X-Request-ID")
        return answer.status_code, re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", answer.text), headers

    for method, named in (("get", names), ("post", posts)):
        for name in named:
            missing = shape(getattr(stranger, method)(reverse(name, args=["nothing-like-this"])))
            assert missing[0] == 404
            for there in (request, draft):
                assert shape(getattr(stranger, method)(reverse(name, args=[there.public_id]))) == missing


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_the_page_costs_the_same_whatever_its_length(
    world: SimpleNamespace, rows: int, django_assert_num_queries
) -> None:
    for n in range(rows):
        CatalogueItem.objects.create(
            hospital=world.hospital, code=f"X-{n}", name=f"Thing {n}", group="infusion", order_unit="box",
            order_unit_plural="boxes", price="1", source="buy", vendor=world.items["SPO-SEN"].vendor, usual_max=9,
        )  # fmt: skip
    request = journeys.approved(world, **{f"X_{n}": 1 for n in range(rows)})
    ids = {line.pk: 1 for line in request.lines.all()}
    fulfilment.ordered(request=request, line_ids=ids, by=world.system, order_name="P00042", placed=True)
    fulfilment.goods_in(request=request, quantities=ids, by=world.system, order_name="P00042")
    for who, queries in ((world.nurse, 13), (world.head, 13), (world.finance, 12)):
        reader = personas.signed_in(who)
        with django_assert_num_queries(queries):
            assert reader.get(detail(request)).status_code == 200


def test_sending_costs_the_same_whatever_its_length(world: SimpleNamespace) -> None:
    for n in range(50):
        CatalogueItem.objects.create(
            hospital=world.hospital, code=f"X-{n}", name=f"Thing {n}", group="infusion", order_unit="box",
            order_unit_plural="boxes", price="1", source="store", usual_max=9,
        )  # fmt: skip
    nurse = personas.signed_in(world.nurse)
    journeys.sent(world, SET_PMP=1)  # the first request of all also makes the counter of numbers on SQLite
    counts = []
    for rows in (1, 3, 25):  # many more lines are two statements on SQLite, which takes 999 values in one
        draft = journeys.draft(world, **{f"X_{n}": 1 for n in range(rows)})
        seen = {"seen": quote(draft).fingerprint}
        with CaptureQueriesContext(connection) as made:
            answer = nurse.post(reverse("requests:submit", args=[draft.public_id]), seen)
        assert answer.status_code == 302
        counts.append(len([query for query in made if "SAVEPOINT" not in query["sql"]]))
    assert len(set(counts)) == 1
    # SQLite has no sequences: a number costs it three queries more.
    assert counts[0] <= (22 if connection.vendor == "postgresql" else 25)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_repair_that_waits_for_an_answer_shows_all_its_panels_at_the_same_cost(
    world: SimpleNamespace, rows: int, django_assert_num_queries
) -> None:
    """The most that a page shows at once: talk, an exception, a question, what it waits for, who follows it, its clocks."""
    repairs.equip(world)
    case = repairs.sent(world)
    work.take(request=case, by=world.engineer)
    waiting.ask_ward(request=journeys.fresh(case), text="Which drug?", choices=["One"], by=world.engineer)
    for n in range(rows):
        comments.add_comment(request=journeys.fresh(case), text=f"Said {n}", by=world.nurse)
        casework.open_exception(kind="no_team", request=case, key=str(n), detail="Look.", by=world.system)
        following.watch(request=journeys.fresh(case), by=(world.colleague, world.head, world.ward_lead)[n])
    for who in (world.nurse, world.engineer):
        reader = personas.signed_in(who)
        with django_assert_num_queries(15):
            page = words(reader.get(detail(case)).text)
        assert "Which drug?" in page
        assert "Waiting for an answer from the ward" in page
        assert "Said 0" in page


def test_the_sheet_says_what_is_to_be_done_and_nothing_that_was_said(world: SimpleNamespace) -> None:
    repairs.equip(world)
    case = repairs.sent(world)
    comments.add_comment(request=case, text="Zebrafinch-71", by=world.nurse)
    sheet = personas.signed_in(world.engineer).get(reverse("desk:request-print", args=[case.public_id])).text
    assert "<svg" in sheet[sheet.index("sheet-square") :]
    for said in (case.number, "Clinical engineering", "Occlusion alarm keeps coming", "Asha Menon"):
        assert said in words(sheet)
    assert "Zebrafinch-71" not in sheet
    stranger = personas.signed_in(world.stranger)
    assert stranger.get(reverse("desk:request-print", args=[case.public_id])).status_code == 404
    assert stranger.get(reverse("desk:request-orders", args=[case.public_id])).status_code == 404


def test_a_long_story_costs_what_a_short_one_costs(world: SimpleNamespace) -> None:
    case = journeys.sent(world, SET_PMP=2)
    counts, sizes = [], []
    for more in (5, 195):
        for _n in range(more):
            events.record(action="clock.warned", by=world.system, case=case.public_id)
        reader = personas.signed_in(world.nurse)
        with CaptureQueriesContext(connection) as made:
            page = reader.get(detail(case))
        counts.append(len(made))
        sizes.append(len(page.context["page"].story.told))
    assert counts[0] == counts[1]
    assert sizes[1] <= 25
    assert page.context["page"].story.older
