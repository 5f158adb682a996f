"""What a team does with a piece of work beside taking it: each act has a page, works without script, keeps what was typed."""

from datetime import timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from portal import clock
from portal.audit.models import Event
from requests_app import queueing, waiting, work
from requests_app.models import ServiceRequest, WardQuestion
from requests_app.states import RequestState
from tests import personas, repairs
from tests.journeys import fresh
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
WORK, HOME = reverse("requests:work"), reverse("desk:home")
HOSTILE = ("<script>alert(1)</script>", "'; DROP TABLE x; --", "\u202eabc\x07", "x" * 20_000)
ACTS = ("finish", "work-wait", "work-ask", "work-give", "work-pass")


@pytest.fixture
def shop(world: SimpleNamespace) -> SimpleNamespace:
    """Clinical engineering with a lead and two engineers, and somebody of estates."""
    repairs.equip(world)
    world.second = personas.person("dan.holt", role="fulfiller", place=world.teams["biomed"])
    world.lead = personas.person("lea.stone", role="team_lead", place=world.teams["biomed"])
    world.plumber = personas.person("gwen.park", role="fulfiller", place=world.teams["estates"])
    world.case = repairs.sent(world)
    return world


def at(name: str, case: ServiceRequest) -> str:
    return reverse(f"requests:{name}", args=[case.public_id])


def post(user: object, name: str, case: ServiceRequest, status: int = 302, **data: str):
    answer = signed_in(user).post(at(name, case), data)  # type: ignore[arg-type]
    assert answer.status_code == status, answer.content.decode()[-1500:]
    return answer


@pytest.mark.parametrize("name", ACTS)
def test_who_may_open_the_page_of_an_act(shop: SimpleNamespace, name: str) -> None:
    there = at(name, shop.case)
    for user, seen in (
        (shop.engineer, 200),
        (shop.lead, 200),
        (shop.nurse, 403),
        (shop.storekeeper, 404),
        (shop.stranger, 404),
    ):
        assert signed_in(user).get(there).status_code == seen, user
    assert signed_in(shop.nurse).post(there, {}).status_code == 403  # and sees no form with it
    work.take(request=shop.case, by=shop.engineer)
    work.finish(request=shop.case, by=shop.engineer, outcome="fixed_on_ward")
    assert signed_in(shop.engineer).get(there).status_code == 409


def test_it_waits_and_goes_on(shop: SimpleNamespace) -> None:
    post(shop.engineer, "take", shop.case)
    answer = post(shop.engineer, "work-wait", shop.case, reason="not_clean", again="", note="Sluice, please")
    assert answer["Location"] == f"{WORK}#work-{shop.case.public_id}"
    wait = shop.case.waits.get()
    assert (wait.reason, wait.charged, wait.note) == ("not_clean", "ward", "Sluice, please")
    shown = signed_in(shop.engineer).get(WORK).content.decode()
    assert "Waiting until it is cleaned: until" in shown
    assert "Go on" in shown
    post(shop.engineer, "resume", shop.case)
    assert fresh(shop.case).state == RequestState.IN_FULFILMENT
    post(shop.engineer, "resume", shop.case)  # pressed twice


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Choose what it waits for."),
        ({"reason": "ward_answer"}, "Choose from the list."),
        ({"reason": "parts", "note": "From Leeds"}, "Say when it is asked again: every wait has an end."),
        ({"reason": "parts", "again_at": "soon", "note": "From Leeds"}, "Enter a day and a time"),
        ({"reason": "parts", "again_at": "2020-01-01T10:00"}, "Choose a time to come, within a year."),
        ({"reason": "parts", "again_at": "9999-12-31T23:59"}, "Choose a time to come, within a year."),
        ({"reason": "not_clean", "note": "NHS number 943 476 5919"}, "This looks like an NHS number."),
        ({"reason": "not_clean", "note": "x" * 201}, "Keep it to 200 characters."),
    ],
)
def test_a_wait_that_is_refused_keeps_what_was_typed(shop: SimpleNamespace, data: dict, said: str) -> None:
    answer = post(shop.engineer, "work-wait", shop.case, 422, **data)
    shown = answer.content.decode()
    assert said in shown
    assert data.get("note", "") in shown
    assert f'value="{data.get("again_at", "")}"' in shown
    assert fresh(shop.case).state == RequestState.APPROVED


def test_tomorrow_is_nine_in_the_morning_of_the_hospital(shop: SimpleNamespace) -> None:
    post(shop.engineer, "work-wait", shop.case, reason="parts", again="morning")
    assert shop.case.waits.get().again_at.astimezone(ZoneInfo(shop.hospital.time_zone)).hour == 9
    assert fresh(shop.case).assignee == shop.engineer  # what waits is somebody's


