"""Favourites, scans, own words and the questions that come with an item, on the supply form."""

import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.audit.models import Event
from portal.clock import now
from portal.errors import Invalid
from requests_app import search
from requests_app.configured import schema
from requests_app.models import (
    CaseException,
    CatalogueItem,
    Equipment,
    Favourite,
    FormVersion,
    ServiceRequest,
)
from requests_app.questions import Ask, Choice, Question
from requests_app.supplies import drafting, favourites, own_words
from requests_app.supplies.own_words import OwnWords
from tests import journeys, personas
from tests.requests_app.test_pages_supply import answers, edit

NEW = "/requests/supply/new/"


@pytest.fixture
def nurse(world: SimpleNamespace) -> Client:
    return personas.signed_in(world.nurse)


# ---- favourites ----


def test_a_star_brings_the_item_before_the_search_and_is_ones_own(
    nurse: Client, world: SimpleNamespace
) -> None:
    page = nurse.post(NEW, answers(world, q="gloves", do="star:GLV-NIT-M", note="for the night"))
    assert page.status_code == 200
    assert "for the night" in page.text, "nothing typed is lost"
    assert not ServiceRequest.objects.exists(), "a star begins no draft"
    empty = nurse.get(NEW).text
    assert "Your favourites" in empty
    assert 'value="add:GLV-NIT-M"' in empty
    assert "Your favourites" not in personas.signed_in(world.colleague).get(NEW).text
    nurse.post(NEW, answers(world, do="star:GLV-NIT-M"))
    assert "Your favourites" not in nurse.get(NEW).text


def test_a_star_on_a_line_keeps_what_was_typed(nurse: Client, world: SimpleNamespace) -> None:
    draft = journeys.draft(world, GLV_NIT_M=6)
    nurse.post(edit(draft), answers(world, line_GLV_NIT_M=8, do="star:GLV-NIT-M"))
    assert draft.lines.get().quantity == 8
    assert Favourite.objects.get().user == world.nurse
    assert not favourites.toggle(hospital=world.hospital, code="NO-SUCH", by=world.nurse)


@pytest.mark.parametrize("stars", [1, 3])
def test_favourites_cost_the_same_however_many(nurse: Client, world: SimpleNamespace, stars: int) -> None:
    for code in ("GLV-NIT-M", "APR-WHT", "CAN-20")[:stars]:
        favourites.toggle(hospital=world.hospital, code=code, by=world.nurse)
    nurse.get(reverse("desk:home"))
    with CaptureQueriesContext(connection) as queries:
        assert nurse.get(NEW).text.count('value="add:') == stars
    assert len(queries) == 9


# ---- scans ----


def test_a_barcode_goes_onto_the_list_and_the_next_scan_of_it_counts_one_more(
    nurse: Client, world: SimpleNamespace
) -> None:
    item = world.items["APR-WHT"]
    assert len(item.barcode) == 13
    nurse.post(NEW, answers(world, q=item.barcode, do="search"))
    draft = ServiceRequest.objects.get()
    assert dict(draft.lines.values_list("code", "quantity")) == {"APR-WHT": 1}
    nurse.post(edit(draft), answers(world, line_APR_WHT=1, q=f"0{item.barcode}", do="search"))
    assert dict(draft.lines.values_list("code", "quantity")) == {"APR-WHT": 2}, "a GTIN-14 is the same GTIN"
    assert 'value="add:APR-WHT"' in nurse.get(NEW, {"q": item.barcode}).text


def test_a_label_of_equipment_leads_to_its_repair_and_the_list_is_kept(
    nurse: Client, world: SimpleNamespace
) -> None:
    Equipment.objects.create(
        hospital=world.hospital,
        tag="SP-0381",
        name="Syringe pump",
        class_code="pump_syringe",
        criticality="A",
    )
    there = reverse("requests:ask-new", args=["repair"]) + "?equipment=SP-0381"
    assert nurse.post(NEW, answers(world, q="sp-0381", do="search"))["Location"] == there
    assert not ServiceRequest.objects.exists()
    answer = nurse.post(NEW, answers(world, line_GLV_NIT_M=6, q="SP-0381", do="search"))
    assert answer["Location"] == there
    assert ServiceRequest.objects.get().lines.get().quantity == 6
    stranger = personas.signed_in(world.stranger)
    typed = answers(world, q="SP-0381", do="search", department=world.foreign_ward.pk)
    assert stranger.post(NEW, typed).status_code == 200, "a label of another hospital is only words here"


