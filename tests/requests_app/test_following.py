"""Already reported: joined instead of sent again, counted, told how it ends, and never shown to who may not see it."""

import uuid
from types import SimpleNamespace

import pytest
from django.urls import reverse

from portal.accounts import scopes
from portal.accounts.models import Membership
from portal.audit.models import Event
from portal.errors import NotFound, WrongState
from portal.notify.models import Notice
from requests_app import following, lifecycle, work
from requests_app.equipment import reported
from requests_app.kinds import kind_of
from requests_app.models import ServiceRequest, Watcher
from tests import repairs
from tests.journeys import fresh
from tests.journeys import sent as sent_supplies
from tests.personas import signed_in
from tests.repairs import FOREIGN_PUMP, PUMP

pytestmark = pytest.mark.django_db
CANARY = "c4n4ry"


@pytest.fixture
def ward(world: SimpleNamespace) -> SimpleNamespace:
    return repairs.equip(world)


def ended(case: ServiceRequest, ward: SimpleNamespace) -> None:
    work.take(request=fresh(case), by=ward.engineer)
    work.finish(request=fresh(case), by=ward.engineer, outcome="fixed_on_ward")


def told(kind: str = "followed_ended") -> set[int]:
    return set(Notice.objects.filter(kind=kind).values_list("user", flat=True))


def test_joining_counts_once_and_is_on_record(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward)
    for _again in range(2):
        following.join(request=case, by=ward.colleague)
    following.join(request=case, by=ward.head)
    assert following.join(request=case, by=ward.nurse) is None, "who sent it is in the count already"
    assert following.people(case) == 3
    (row,) = reported.on_equipment(ward.head, ward.pieces[PUMP])
    assert (row.people, row.joined) == (3, True)
    assert Event.objects.filter(case=case.public_id, action="request.joined").count() == 2


def test_watching_does_not_count_and_joining_afterwards_does(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward)
    following.watch(request=case, by=ward.colleague)
    assert following.people(case) == 1
    following.join(request=case, by=ward.colleague)
    assert following.people(case) == 2 and Watcher.objects.count() == 1
    for _again in range(2):
        following.unwatch(request=case, by=ward.colleague)
    assert following.people(case) == 1 and not Watcher.objects.exists()


def test_joiners_are_told_when_it_ends_while_they_may_see_it(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward)
    for user in (ward.colleague, ward.head, ward.ward_lead):
        following.join(request=case, by=user)
    left = Membership.objects.filter(user=ward.ward_lead)
    for held in left:
        scopes.revoke(membership=held, by=ward.system)
    ended(case, ward)
    assert told() == {ward.colleague.pk, ward.head.pk}
    assert told("request_closed") == {ward.nurse.pk}


def test_who_cancels_a_joined_one_tells_the_others(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward)
    following.join(request=case, by=ward.colleague)
    lifecycle.cancel(request=fresh(case), by=ward.nurse, reason="plugged in again")
    assert told() == {ward.colleague.pk}


def test_what_has_ended_or_may_not_be_seen_is_not_joined(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward)
    for outsider in (ward.other_nurse, ward.stranger, ward.storekeeper):
        for verb in (following.join, following.watch):
            with pytest.raises(NotFound):
                verb(request=case, by=outsider)
    ended(case, ward)
    with pytest.raises(WrongState):
        following.join(request=fresh(case), by=ward.colleague)
    assert not Watcher.objects.exists()


def test_only_a_fault_is_joined_and_anything_is_followed(ward: SimpleNamespace) -> None:
    asked = sent_supplies(ward, NPW_KIT=1)
    with pytest.raises(WrongState):
        following.join(request=asked, by=ward.colleague)
    join = reverse("requests:join", args=[asked.public_id])
    assert signed_in(ward.colleague).post(join).status_code == 409
    assert not Watcher.objects.exists()
    assert following.watch(request=asked, by=ward.colleague).pk


def test_a_room_shows_what_is_wrong_with_it_by_symptom(ward: SimpleNamespace) -> None:
    wet = repairs.sent(ward, equipment="", place=ward.bay.code, symptoms=["leak", "door"], clean="")
    repairs.sent(ward)  # of a piece that stands in the same room
    for symptoms, wanted in (([], [wet]), (["leak"], [wet]), (["heating"], [])):
        assert reported.in_room(ward.colleague, ward.bay, symptoms) == wanted, symptoms


# ---- the page ----