def test_a_question_is_answered_on_home_by_anybody_of_the_ward(shop: SimpleNamespace) -> None:
    post(shop.engineer, "take", shop.case)
    post(shop.engineer, "work-ask", shop.case, question="connected", text="")
    question = WardQuestion.objects.get()
    assert (question.text, question.choices) == ("Is it still connected to a patient?", ["No", "Yes"])
    assert fresh(shop.case).state == RequestState.ON_HOLD
    there = reverse("requests:answer", args=[question.ref])
    for user in (shop.nurse, shop.colleague, shop.head):
        shown = signed_in(user).get(HOME).content.decode()
        assert question.text in shown
        assert f'action="{there}"' in shown
    assert question.text not in signed_in(shop.other_nurse).get(HOME).content.decode()
    for user, seen in ((shop.engineer, 403), (shop.other_nurse, 404), (shop.stranger, 404)):
        assert signed_in(user).post(there, {"answer": "No"}).status_code == seen
    answer = signed_in(shop.colleague).post(there, {"answer": "No"})
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    assert fresh(shop.case).state == RequestState.IN_FULFILMENT
    late = signed_in(shop.nurse).post(there, {"answer": "Yes"})
    assert late.status_code == 409
    assert "This was answered already: No" in late.content.decode()
    assert "It was answered: No" in signed_in(shop.nurse).get(there).content.decode()
    assert question.text not in signed_in(shop.nurse).get(HOME).content.decode()


def test_own_words_and_a_reply(shop: SimpleNamespace) -> None:
    post(shop.engineer, "work-ask", shop.case, 422)
    post(shop.engineer, "work-ask", shop.case, text="Which socket?")
    question = WardQuestion.objects.get()
    assert (question.text, question.choices) == ("Which socket?", [])
    nurse, there = signed_in(shop.nurse), reverse("requests:answer", args=[question.ref])
    for typed, said in (
        ({}, "Choose an answer or write one."),
        ({"answer": "Made up"}, ""),
        ({"reply": "Hosp number 943 476 5919"}, "This looks like"),
    ):
        refused = nurse.post(there, typed)
        assert refused.status_code == 422
        assert said in refused.content.decode()
        assert typed.get("reply", "") in refused.content.decode()
    assert nurse.post(there, {"reply": "The left one", "from": "case"})["Location"] == reverse(
        "desk:request-detail", args=[shop.case.public_id]
    )
    assert fresh(question).answer == "The left one"


def test_no_longer_needed_leads_to_the_page_that_cancels(shop: SimpleNamespace) -> None:
    post(shop.engineer, "work-ask", shop.case, question="needed")
    there = reverse("requests:answer", args=[WardQuestion.objects.get().ref])
    answer = signed_in(shop.nurse).post(there, {"answer": "No, cancel it"})
    assert answer["Location"] == at("cancel", shop.case)


def test_who_has_least_is_chosen_and_who_leads_sees_how_much_each_has(shop: SimpleNamespace) -> None:
    for _ in range(2):
        work.take(request=repairs.sent(shop), by=shop.engineer)
    work.take(request=repairs.sent(shop), by=shop.lead)
    lead = signed_in(shop.lead)
    shown = lead.get(at("work-give", shop.case)).context["form"]
    assert shown.initial["to"] == str(shop.second.pk)
    assert "Dan Holt, has 0" in dict(shown.fields["to"].choices).values()
    assert "Who has how much" in lead.get(WORK).content.decode()
    assert "Who has how much" not in signed_in(shop.engineer).get(WORK).content.decode()
    post(shop.lead, "work-give", shop.case, to=str(shop.second.pk))
    assert "Given to you" in signed_in(shop.second).get(WORK).content.decode()
    post(shop.lead, "work-give", shop.case, 422, to="999999")
    post(shop.engineer, "work-give", shop.case, 403, to=str(shop.engineer.pk))
    told = signed_in(shop.engineer).post(at("take", shop.case), follow=True).content.decode()
    assert "It was given to Dan Holt." in told


def test_passed_on_with_a_reason_and_out_of_the_list(shop: SimpleNamespace) -> None:
    estates = shop.teams["estates"]
    for data, said in (
        ({}, "Answer this question."),
        ({"team": str(estates.pk)}, "Choose why, or say it in your own words."),
        ({"team": "7777", "reason": "not_ours"}, "Choose from the list."),
        ({"team": str(estates.pk), "words": "born 3 May 1961"}, "This looks like a date of birth."),
    ):
        assert said in post(shop.engineer, "work-pass", shop.case, 422, **data).content.decode()
    data = {"team": str(estates.pk), "reason": "not_ours", "words": "It is the wall socket"}
    there = signed_in(shop.engineer).post(at("work-pass", shop.case), data, follow=True)
    assert there.status_code == 200
    assert "is with Estates now" in there.content.decode()
    assert shop.case.title not in there.content.decode()
    assert shop.case.passes.get().reason == "Not ours. It is the wall socket"
    assert signed_in(shop.engineer).get(at("work-pass", shop.case)).status_code == 404
    assert shop.case.number in signed_in(shop.plumber).get(WORK).content.decode()


