"""Lists, sending, reordering, receiving and cancelling over HTTP."""

import uuid
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from requests_app.models import CatalogueItem, ServiceRequest, UsualList
from requests_app.states import LineState, RequestState
from requests_app.supplies import fulfilment
from requests_app.supplies.quoting import quote
from tests import journeys, personas, repairs


@pytest.fixture
def nurse(world: SimpleNamespace) -> Client:
    return personas.signed_in(world.nurse)


def act(name: str, request: ServiceRequest) -> str:
    return reverse(f"requests:{name}", args=[request.public_id])


def detail(request: ServiceRequest) -> str:
    return reverse("desk:request-detail", args=[request.public_id])


def on_the_way(world: SimpleNamespace, **lines: int) -> ServiceRequest:
    request = journeys.approved(world, **lines)
    ids = [line.pk for line in request.lines.all()]
    fulfilment.pick(request=request, line_ids=ids, by=world.storekeeper)
    fulfilment.send_on_the_way(request=request, line_ids=ids, by=world.storekeeper)
    return journeys.fresh(request)


def test_the_usual_is_reordered_and_sent_with_two_presses(nurse: Client, world: SimpleNamespace) -> None:
    usual = UsualList.objects.filter(department=world.ward).first()
    press = {"usual": usual.pk, "client_key": str(uuid.uuid4())}
    first = nurse.post(reverse("requests:reorder"), press)
    draft = ServiceRequest.objects.get()
    assert first["Location"] == reverse("desk:review", args=[draft.public_id])
    assert draft.title == usual.name
    assert nurse.post(reverse("requests:reorder"), press)["Location"] == first["Location"]
    assert nurse.post(act("submit", draft), {"seen": quote(draft).fingerprint})["Location"].startswith(
        detail(draft)
    )
    assert nurse.post(reverse("requests:reorder"), press)["Location"] == detail(draft)
    assert ServiceRequest.objects.count() == 1


def test_the_usual_of_another_ward_is_not_there(world: SimpleNamespace) -> None:
    usual = UsualList.objects.filter(department=world.ward).first()
    for who in (world.stranger, world.other_nurse, world.finance):
        for key in (usual.pk, 999_999, "x", ""):
            answer = personas.signed_in(who).post(reverse("requests:reorder"), {"usual": key})
            assert answer.status_code == 404
    assert not ServiceRequest.objects.exists()


def test_sent_twice_is_one_request(nurse: Client, world: SimpleNamespace) -> None:
    draft = journeys.draft(world, GLV_NIT_M=2)
    seen = {"seen": quote(draft).fingerprint}
    answers = {nurse.post(act("submit", draft), seen)["Location"] for _press in range(3)}
    assert answers == {detail(draft) + "?sent=1"}
    assert ServiceRequest.objects.get().number


def test_a_price_that_changed_is_shown_beside_its_line_before_it_is_sent(
    nurse: Client, world: SimpleNamespace
) -> None:
    draft = journeys.draft(world, GLV_NIT_M=6, APR_WHT=1)
    seen = {"seen": quote(draft).fingerprint}
    CatalogueItem.objects.filter(pk=world.items["GLV-NIT-M"].pk).update(price="5.00")
    page = nurse.post(act("submit", draft), seen)
    assert page.status_code == 422
    assert "The price changed from £4.20 to £5.00" in page.text
    assert "was £4.20, is £5.00 now" in page.text
    assert journeys.fresh(draft).state == RequestState.DRAFT
    now = quote(journeys.fresh(draft)).fingerprint
    assert f'value="{now}"' in page.text
    assert nurse.post(act("submit", draft), {"seen": now}).status_code == 302


def test_a_draft_is_thrown_away_by_its_writer_only(nurse: Client, world: SimpleNamespace) -> None:
    draft = journeys.draft(world, GLV_NIT_M=6)
    assert personas.signed_in(world.colleague).post(act("discard", draft)).status_code == 404
    assert nurse.post(act("discard", draft)).status_code == 302
    assert not ServiceRequest.objects.exists()
    sent = journeys.sent(world, GLV_NIT_M=2)
    assert nurse.post(act("discard", sent)).status_code == 409


