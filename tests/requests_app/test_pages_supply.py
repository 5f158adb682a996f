"""The supply form over HTTP: found, added, counted, saved; and everything that can be typed wrong."""

import re
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Department
from requests_app.models import ServiceRequest
from tests import journeys, personas

NEW = "/requests/supply/new/"


def answers(world: SimpleNamespace, **more: Any) -> dict[str, Any]:
    """What the form posts for the ward, with the lines and the button in `more` (line_GLV_NIT_M=6, do="save")."""
    typed = {"client_key": str(uuid.uuid4()), "department": world.ward.pk, "run_out": "fine", "do": "save"}
    return typed | {
        ("line-" + name.removeprefix("line_").replace("_", "-") if name.startswith("line_") else name): value
        for name, value in more.items()
    }


def edit(draft: ServiceRequest) -> str:
    return reverse("requests:draft-edit", args=[draft.public_id])


@pytest.fixture
def nurse(world: SimpleNamespace) -> Client:
    return personas.signed_in(world.nurse)


def test_opening_the_form_makes_nothing(nurse: Client) -> None:
    page = nurse.get(NEW)
    assert page.status_code == 200
    assert "When will you run out?" in page.text
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize("words", ["gloves", "exam", "GLV-NIT-M", "glv-nit-m"])
def test_an_item_is_found_by_name_by_what_it_is_also_called_and_by_code(nurse: Client, words: str) -> None:
    page = nurse.get(NEW, {"q": words})
    assert 'value="add:GLV-NIT-M"' in page.text
    assert "box of 100\N{NO-BREAK SPACE}gloves" in page.text
    fragment = nurse.get(reverse("requests:supply-find"), {"q": words}, headers={"HX-Request": "true"})
    assert 'value="add:GLV-NIT-M"' in fragment.text
    assert "<html" not in fragment.text


def test_what_is_not_sold_here_has_a_signpost_and_what_is_unknown_says_so(nurse: Client) -> None:
    assert "come from the pharmacy" in nurse.get(NEW, {"q": "paracetamol"}).text
    assert "Nothing called “flux capacitor”" in nurse.get(NEW, {"q": "flux capacitor"}).text


def test_a_found_item_is_added_and_added_again_counts_one_more(nurse: Client, world: SimpleNamespace) -> None:
    typed = answers(world, q="gloves", do="add:GLV-NIT-M", note="for the night")
    assert nurse.post(NEW, typed).status_code == 302
    draft = ServiceRequest.objects.get()
    assert [(line.code, line.quantity) for line in draft.lines.all()] == [("GLV-NIT-M", 1)]
    assert draft.note == "for the night"
    nurse.post(edit(draft), typed | {"line-GLV-NIT-M": 5})
    assert draft.lines.get().quantity == 6
    page = nurse.get(edit(draft)).text
    assert "6\N{NO-BREAK SPACE}boxes = 600\N{NO-BREAK SPACE}gloves" in page
    assert "£25.20" in page


def test_a_scanned_code_goes_onto_the_list_and_words_only_search(
    nurse: Client, world: SimpleNamespace
) -> None:
    typed = answers(world, q="apr-wht", do="search")
    answer = nurse.post(NEW, typed)
    draft = ServiceRequest.objects.get()
    assert answer["Location"] == edit(draft) + "?added=APR-WHT"
    assert [line.code for line in draft.lines.all()] == ["APR-WHT"]
    answer = nurse.post(edit(draft), typed | {"q": "glov", "line-APR-WHT": 1})
    assert answer["Location"].endswith("?q=glov")
    assert draft.lines.count() == 1


def test_a_line_is_removed_and_the_rest_stays(nurse: Client, world: SimpleNamespace) -> None:
    draft = journeys.draft(world, GLV_NIT_M=6, APR_WHT=2)
    nurse.post(edit(draft), answers(world, line_GLV_NIT_M=7, line_APR_WHT="rubbish", do="remove:APR-WHT"))
    assert [(line.code, line.quantity) for line in draft.lines.all()] == [("GLV-NIT-M", 7)]


def test_the_same_form_sent_twice_is_one_draft(nurse: Client, world: SimpleNamespace) -> None:
    typed = answers(world, line_GLV_NIT_M=6)
    assert nurse.post(NEW, typed)["Location"] == nurse.post(NEW, typed)["Location"]
    assert ServiceRequest.objects.count() == 1


BAD = ["0", "-1", "1000000000", "abc", "", "1.5", "9" * 400]