def test_done_with_minutes_parts_and_a_test(shop: SimpleNamespace) -> None:
    post(shop.engineer, "take", shop.case)
    typed = {"outcome": "part_replaced", "minutes": "35", "note": "Battery was flat", "test": "passed"}
    parts = {"part-0": "Battery", "count-0": "2", "price-0": "42.00"}
    refused = post(shop.engineer, "finish", shop.case, 422, **typed, **parts, **{"part-1": "Screw"})
    assert "Enter name, number and price of the part." in refused.content.decode()
    assert "Battery was flat" in refused.content.decode()
    assert 'value="42.00"' in refused.content.decode()
    for wrong in (
        {"count-0": "0"},
        {"price-0": "-1"},
        {"price-0": "NaN"},
        {"price-0": "1e9"},
        {"count-0": "1e3"},
    ):
        post(shop.engineer, "finish", shop.case, 422, **(typed | parts | wrong))
    post(shop.engineer, "finish", shop.case, **typed, **parts)
    record = shop.case.work_records.get()
    assert (record.minutes, record.test, str(record.parts_cost)) == (35, "passed", "84.00")
    assert record.parts == [{"name": "Battery", "quantity": 2, "price": "42.00"}]
    assert fresh(shop.case).state == RequestState.CLOSED


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_never_break_a_page(shop: SimpleNamespace, text: str) -> None:
    estates = str(shop.teams["estates"].pk)
    engineer = signed_in(shop.engineer)
    for name, data in (
        ("work-wait", {"reason": "not_clean", "note": text}),
        ("work-ask", {"text": text}),
        ("finish", {"outcome": "fixed_on_ward", "note": text, "part-0": text}),
        ("work-pass", {"team": estates, "words": text}),
        ("work-give", {"to": text}),
    ):
        answer = engineer.post(at(name, shop.case), data, follow=True)
        assert answer.status_code in (200, 422, 404), name
        assert "<script>alert" not in answer.content.decode()
        if fresh(shop.case).state == RequestState.ON_HOLD:
            waiting.resume(request=shop.case, by=shop.engineer)


def test_filters_are_links_with_counts(shop: SimpleNamespace) -> None:
    mine, waits = repairs.sent(shop), repairs.sent(shop)
    work.take(request=mine, by=shop.engineer)
    waiting.wait(request=waits, reason="not_clean", by=shop.second)
    engineer = signed_in(shop.engineer)

    def shown(query: str) -> set[str]:
        return {job.request.number for job in engineer.get(WORK + query).context["jobs"]}

    assert shown("") == {shop.case.number, mine.number, waits.number}
    assert shown("?show=free") == {shop.case.number}
    assert shown("?show=mine") == {mine.number}
    assert shown("?show=waiting") == {waits.number}
    assert shown("?show=late") == set()
    assert shown("?show=nonsense&team=nonsense&after=nonsense") == shown("")
    counts = {one.words: one.count for one in engineer.get(WORK).context["queue"].filters}
    assert counts == {"All": 3, "Nobody has it": 1, "Yours": 1, "Waiting": 1, "Late": 0}
    with clock.at(clock.now() + timedelta(days=30)):
        assert mine.number in shown("?show=late")
    answer = engineer.post(at("take", shop.case) + "?show=free", {})
    assert answer["Location"] == f"{WORK}?show=free#work-{shop.case.public_id}"


def test_further_pages_show_every_row_once(shop: SimpleNamespace) -> None:
    rows = [shop.case, *(repairs.sent(shop) for _ in range(3))]
    seen, after = [], ""
    teams = queueing.own_teams(shop.engineer)
    for _ in range(6):
        jobs, after = queueing.page(shop.engineer, teams, queueing.Asked(after=after), size=1)
        seen += [job.request.pk for job in jobs]
        if not after:
            break
    whole, _more = queueing.page(shop.engineer, teams, queueing.Asked())
    assert seen == [job.request.pk for job in whole]
    assert set(seen) == {row.pk for row in rows}


def test_what_is_kept_although_it_looks_like_patient_data_is_on_record(shop: SimpleNamespace) -> None:
    note = {"reason": "not_clean", "note": "NHS number 943 476 5919", "patient_data_ok": "on"}
    post(shop.engineer, "work-wait", shop.case, **note)
    kept = Event.objects.get(case=shop.case.public_id, action="request.patient_data_kept")
    assert kept.after["fields"] == {"note": ["nhs_number"]}


def test_a_visitor_is_sent_to_sign_in(shop: SimpleNamespace) -> None:
    for name in ACTS:
        assert Client().get(at(name, shop.case)).status_code == 302
