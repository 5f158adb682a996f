"""Break-glass on the pages, in the API, in files and in what Odoo reads."""

import json
from array import array
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from approvals import break_glass
from approvals.models import BreakGlass
from integrations import gate
from portal import clock
from portal.accounts.models import User
from portal.desk import emergencies
from requests_app import exporting
from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from tests.glass import WORDS, on_duty, smash
from tests.journeys import approved, fresh, sent
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
SAID = {"reason": "patient_safety", "words": WORDS}


def page(user: User, request: ServiceRequest) -> str:
    found = signed_in(user).get(reverse("desk:request-detail", args=[request.public_id]))
    assert found.status_code == 200
    return found.content.decode()


def use_url(request: ServiceRequest) -> str:
    return reverse("approvals:glass-use", args=[request.public_id])


def test_only_who_is_on_duty_is_offered_it(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    assert "It cannot wait?" not in page(world.service_manager, request)
    on_duty(world)
    assert use_url(request) in page(world.service_manager, request)
    for user in (world.nurse, world.head, world.director, world.finance):
        assert use_url(request) not in page(user, request)


def test_who_may_not_reads_why(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    ServiceRequest.objects.filter(pk=request.pk).update(base_amount=6000)
    on_duty(world)
    shown = page(world.service_manager, request)
    assert use_url(request) not in shown
    assert "Ring the executive on call" in shown


def test_the_page_says_what_follows_and_decides_nothing(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    browser = signed_in(on_duty(world))
    for method in (browser.get, browser.head, browser.options):
        method(use_url(request))
    shown = browser.get(use_url(request)).content.decode()
    for said in ("There is no undo", "£5,000", world.head.get_full_name(), world.finance.get_full_name()):
        assert said in shown
    assert fresh(request).state == RequestState.SUBMITTED


def test_it_is_used_with_a_reason_and_words_and_the_banner_says_so(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    browser = signed_in(on_duty(world))
    for wrong in ({}, {"reason": "utilities"}, {"words": WORDS}, {**SAID, "words": "too short"}):
        answer = browser.post(use_url(request), wrong)
        assert answer.status_code == 422
        assert "Error:" in answer.content.decode()
    assert not BreakGlass.objects.exists()
    assert browser.post(use_url(request), SAID).status_code == 302
    for user in (world.nurse, world.head, world.finance):
        shown = page(user, request)
        assert "it did not wait for its approval" in shown
        assert WORDS in shown
    assert browser.post(use_url(request), SAID).status_code == 302  # the same again is the first
    assert BreakGlass.objects.count() == 1


def test_patient_data_is_asked_about_first(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    browser = signed_in(on_duty(world))
    words = f"{WORDS}, NHS number 943 476 5919"
    answer = browser.post(use_url(request), {**SAID, "words": words})
    assert answer.status_code == 422
    assert not BreakGlass.objects.exists()


@pytest.mark.parametrize("who", ["nurse", "head", "director"])
def test_others_are_refused_and_strangers_find_nothing(world: SimpleNamespace, who: str) -> None:
    request = sent(world, NPW_KIT=2)
    for method in ("get", "post"):
        assert getattr(signed_in(getattr(world, who)), method)(use_url(request), SAID).status_code == 403
        assert getattr(signed_in(world.stranger), method)(use_url(request), SAID).status_code == 404
    assert not BreakGlass.objects.exists()


def test_the_review_from_the_list_to_the_verdict(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    broken = smash(request, on_duty(world))
    there = reverse("approvals:glass-review", args=[broken.ref])
    browser = signed_in(world.finance)
    shown = browser.get(reverse("approvals:glass-reviews")).content.decode()
    assert there in shown
    assert "Waits for you" in shown
    card = browser.get(there).content.decode()
    for said in (WORDS, world.service_manager.get_full_name(), world.head.get_full_name(), "£5,000"):
        assert said in card
    assert browser.post(there, {"verdict": "not_justified"}).status_code == 422
    answer = browser.post(there, {"verdict": "not_justified", "words": "Two spares stood on 5C"})
    assert answer.status_code == 302
    assert fresh(broken).verdict == BreakGlass.Verdict.NOT_JUSTIFIED
    assert "Two spares stood on 5C" in page(world.nurse, request)
    shown = browser.get(reverse("approvals:glass-reviews")).content.decode()
    assert "Nothing waits for a review" in shown
    assert "It should have waited" in shown
    again = signed_in(world.director).post(there, {"verdict": "justified"})
    assert again.status_code == 409


def test_who_is_not_independent_reads_and_has_no_form(world: SimpleNamespace) -> None:
    broken = smash(sent(world, NPW_KIT=2), on_duty(world))
    there = reverse("approvals:glass-review", args=[broken.ref])
    for user in (world.service_manager, world.auditor):
        shown = signed_in(user).get(there)
        assert shown.status_code == 200
        assert 'name="verdict"' not in shown.content.decode()
        assert signed_in(user).post(there, {"verdict": "justified"}).status_code == 403
    for user in (world.nurse, world.stranger):
        assert signed_in(user).get(there).status_code == 404
        assert signed_in(user).get(reverse("approvals:glass-reviews")).status_code == 403


def test_the_board_counts_for_managers(world: SimpleNamespace) -> None:
    for quantity in (1, 2):
        smash(sent(world, NPW_KIT=quantity), on_duty(world))
    first = BreakGlass.objects.order_by("pk").first()
    assert first is not None
    break_glass.review(ref=first.ref, by=world.finance, verdict="justified")
    there = reverse("approvals:glass-figures")
    board = signed_in(world.service_manager).get(reverse("desk:board")).content.decode()
    assert there in board
    assert reverse("approvals:glass-reviews") in board
    shown = signed_in(world.service_manager).get(there).content.decode()
    assert "Break-glass: 2" in shown
    assert "1 to review" in shown
    assert "overdue" not in shown
    assert signed_in(world.nurse).get(there).status_code == 403


@pytest.mark.parametrize("many", [1, 3])
def test_queries_of_the_pages(world: SimpleNamespace, many: int, django_assert_num_queries: Any) -> None:
    for number in range(many):
        by = on_duty(world, (world.service_manager, world.director, world.ward_lead)[number])
        smash(sent(world, NPW_KIT=2), by)
    browser = signed_in(world.finance)
    with django_assert_num_queries(11):
        assert browser.get(reverse("approvals:glass-reviews")).status_code == 200
    with django_assert_num_queries(10):
        browser.get(reverse("approvals:glass-review", args=[BreakGlass.objects.latest("pk").ref]))
    with django_assert_num_queries(4):
        browser.get(reverse("approvals:glass-figures"))


def call(browser: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    if body is None:
        return browser.get(path)
    return browser.post(path, json.dumps(body), content_type="application/json")


def test_the_api_does_the_same(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    there = reverse("api:request-break-glass", args=[request.public_id])
    manager, finance = signed_in(on_duty(world)), signed_in(world.finance)
    detail = reverse("api:request", args=[request.public_id])
    acts = {act["name"]: act for act in call(manager, detail).json()["allowed_actions"]}
    assert acts["break-glass"]["allowed"]
    assert acts["break-glass"]["href"] == there
    assert "break-glass" not in {act["name"] for act in call(finance, detail).json()["allowed_actions"]}
    assert call(finance, there, SAID).status_code == 403
    assert call(manager, there, {**SAID, "words": "short"}).status_code == 422
    assert call(manager, there, {**SAID, "reason": "boredom"}).status_code == 422
    used = call(manager, there, SAID)
    assert used.status_code == 200, used.content
    ref = used.json()["used"]["ref"]
    assert used.json()["request"]["state"] == "approved"
    assert call(manager, detail).json()["break_glass"]["ref"] == ref
    waiting = call(finance, reverse("api:glass")).json()["results"]
    assert [(one["used"]["ref"], one["yours"]) for one in waiting] == [(ref, True)]
    review = reverse("api:glass-review", args=[ref])
    assert call(manager, review, {"verdict": "justified"}).status_code == 403
    assert call(finance, review, {"verdict": "not_justified"}).status_code == 422
    assert call(finance, review, {"verdict": "justified"}).json()["used"]["verdict"] == "justified"
    assert call(signed_in(world.director), review, {"verdict": "justified"}).status_code == 409
    assert call(signed_in(world.nurse), reverse("api:glass-one", args=[ref])).status_code == 404
    assert call(finance, reverse("api:glass")).json()["results"] == []


def test_every_file_of_requests_says_it(world: SimpleNamespace) -> None:
    broken, usual = sent(world, NPW_KIT=2), approved(world, NPW_KIT=1)
    smash(broken, on_duty(world))
    headings = [heading for heading, _value in exporting.columns()]
    rows = list(exporting.rows_of(array("q", [broken.pk, usual.pk])))
    place = headings.index("Break-glass")
    assert [row[place] for row in rows] == ["Yes", ""]


def test_what_is_left_after_four_hours_is_held(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    broken = smash(request, on_duty(world))
    with clock.at(broken.ends_at - timedelta(seconds=1)):
        assert gate.held_back(fresh(request)) is None
    with clock.at(broken.ends_at):
        found = gate.held_back(fresh(request))
    assert found is not None
    assert found[0] == "missing_approval"
    assert "four hours" in found[1]


def test_the_emergency_that_nobody_took_offers_it(world: SimpleNamespace) -> None:
    manager, request = on_duty(world), sent(world, NPW_KIT=2)
    ServiceRequest.objects.filter(pk=request.pk).update(priority="emergency")
    emergencies.raise_call(request=fresh(request), by=world.nurse)
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert use_url(request) in signed_in(manager).get(reverse("desk:home")).content.decode()
        assert use_url(request) not in signed_in(world.nurse).get(reverse("desk:home")).content.decode()