@pytest.mark.parametrize(
    ("quantity", "do"),
    [*((quantity, "save") for quantity in BAD), ("abc", "review"), ("0", "search"), ("-1", "add:APR-WHT")],
)
def test_a_quantity_that_is_none_is_answered_beside_its_field(
    nurse: Client, world: SimpleNamespace, quantity: str, do: str
) -> None:
    draft = journeys.draft(world, GLV_NIT_M=6)
    typed = answers(
        world, line_GLV_NIT_M=quantity, note="kept word for word", run_out="before_delivery", do=do
    )
    page = nurse.post(edit(draft), typed)
    assert page.status_code == 422
    assert 'href="#id_line-GLV-NIT-M">Enter how many, 1 to 9999.' in page.text
    assert 'id="id_line-GLV-NIT-M_error"' in page.text
    assert f'value="{quantity}"' in page.text
    assert "kept word for word" in page.text
    assert re.search(r'value="before_delivery"[^>]*checked', page.text)
    assert draft.lines.get().quantity == 6


def test_an_unknown_item_is_named_and_the_others_are_kept(nurse: Client, world: SimpleNamespace) -> None:
    page = nurse.post(NEW, answers(world, line_GLV_NIT_M=6, line_NO_SUCH=2))
    assert page.status_code == 422
    assert "There is no “NO-SUCH” in the catalogue." in page.text
    assert 'value="remove:NO-SUCH"' in page.text
    assert 'name="line-GLV-NIT-M" id="id_line-GLV-NIT-M" value="6"' in page.text
    assert nurse.post(NEW, answers(world, line_GLV_NIT_M=6, do="add:NO-SUCH")).status_code == 422
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize("department", ["foreign", "0", "abc", ""])
def test_a_ward_of_another_hospital_is_refused_beside_its_field(
    nurse: Client, world: SimpleNamespace, department: str
) -> None:
    chosen = world.foreign_ward.pk if department == "foreign" else department
    page = nurse.post(NEW, answers(world, line_GLV_NIT_M=6, department=chosen, note="not lost"))
    assert page.status_code == 422
    assert "Choose a ward of the hospital where you work." in page.text
    assert "not lost" in page.text
    assert world.foreign_ward.name not in page.text
    assert not ServiceRequest.objects.exists()


def test_a_place_on_another_ward_is_refused_unless_the_ward_was_just_changed(
    nurse: Client, world: SimpleNamespace
) -> None:
    elsewhere = world.other_ward.locations.first()
    page = nurse.post(NEW, answers(world, line_GLV_NIT_M=6, deliver_to=elsewhere.pk))
    assert page.status_code == 422
    assert "Choose a place on this ward." in page.text
    moved = answers(world, line_GLV_NIT_M=6, department=world.other_ward.pk, deliver_to=world.deliver_to.pk)
    assert nurse.post(NEW, moved).status_code == 302
    assert ServiceRequest.objects.get().deliver_to.department == world.other_ward


def test_what_is_missing_is_said_before_the_review(nurse: Client, world: SimpleNamespace) -> None:
    page = nurse.post(NEW, answers(world, run_out="", do="review"))
    assert page.status_code == 422
    assert "Add at least one item." in page.text
    assert "Choose when you will run out." in page.text
    late = answers(world, line_GLV_NIT_M=6, run_out="on_date", needed_by="2001-01-01", do="review")
    assert "Enter a date from today to a year from now." in nurse.post(NEW, late).text
    assert "Enter a date, such as" in nurse.post(NEW, late | {"needed_by": "soon"}).text
    many = answers(world, line_GLV_NIT_M=21, do="review")
    assert "more than the usual 20" in nurse.post(NEW, many).text
    assert nurse.post(NEW, many | {"note": "an outbreak"}).status_code == 302


def test_the_page_saves_itself_and_says_when(nurse: Client, world: SimpleNamespace) -> None:
    typed = answers(world, line_SET_PMP=2)
    saved = nurse.post(reverse("requests:draft-save"), typed, headers={"HX-Request": "true"})
    assert saved.status_code == 200
    assert re.search(r"Saved \d\d:\d\d", saved.text)
    assert "2\N{NO-BREAK SPACE}boxes = 40\N{NO-BREAK SPACE}sets" in saved.text
    assert "£168.00" in saved.text
    assert "Joy Okoro" in saved.text
    assert ServiceRequest.objects.get().lines.get().quantity == 2
    bad = nurse.post(
        reverse("requests:draft-save"), typed | {"line-SET-PMP": "x"}, headers={"HX-Request": "true"}
    )
    assert bad.status_code == 422
    assert "Not saved yet" in bad.text
    assert ServiceRequest.objects.get().lines.get().quantity == 2
    assert Client().post(reverse("requests:draft-save"), typed).status_code == 401