def test_all_here_closes_it_and_a_second_press_changes_nothing(world: SimpleNamespace) -> None:
    request = on_the_way(world, GLV_NIT_M=2)
    colleague = personas.signed_in(world.colleague)
    for _press in range(2):
        assert colleague.post(act("receive", request), {"all": "1"})["Location"] == detail(request)
    assert journeys.fresh(request).state == RequestState.CLOSED


def test_what_is_missing_stays_open(nurse: Client, world: SimpleNamespace) -> None:
    request = on_the_way(world, GLV_NIT_M=6)
    line = request.lines.get()
    page = nurse.get(act("receive", request)).text
    assert f'name="line-{line.pk}" id="id_line-{line.pk}" value="6"' in page
    for wrong in ("7", "-1", "many", "", "1000000000"):
        bad = nurse.post(act("receive", request), {f"line-{line.pk}": wrong})
        assert bad.status_code == 422
        assert "Enter how many, 0 to 6." in bad.text
        assert f'value="{wrong}"' in bad.text
    assert nurse.post(act("receive", request), {f"line-{line.pk}": "0"}).status_code == 422
    assert nurse.post(act("receive", request), {f"line-{line.pk}": "4"}).status_code == 302
    line = journeys.fresh(line)
    assert (line.received_quantity, line.state) == (4, LineState.TO_PICK)
    # Nothing is on its way: the store picks the rest.
    assert nurse.get(act("receive", request)).status_code == 302
    store = personas.signed_in(world.storekeeper)
    assert "2\N{NO-BREAK SPACE}boxes" in store.get(reverse("requests:pick-list")).text


def test_whoever_does_not_work_on_the_ward_confirms_nothing(world: SimpleNamespace) -> None:
    request = on_the_way(world, GLV_NIT_M=2)
    assert personas.signed_in(world.finance).post(act("receive", request), {"all": "1"}).status_code == 403
    assert personas.signed_in(world.stranger).post(act("receive", request), {"all": "1"}).status_code == 404
    assert journeys.fresh(request).state == RequestState.IN_FULFILMENT


def test_cancelling_work_speaks_of_no_money_and_of_no_decision_that_was_made(
    nurse: Client, world: SimpleNamespace
) -> None:
    waits = nurse.get(act("cancel", journeys.sent(world, NPW_KIT=1))).text
    assert "£" in waits and "Nobody needs to decide it any more" in waits
    ward = repairs.equip(world)
    fault = personas.signed_in(ward.nurse).get(act("cancel", repairs.sent(ward))).text
    assert "It stays in the closed requests" in fault
    assert "£" not in fault and "Nobody needs to decide it" not in fault


def test_it_is_cancelled_with_a_reason_while_it_waits(nurse: Client, world: SimpleNamespace) -> None:
    request = journeys.sent(world, SET_PMP=2)
    assert "Why is it no longer needed?" in nurse.get(act("cancel", request)).text
    assert nurse.post(act("cancel", request), {"reason": " "}).status_code == 422
    assert personas.signed_in(world.finance).post(act("cancel", request), {"reason": "no"}).status_code == 403
    assert nurse.post(act("cancel", request), {"reason": "Found some."})["Location"] == detail(request)
    assert journeys.fresh(request).state == RequestState.CANCELLED
    assert nurse.post(act("cancel", request), {"reason": "Again."}).status_code == 409
    assert "can be cancelled only while" in nurse.get(act("cancel", request)).text