# ---- own words ----

OWN = {
    "own_name": "Left-handed scissors",
    "own_quantity": "2",
    "own_purpose": "Two of us are left-handed and cut dressings badly",
    "own_price": "8.50",
}


def own(**more: str) -> dict[str, str]:
    return {**OWN, "own_key": str(uuid.uuid4()), **more}


def test_what_is_not_in_the_catalogue_is_asked_for_in_own_words_and_goes_the_whole_way(
    nurse: Client, world: SimpleNamespace
) -> None:
    typed = answers(world, line_GLV_NIT_M=6, do="own") | own()
    nurse.post(NEW, typed)
    nurse.post(NEW, typed)
    draft = ServiceRequest.objects.get()
    line = draft.lines.get(item__one_off=True)
    assert draft.lines.count() == 2, "a second press adds no second line"
    assert (line.name, line.quantity, str(line.amount), line.flags, line.vendor) == (
        "Left-handed scissors", 2, "17.00", ["free_text"], None,
    )  # fmt: skip
    page = nurse.get(edit(draft)).text
    assert "In your own words" in page
    assert "Two of us are left-handed" in page
    sent = journeys.send(draft)
    assert {step.asked_role for step in journeys.open_steps(sent)} == {"head"}
    journeys.approve(sent, world.head)
    assert {step.asked_role for step in journeys.open_steps(sent)} == {"procurement"}
    journeys.approve(sent, world.procurement)
    assert CaseException.objects.filter(request=sent, kind="no_product", owner_role="buyer").exists()
    text = personas.signed_in(world.buyer).get(reverse("desk:request-detail", args=[sent.public_id])).text
    assert "Two of us are left-handed" in text


def test_own_words_are_never_found_again_nor_used_by_somebody_else(
    nurse: Client, world: SimpleNamespace
) -> None:
    nurse.post(NEW, answers(world, do="own") | own())
    item = CatalogueItem.objects.get(one_off=True)
    assert item not in search.find_items(world.hospital, "scissors")
    assert item not in search.all_items(world.hospital)
    assert "scissors" not in personas.signed_in(world.colleague).get(NEW, {"q": item.code}).text
    with pytest.raises(Invalid):
        drafting.save_draft(
            by=world.colleague, client_key=uuid.uuid4(), department=world.ward, quantities={item.code: 1}
        )
    again = drafting.save_draft(
        by=world.nurse, client_key=uuid.uuid4(), department=world.ward, quantities={item.code: 1}
    )
    assert again.lines.get().item == item, "a copy of one's own"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"own_name": "ab"}, "Say what it is"),
        ({"own_purpose": ""}, "Say what it is for"),
        ({"own_quantity": "lots"}, "Enter how many"),
        ({"own_quantity": "0"}, "Enter how many"),
        ({"own_price": "cheap"}, "Enter a price such as"),
        ({"own_price": "NaN"}, "Enter a price such as"),
        ({"own_price": "-1"}, "Enter a price such as"),
        ({"own_name": "Morphine 10 mg"}, "Controlled drugs"),
        ({"own_name": "2 units of blood"}, "laboratory"),
        ({"own_name": "laparotomy set"}, "sterile services"),
    ],
)
def test_what_cannot_be_asked_for_so_is_said_beside_its_field(
    nurse: Client, world: SimpleNamespace, typed: dict[str, str], said: str
) -> None:
    page = nurse.post(NEW, answers(world, line_GLV_NIT_M=6, note="kept", do="own") | own(**typed))
    assert page.status_code == 422
    assert said in page.text
    assert "kept" in page.text
    assert '<details class="card panel own" id="own" open>' in page.text
    assert not CatalogueItem.objects.filter(one_off=True).exists()
    assert not ServiceRequest.objects.exists()