def test_a_draft_is_its_writers_alone_and_a_sent_one_leads_to_the_request(world: SimpleNamespace) -> None:
    draft = journeys.draft(world, GLV_NIT_M=6)
    assert personas.signed_in(world.colleague).get(edit(draft)).status_code == 404
    journeys.send(draft)
    nurse = personas.signed_in(world.nurse)
    there = reverse("desk:request-detail", args=[draft.public_id])
    assert nurse.get(edit(draft))["Location"] == there
    assert nurse.post(edit(draft), answers(world, line_GLV_NIT_M=9))["Location"] == there
    again = answers(world, line_GLV_NIT_M=9, client_key=str(draft.client_key))
    assert nurse.post(NEW, again)["Location"] == there
    assert draft.lines.get().quantity == 6


def test_somebody_without_a_place_sees_the_form_and_can_send_nothing(world: SimpleNamespace) -> None:
    owner = personas.signed_in(personas.person("zoe.nowhere"))
    assert owner.get(NEW).status_code == 200
    assert owner.post(NEW, answers(world, line_GLV_NIT_M=6)).status_code == 422
    assert not ServiceRequest.objects.exists()


def test_only_wards_in_use_are_offered(nurse: Client, world: SimpleNamespace) -> None:
    Department.objects.filter(pk=world.other_ward.pk).update(active=False)
    assert world.other_ward.name not in nurse.get(NEW).text


def test_a_search_by_words_begins_no_draft_and_keeps_what_was_typed(
    nurse: Client, world: SimpleNamespace
) -> None:
    page = nurse.post(NEW, answers(world, q="glov", do="search", note="for the night"))
    assert page.status_code == 200
    assert 'value="add:GLV-NIT-M"' in page.text
    assert "for the night" in page.text
    assert not ServiceRequest.objects.exists()


def test_what_was_saved_says_so_though_an_answer_is_missing(nurse: Client, world: SimpleNamespace) -> None:
    page = nurse.post(NEW, answers(world, line_SET_PMP=2, run_out="", do="review"))
    assert page.status_code == 422
    assert "Choose when you will run out." in page.text
    assert re.search(r"Saved \d\d:\d\d", page.text)
    assert "Not saved yet" not in page.text
    assert re.search(r'class="total-sum">.*£168\.00', page.text)
    assert f'action="{edit(ServiceRequest.objects.get())}"' in page.text


def test_the_total_stays_while_the_quantities_can_be_read(nurse: Client, world: SimpleNamespace) -> None:
    typed = answers(world, line_SET_PMP=2, run_out="on_date", needed_by="soon")
    assert re.search(r'class="total-sum">.*£168\.00', nurse.post(NEW, typed).text)
    bad = nurse.post(
        reverse("requests:draft-save"), typed | {"line-SET-PMP": "x"}, headers={"HX-Request": "true"}
    )
    assert "£168.00" not in bad.text
    assert 'hx-target="#amount-SET-PMP" hx-swap="innerHTML"></template>' in bad.text


def test_whatever_is_refused_has_a_sentence_that_can_be_seen(nurse: Client, world: SimpleNamespace) -> None:
    unreadable = "This page cannot be saved any more. Open it again."
    for wrong, said in (
        ({"client_key": "rubbish"}, unreadable),
        ({"do": "add:NOPE"}, "There is no “NOPE” in the catalogue."),
        ({f"line-X-{n}": 1 for n in range(101)}, "At most 100 lines fit on one list."),
    ):
        page = nurse.post(NEW, answers(world, line_GLV_NIT_M=6) | wrong)
        assert page.status_code == 422
        summary = page.text[page.text.index('id="problems"') : page.text.index("page-head")]
        assert f"<li>{said}</li>" in summary
        assert page.text.count('class="supply-line"') <= 100
    fragment = nurse.post(
        reverse("requests:draft-save"),
        answers(world, client_key="rubbish"),
        headers={"HX-Request": "true"},
    )
    assert unreadable in fragment.text


def test_what_must_be_explained_is_not_called_optional(nurse: Client, world: SimpleNamespace) -> None:
    label = r"Anything they should know\?</label>"
    assert not re.search(label, nurse.get(edit(journeys.draft(world, GLV_NIT_M=2))).text)
    assert re.search(label, nurse.get(edit(journeys.draft(world, GLV_NIT_M=21))).text)