def test_the_form_shows_it_before_filing_and_joining_throws_the_draft_away(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward)
    client, key = signed_in(ward.colleague), str(uuid.uuid4())
    page = client.get(reverse("requests:ask-new", args=["repair"]), {"equipment": PUMP}).content.decode()
    join = reverse("requests:join", args=[case.public_id])
    assert "Already reported" in page and join in page and case.number in page
    typed = {"client_key": key, "department": ward.ward.pk, "q-equipment": PUMP}
    saved = client.post(
        reverse("requests:ask-save", args=["repair"]), typed, headers={"HX-Request": "true"}
    ).content.decode()
    assert join in saved and ServiceRequest.objects.filter(client_key=key).exists()
    answer = client.post(join, {"client_key": key})
    assert answer.url == reverse("desk:request-detail", args=[case.public_id])
    assert not ServiceRequest.objects.filter(client_key=key).exists()
    assert "2 people reported this" in client.get(answer.url).content.decode()


def test_joining_needs_a_post_and_a_person(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward)
    join = reverse("requests:join", args=[case.public_id])
    assert signed_in(ward.colleague).get(join).status_code == 405
    assert signed_in(ward.other_nurse).post(join).status_code == 404
    assert not Watcher.objects.exists()


def test_what_is_returned_to_its_writer_does_not_offer_itself(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward)
    assert kind_of(case).beside(case, ward.nurse)["rows"] == []


# ---- the canary: who may not see a request learns nothing of it ----


def pages(ward: SimpleNamespace, tag: str) -> list[str]:
    """Everything that speaks of a piece, as somebody of the hospital reads it who may not see the request."""
    client = signed_in(ward.other_nurse)
    find, ask = reverse("requests:equipment-find"), reverse("requests:ask-new", args=["repair"])
    room = ward.pieces[tag].location.code
    typed = {"client_key": str(uuid.UUID(int=7)), "department": ward.other_ward.pk, "q-equipment": tag}
    answers = [
        client.get(reverse("requests:equipment", args=[tag])),
        client.get(reverse("requests:equipment-list"), {"q": tag}),
        client.get(reverse("requests:equipment-list"), {"place": room}),
        client.get(find, {"q": tag}),
        client.get(find, {"q": CANARY}),
        client.get(reverse("requests:ask"), {"q": tag}),
        client.get(ask, {"equipment": tag}),
        client.get(ask, {"place": room}),
        client.post(reverse("requests:ask-save", args=["repair"]), typed, headers={"HX-Request": "true"}),
    ]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.content.decode() for answer in answers]


def unchanging(page: str) -> str:
    """Without what is new on every page: the token of the form, its key, and the clock."""
    lines = page.replace("\n", " ").split("<")
    return "<".join(
        one
        for one in lines
        if "csrf" not in one and "client_key" not in one and "saved" not in one.casefold()
    )


@pytest.mark.parametrize("more", [{}, {"symptoms": ["else"], "other": CANARY}])
def test_somebody_who_may_not_see_a_request_learns_nothing_of_it(
    ward: SimpleNamespace, more: dict[str, str]
) -> None:
    before = [unchanging(page) for page in pages(ward, PUMP)]
    case = repairs.sent(ward, **more)
    hidden = repairs.sent(ward, equipment="", place=ward.bay.code, symptoms=["leak"], clean="")
    following.join(request=case, by=ward.colleague)
    after = pages(ward, PUMP)
    for text in (case.public_id, case.number, hidden.public_id, hidden.number, CANARY, "open report"):
        assert not [page for page in after if text in page], text
    assert [unchanging(page) for page in after] == before
    # The control: who may see it reads it in the same places.
    client = signed_in(ward.colleague)
    assert case.number in client.get(reverse("requests:equipment", args=[PUMP])).content.decode()
    assert "1 open report" in client.get(reverse("requests:equipment-list"), {"q": PUMP}).content.decode()
    assert (
        hidden.number
        in client.get(reverse("requests:equipment-list"), {"place": ward.bay.code}).content.decode()
    )


def test_that_it_must_not_be_used_is_known_to_all_and_why_is_not(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward, safe="no_removed", symptoms=["else"], other=CANARY)
    page = signed_in(ward.other_nurse).get(reverse("requests:equipment", args=[PUMP])).content.decode()
    assert "Out of use" in page and case.number not in page and CANARY not in page


def test_a_request_of_another_ward_on_its_own_piece_is_counted_for_nobody_else(ward: SimpleNamespace) -> None:
    repairs.sent(ward, ward.other_nurse, ward.other_ward, equipment=FOREIGN_PUMP)
    piece = ward.pieces[FOREIGN_PUMP]
    assert reported.counted(ward.other_nurse, [piece]) == {piece.pk: 1}
    assert reported.counted(ward.nurse, [piece]) == {}
    assert reported.counted(ward.engineer, [piece]) == {piece.pk: 1}, "its team sees it"
