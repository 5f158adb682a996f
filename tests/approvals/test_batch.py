"""Several with one press: an exact list, a reason for what is left out, and each for itself."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from approvals import batch, passing, questioning
from approvals.decisions import return_step
from approvals.models import Decision
from portal.audit.models import Event
from requests_app import lifecycle
from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from requests_app.supplies.quoting import quote
from tests import journeys, personas
from tests.api.calls import caller
from tests.journeys import approve, fresh, open_steps, seen, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def plain(world: SimpleNamespace) -> SimpleNamespace:
    """Sensors are bought on contract, without anything that asks for a closer look."""
    item = world.items["SPO-SEN"]
    item.price, item.flags, item.usual_max = Decimal("200.00"), [], 100
    item.save()
    item.vendor.carriage = Decimal(0)
    item.vendor.save()
    return world


def ref(request: ServiceRequest) -> str:
    return open_steps(request)[0].ref


def left_out(world: SimpleNamespace, *requests: ServiceRequest) -> dict[str, str]:
    """Why, by public id."""
    sheet = batch.sheet(world.head, [ref(one) for one in requests])
    return {card.request.public_id: why for card, why in sheet.excluded}


def test_what_is_plain_is_in_it_with_totals_by_cost_centre(plain: SimpleNamespace) -> None:
    requests = [sent(plain, SPO_SEN=1), sent(plain, plain.colleague, SPO_SEN=3)]
    sheet = batch.sheet(plain.head, [ref(one) for one in requests])
    assert [card.request for card in sheet.included] == requests
    assert sheet.excluded == []
    assert sheet.totals == [(plain.ward.cost_centre, Decimal("800.00"), "GBP")]


def test_what_needs_a_look_says_why(plain: SimpleNamespace) -> None:
    item = plain.items["NPW-KIT"]
    assert set(item.flags) & {"off_contract", "new_vendor", "free_text", "hazardous", "rationed"}
    large, flagged = sent(plain, SPO_SEN=25, note="x"), sent(plain, NPW_KIT=1)
    asked, again = sent(plain, SPO_SEN=1), sent(plain, SPO_SEN=1)
    questioning.ask(step_id=open_steps(asked)[0].pk, by=plain.head, text="What for?")
    return_step(step_id=open_steps(again)[0].pk, by=plain.head, seen=seen(again), reason="Which ward?")
    lifecycle.submit(public_id=again.public_id, by=plain.nurse, seen=quote(fresh(again)).fingerprint)
    why = left_out(plain, large, flagged, asked, again)
    assert why[large.public_id] == "It takes your password once more."
    assert why[flagged.public_id].startswith("Look at it by itself: ")
    assert why[asked.public_id] == "Nobody has answered yet what was asked about it."
    assert why[again.public_id] == "It was changed and sent again."


def test_what_waits_for_others_is_not_on_it(plain: SimpleNamespace) -> None:
    mine = sent(plain, SPO_SEN=1)
    sheet = batch.sheet(plain.procurement, [ref(mine), "nothing"])
    assert (sheet.included, sheet.excluded) == ([], [])


def test_each_for_itself(plain: SimpleNamespace) -> None:
    good, changed, gone, flagged = (
        sent(plain, SPO_SEN=1),
        sent(plain, SPO_SEN=2),
        sent(plain, SPO_SEN=3),
        sent(plain, NPW_KIT=1),
    )
    items = [(ref(one), seen(one)) for one in (good, changed, gone, flagged)]
    changed.lines.update(quantity=1)
    lifecycle.cancel(request=gone, by=plain.nurse, reason="found some")
    results = batch.approve(by=plain.head, items=[*items, ("nothing", "x"), items[0]])
    assert [one.approved for one in results] == [True, False, False, False, False]
    assert [bool(one.message) for one in results] == [False, True, True, True, True]
    assert results[0].number == good.number
    assert fresh(good).state == RequestState.APPROVED
    assert Decision.objects.get().step.approval.request == good


def test_somebody_elses_is_refused_and_not_named(plain: SimpleNamespace) -> None:
    request = sent(plain, SPO_SEN=1)
    [result] = batch.approve(by=plain.stranger, items=[(ref(request), seen(request))])
    assert (result.approved, result.title, result.number) == (False, "", "")


def test_sent_twice_it_is_approved_once_and_says_yes(plain: SimpleNamespace) -> None:
    request = sent(plain, SPO_SEN=1)
    items = [(ref(request), seen(request))]
    assert [batch.approve(by=plain.head, items=items)[0].approved for _ in range(2)] == [True, True]
    assert Decision.objects.count() == 1


def test_who_was_first_is_named(plain: SimpleNamespace) -> None:
    from portal.accounts import scopes

    scopes.grant(user=plain.ward_lead, role="head", place=plain.ward, by=plain.system)
    request = sent(plain, SPO_SEN=1)
    items = [(ref(request), seen(request))]
    approve(request, plain.ward_lead)
    [result] = batch.approve(by=plain.head, items=items)
    assert plain.ward_lead.get_full_name() in result.message


def test_a_sheet_of_three_takes_as_many_queries_for_its_cards_as_one(
    plain: SimpleNamespace, django_assert_max_num_queries: object
) -> None:
    requests = [sent(plain, SPO_SEN=1) for _ in range(3)]
    refs = [ref(one) for one in requests]
    for several in (refs[:1], refs):
        with django_assert_max_num_queries(2 + len(several)):  # type: ignore[operator]
            batch.sheet(plain.head, several)


def test_through_the_api(plain: SimpleNamespace) -> None:
    head, requests = caller(plain.head), [sent(plain, SPO_SEN=1), sent(plain, NPW_KIT=1)]
    sheet = head.get("approvals/batch?refs=" + ",".join(ref(one) for one in requests))
    assert [card["request"]["id"] for card in sheet["included"]] == [requests[0].public_id]
    assert [one["card"]["request"]["id"] for one in sheet["excluded"]] == [requests[1].public_id]
    assert sheet["totals"] == [{"cost_centre": plain.ward.cost_centre, "amount": "200.00", "currency": "GBP"}]
    items = [{"ref": card["ref"], "seen": card["seen"]} for card in sheet["included"]]
    assert [one["approved"] for one in head.post("approvals/batch", {"items": items})["results"]] == [True]


def test_what_was_passed_on_still_belongs_on_no_list(world: SimpleNamespace) -> None:
    """Who left it to somebody else may decide it still, but not without looking at it."""
    request = journeys.sent(world, note="For the theatre list", NPW_KIT=1)
    journeys.approve(request, world.head)
    [step] = journeys.open_steps(request)
    first = step.approvers.get(open=True).user
    other = personas.person("second.buyer", role=step.asked_role, place=world.hospital)
    passing.pass_on(step_id=step.pk, by=first, to=other, reason="Not my area")
    passing.pass_on(step_id=step.pk, by=first, to=other, reason="Not my area")
    assert Event.objects.filter(action="step.passed").count() == 1
    [refused] = batch.approve(by=first, items=[(step.ref, journeys.seen(request))])
    assert not refused.approved
    assert refused.message.startswith("Look at it by itself")