def test_lists_show_what_one_may_see_in_tabs_that_are_links(world: SimpleNamespace) -> None:
    own = journeys.sent(world, SET_PMP=1)
    ended = journeys.sent(world, world.colleague, SET_PMP=2)
    personas.signed_in(world.colleague).post(act("cancel", ended), {"reason": "Found some."})
    other = journeys.sent(world, world.colleague, SET_PMP=3)
    draft = journeys.draft(world, GLV_NIT_M=1)

    def listed(who: object, query: str = "") -> set[str]:
        text = personas.signed_in(who).get(f"/requests/{query}").text
        return {
            request.number or "draft" for request in (own, ended, other, draft) if detail(request) in text
        }

    assert listed(world.nurse) == {own.number, other.number}
    assert listed(world.nurse, "?scope=mine") == {own.number}
    assert listed(world.colleague, "?tab=closed") == {ended.number}
    assert listed(world.nurse, "?tab=closed&scope=mine") == set()
    assert listed(world.finance) == {own.number, other.number}
    assert listed(world.stranger) == listed(world.other_nurse) == set()
    assert "Nothing open" in personas.signed_in(world.stranger).get("/requests/").text


def test_pages_of_a_list_follow_each_other_without_gap_or_repeat(
    nurse: Client, world: SimpleNamespace
) -> None:
    sent = {journeys.sent(world, SET_PMP=1).number for _n in range(27)}
    first = nurse.get("/requests/")
    rest = nurse.get("/requests/", {"after": first.context["page"].next})
    numbers = [[row.number for row in page.context["page"].rows] for page in (first, rest)]
    assert [len(page) for page in numbers] == [25, 2]
    assert set(numbers[0] + numbers[1]) == sent
    assert not rest.context["page"].next
    assert nurse.get("/requests/?after=tampered").status_code == 200


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_a_list_costs_the_same_whatever_its_length(
    world: SimpleNamespace, rows: int, django_assert_num_queries
) -> None:
    for _n in range(rows):
        journeys.sent(world, world.colleague, SET_PMP=1, CAN_20=2)
    nurse = personas.signed_in(world.nurse)
    with django_assert_num_queries(8):
        assert nurse.get("/requests/").status_code == 200


@pytest.mark.parametrize("name", ["nurse", "head", "storekeeper", "service_manager", "director"])
def test_no_list_costs_more_than_eight_for_anybody(
    world: SimpleNamespace, name: str, django_assert_max_num_queries
) -> None:
    """Session, person, roles, rights, the numbers of the chips, the page, saved views, notices."""
    journeys.sent(world, SET_PMP=1, CAN_20=2), journeys.approved(world, GLV_NIT_M=2)
    person = personas.signed_in(getattr(world, name))
    for query in (
        "",
        "scope=mine",
        "scope=team",
        "tab=needs",
        "tab=closed",
        "tab=drafts",
        "late=1&type=supplies",
    ):
        with django_assert_max_num_queries(8):
            assert person.get(f"/requests/?{query}").status_code == 200
    words = 1 if connection.vendor == "postgresql" else 0  # the index of words is asked first
    with django_assert_max_num_queries(8 + words):
        assert person.get("/requests/?q=glove").status_code == 200


def test_every_draft_stays_in_view_and_only_in_ones_own(nurse: Client, world: SimpleNamespace) -> None:
    drafts = [journeys.draft(world, GLV_NIT_M=n) for n in (1, 2, 3)]
    other, sent = journeys.draft(world, world.colleague, GLV_NIT_M=1), journeys.sent(world, SET_PMP=1)
    home = nurse.get("/").text
    assert "All 3 drafts" in home
    assert 'href="/requests/?tab=drafts"' in home
    page = nurse.get("/requests/?tab=drafts")
    places = [page.text.index(act("draft-edit", draft)) for draft in drafts]
    assert places == sorted(places, reverse=True)
    assert act("draft-edit", other) not in page.text
    assert detail(sent) not in page.text
    assert "All 1 draft" not in personas.signed_in(world.colleague).get("/").text
    assert "No drafts" in personas.signed_in(world.other_nurse).get("/requests/?tab=drafts").text


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_the_drafts_cost_the_same_however_many(
    world: SimpleNamespace, rows: int, django_assert_num_queries
) -> None:
    for _n in range(rows):
        journeys.draft(world, GLV_NIT_M=1, APR_WHT=1)
    nurse = personas.signed_in(world.nurse)
    with django_assert_num_queries(5):
        assert nurse.get("/requests/?tab=drafts").status_code == 200