def test_half_typed_own_words_are_saved_by_themselves_and_resumed(
    nurse: Client, world: SimpleNamespace
) -> None:
    typed = answers(world, line_GLV_NIT_M=6) | {
        "own_name": "Left-han",
        "own_purpose": "",
        "own_key": str(uuid.uuid4()),
    }
    assert (
        nurse.post(reverse("requests:draft-save"), typed, headers={"HX-Request": "true"}).status_code == 200
    )
    draft = ServiceRequest.objects.get()
    assert not CatalogueItem.objects.filter(one_off=True).exists()
    elsewhere = personas.signed_in(world.nurse).get(edit(draft)).text
    assert 'value="Left-han"' in elsewhere
    assert nurse.post(edit(draft), typed | {"do": "review"}).status_code == 422, (
        "not forgotten when it is checked"
    )


def test_the_price_may_be_left_out_and_text_is_never_markup(nurse: Client, world: SimpleNamespace) -> None:
    nurse.post(NEW, answers(world, do="own") | own(own_price="", own_name="<script>alert(1)</script>"))
    draft = ServiceRequest.objects.get()
    assert draft.lines.get().unit_price == 0
    assert "<script>alert(1)" not in nurse.get(edit(draft)).text
    words = OwnWords(key=uuid.uuid4(), name="x" * 121, quantity="1", purpose="y" * 301, price="9" * 400)
    assert set(own_words.problems(words)) == {"own_name", "own_purpose", "own_price"}


# ---- questions of an item ----


def asks(world: SimpleNamespace, code: str, *questions: Question) -> FormVersion:
    item = world.items[code]
    return FormVersion.objects.create(
        item=item, version=item.forms.count() + 1, made_at=now(), made_by=world.administrator, published_at=now(),
        schema=schema.write(schema.Form(tuple(schema.Asked(one) for one in questions))),
    )  # fmt: skip


COLOUR = Question(
    key="colour", label="Which colour?", ask=Ask.ONE, choices=(Choice("red", "Red"), Choice("blue", "Blue"))
)
SIZE = Question(key="size", label="Which size?", ask=Ask.NUMBER, least=1, most=9)


def test_questions_of_an_item_stand_below_its_line_and_are_answered_before_it_is_sent(
    nurse: Client, world: SimpleNamespace
) -> None:
    first = asks(world, "TON-BLK", COLOUR, SIZE)
    draft = journeys.draft(world, TON_BLK=1, GLV_NIT_M=2)
    page = nurse.get(edit(draft)).text
    assert "Which colour?" in page
    assert 'name="ask-TON-BLK-size"' in page
    typed: dict[str, Any] = answers(world, line_TON_BLK=1, line_GLV_NIT_M=2, do="review")
    page = nurse.post(edit(draft), typed | {"ask-TON-BLK-size": "11"})
    assert page.status_code == 422
    assert "Choose an answer." in page.text
    assert "Enter a number, 1 to 9." in page.text
    assert 'value="11"' in page.text, "as typed"
    with pytest.raises(Invalid):
        journeys.send(journeys.fresh(draft))
    good = typed | {"ask-TON-BLK-size": "4", "ask-TON-BLK-colour": "blue"}
    assert nurse.post(edit(draft), good).status_code == 302
    asks(world, "TON-BLK", SIZE)  # the questions change while the draft is open
    assert "Which colour?" in nurse.get(edit(draft)).text
    sent = journeys.send(journeys.fresh(draft))
    line = sent.lines.get(code="TON-BLK")
    assert (line.form_version, line.answers) == (first, {"size": "4", "colour": "blue"})
    text = nurse.get(reverse("desk:request-detail", args=[sent.public_id])).text
    assert "Which colour?" in text
    assert "Blue" in text


def test_an_item_that_asks_nothing_is_sent_as_before(world: SimpleNamespace) -> None:
    asks(world, "TON-BLK", SIZE)
    sent = journeys.sent(world, GLV_NIT_M=2)
    assert sent.lines.get().form_version is None
    assert Event.objects.filter(case=sent.public_id, action="request.submitted").exists()
