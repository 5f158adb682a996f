"""Files and the look for patient data on the forms, as a browser posts them."""

import re
import uuid
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal.audit.models import Event
from portal.clock import now
from requests_app import screening
from requests_app.configured import schema
from requests_app.models import Attachment, CatalogueItem, FormVersion, ServiceRequest
from requests_app.questions import Ask, Question
from requests_app.supplies.quoting import quote
from tests import it_desk, journeys, personas
from tests.files.conftest import pdf, photo, upload

ASK = reverse("requests:ask-new", args=["it"])
PHI = "screen of pt 943 476 5919 is black"


@pytest.fixture
def desk(world: SimpleNamespace) -> SimpleNamespace:
    return it_desk.add(world, duties=False)


@pytest.fixture
def nurse(desk: SimpleNamespace) -> Client:
    return personas.signed_in(desk.nurse)


def typed(desk: SimpleNamespace, do: str, key: str = "", **more: object) -> dict[str, object]:
    answers = {f"q-{name}": value for name, value in it_desk.FAULT.items()}
    form = {"client_key": key or str(uuid.uuid4()), "department": desk.ward.pk, "do": do}
    return form | answers | more


def photo_of_it() -> SimpleUploadedFile:
    return upload("screen.jpg", photo(300, 200), "image/jpeg")


def test_a_photo_is_added_to_a_form_that_was_never_saved(desk, nurse: Client) -> None:
    answer = nurse.post(
        ASK, typed(desk, "attach", files=[photo_of_it(), upload("x.exe", b"MZ")]), follow=True
    )
    kept = Attachment.objects.get()
    assert kept.request.filed_by == desk.nurse
    assert answer.status_code == 200
    files = re.search(r'<section[^>]*id="files".*?</section>', answer.text, re.S)[0]
    assert "screen.jpg" in files and "x.exe” was not added" in files.replace("&#x27;", "'")


def test_files_survive_a_form_that_cannot_be_sent_and_go_with_it_later(desk, nurse: Client) -> None:
    key = str(uuid.uuid4())
    wrong = typed(desk, "send", key, files=photo_of_it()) | {"q-service": ""}
    answer = nurse.post(ASK, wrong)
    assert answer.status_code == 422 and "screen.jpg" in answer.text
    assert nurse.post(ASK, typed(desk, "send", key)).status_code == 302
    sent = ServiceRequest.objects.get()
    assert sent.number and [one.name for one in sent.attachments.all()] == ["screen.jpg"]


def test_a_file_that_fails_stops_no_request(desk, nurse: Client) -> None:
    answer = nurse.post(ASK, typed(desk, "send", files=upload("x.exe", b"MZ")), follow=True)
    assert ServiceRequest.objects.get().number
    assert "x.exe” was not added" in answer.text


def test_a_file_is_removed_by_its_button_and_nothing_that_was_typed_is_lost(desk, nurse: Client) -> None:
    key = str(uuid.uuid4())
    nurse.post(ASK, typed(desk, "attach", key, files=photo_of_it(), note="third time"))
    kept = Attachment.objects.get()
    form = typed(desk, "", key, drop_file=kept.ref, note="third time this week")
    del form["do"]
    answer = nurse.post(reverse("requests:draft-edit", args=[kept.request.public_id]), form, follow=True)
    assert "screen.jpg" not in answer.text and "third time this week" in answer.text


def test_saving_by_itself_takes_no_file(desk, nurse: Client) -> None:
    save = reverse("requests:ask-save", args=["it"])
    nurse.post(save, typed(desk, "save", files=photo_of_it()), headers={"HX-Request": "true"})
    assert ServiceRequest.objects.exists() and not Attachment.objects.exists()


def test_what_looks_like_a_patient_is_asked_about_before_it_is_sent(desk, nurse: Client) -> None:
    key = str(uuid.uuid4())
    answer = nurse.post(ASK, typed(desk, "send", key, note=PHI))
    assert answer.status_code == 422
    assert "This looks like an NHS number" in answer.text
    assert re.search(r"data-patient-data=[^>]*>", answer.text) and "patient_data_ok" in answer.text
    assert (
        "hidden"
        not in re.search(r"<div[^>]*data-patient-data.*?>", answer.text, re.S)[0].rpartition("data-say")[2]
    )
    assert not ServiceRequest.objects.get().number  # it is saved as it was typed, and not sent
    assert nurse.post(ASK, typed(desk, "send", key, note=PHI, patient_data_ok="on")).status_code == 302
    sent = ServiceRequest.objects.get()
    assert sent.number and sent.note == PHI
    event = Event.objects.get(action="request.patient_data_kept")
    assert event.case == sent.public_id and event.after["fields"] == {"note": ["nhs_number"]}


def test_nobody_is_asked_while_it_is_only_saved(desk, nurse: Client) -> None:
    assert nurse.post(ASK, typed(desk, "save", note=PHI)).status_code == 302
    assert not Event.objects.filter(action="request.patient_data_kept").exists()


def test_an_ordinary_request_is_asked_nothing(desk, nurse: Client) -> None:
    assert nurse.post(ASK, typed(desk, "send", note="PO 9434765919, ring 4471")).status_code == 302
    assert ServiceRequest.objects.get().number


def test_the_box_is_hidden_until_something_is_found(desk, nurse: Client) -> None:
    page = nurse.get(ASK).text
    found = re.search(r'<div class="note note-risk patient-data".*?>(?=<svg)', page, re.S)[0]
    assert found.endswith(" hidden>")


# ---- supplies, and what is said later -------------------------------------------------------------------------------


def supplies(desk: SimpleNamespace, do: str, key: str, **more: object) -> dict[str, object]:
    form = {"client_key": key, "department": desk.ward.pk, "run_out": "fine", "line-NPW-KIT": "1", "do": do}
    return form | more


def test_supplies_take_files_and_keep_them_to_the_request(desk, nurse: Client) -> None:
    key, new = str(uuid.uuid4()), reverse("requests:supply-new")
    answer = nurse.post(new, supplies(desk, "attach", key, files=upload("quote.pdf", pdf())), follow=True)
    assert answer.status_code == 200 and "quote.pdf" in answer.text
    draft = ServiceRequest.objects.get()
    assert [line.code for line in draft.lines.all()] == ["NPW-KIT"]
    answer = nurse.post(new, supplies(desk, "review", key))
    assert answer["Location"] == reverse("desk:review", args=[draft.public_id])
    assert draft.attachments.get().name == "quote.pdf"


def test_supplies_ask_about_patient_data_before_they_are_checked(desk, nurse: Client) -> None:
    key, new = str(uuid.uuid4()), reverse("requests:supply-new")
    answer = nurse.post(new, supplies(desk, "review", key, note=PHI))
    assert answer.status_code == 422 and "This looks like an NHS number" in answer.text
    assert nurse.post(new, supplies(desk, "review", key, note=PHI, patient_data_ok="on")).status_code == 302
    event = Event.objects.get(action="request.patient_data_kept")
    draft = ServiceRequest.objects.get()
    assert (event.case, event.after["request"]) == ("", draft.public_id)
    draft.delete()  # a draft that is thrown away leaves no record of something that does not exist


def test_own_words_are_asked_about_and_stay_one_line(desk, nurse: Client) -> None:
    key, new = str(uuid.uuid4()), reverse("requests:supply-new")
    own = {"own_key": "k" * 22, "own_name": "Chair", "own_quantity": "1", "own_purpose": PHI, "own_price": ""}
    assert nurse.post(new, supplies(desk, "review", key, **own)).status_code == 422
    nurse.post(new, supplies(desk, "review", key, patient_data_ok="on", **own))
    assert ServiceRequest.objects.get().lines.count() == 2


def own_words(name: str, purpose: str = "for the bay") -> dict[str, str]:
    key = str(uuid.uuid4())
    return {"own_key": key, "own_name": name, "own_quantity": "1", "own_purpose": purpose, "own_price": ""}


def test_own_words_become_no_line_and_no_title_while_they_name_a_patient(desk, nurse: Client) -> None:
    key, new, own = str(uuid.uuid4()), reverse("requests:supply-new"), own_words(f"{PHI} chair")
    answer = nurse.post(new, supplies(desk, "own", key, **own))
    assert answer.status_code == 422 and "This looks like an NHS number" in answer.text
    draft = ServiceRequest.objects.get()
    assert "943" not in draft.title and draft.lines.count() == 1
    assert PHI in nurse.get(reverse("requests:draft-edit", args=[draft.public_id])).text, (
        "nothing typed is lost"
    )
    nurse.post(new, supplies(desk, "own", key, patient_data_ok="on", **own))
    assert draft.lines.count() == 2
    assert Event.objects.get(action="request.patient_data_kept").after["fields"] == {
        "own_name": ["nhs_number"]
    }


def test_lines_that_name_a_patient_are_asked_about_again_when_they_are_checked_and_sent(
    desk, nurse: Client
) -> None:
    key, new = str(uuid.uuid4()), reverse("requests:supply-new")
    nurse.post(new, supplies(desk, "own", key, patient_data_ok="on", **own_words(f"{PHI} chair")))
    draft = ServiceRequest.objects.get()
    lines = {f"line-{line.code}": "1" for line in draft.lines.all()}
    edit, submit = (reverse(f"requests:{at}", args=[draft.public_id]) for at in ("draft-edit", "submit"))
    nurse.post(edit, supplies(desk, "save", key, **lines))
    seen = {"seen": quote(journeys.fresh(draft)).fingerprint}
    answer = nurse.post(submit, seen)
    assert answer.status_code == 422 and "This looks like an NHS number" in answer.text
    answer = nurse.post(edit, supplies(desk, "review", key, **lines))
    assert answer.status_code == 422 and "patient_data_ok" in answer.text
    assert nurse.post(edit, supplies(desk, "review", key, patient_data_ok="on", **lines)).status_code == 302
    assert nurse.post(submit, seen).status_code == 302
    assert journeys.fresh(draft).number


def test_who_answered_the_telephone_is_looked_at(desk, nurse: Client) -> None:
    answer = nurse.post(ASK, typed(desk, "send", **{"q-answered_by": PHI}))
    assert answer.status_code == 422 and "This looks like an NHS number" in answer.text
    key, new = str(uuid.uuid4()), reverse("requests:supply-new")
    answer = nurse.post(new, supplies(desk, "review", key, answered_by=PHI))
    assert answer.status_code == 422 and "This looks like an NHS number" in answer.text
    draft = ServiceRequest.objects.get(client_key=key)
    assert nurse.post(reverse("requests:submit", args=[draft.public_id])).status_code == 422
    assert set(screening.warned(screening.texts_of(draft))) == {"answered_by"}


def test_free_answers_to_the_questions_of_an_item_are_looked_at(desk, nurse: Client) -> None:
    item = CatalogueItem.objects.get(hospital=desk.hospital, code="NPW-KIT")
    form = schema.Form((schema.Asked(Question("why", "Why?", Ask.LONG)),))
    FormVersion.objects.create(
        item=item, version=1, schema=schema.write(form), made_at=now(), made_by=desk.nurse, published_at=now()
    )
    key, new = str(uuid.uuid4()), reverse("requests:supply-new")
    answer = nurse.post(new, supplies(desk, "review", key, **{"ask-NPW-KIT-why": PHI}))
    assert answer.status_code == 422 and "This looks like an NHS number" in answer.text
    assert set(screening.warned(screening.texts_of(ServiceRequest.objects.get()))) == {"line-NPW-KIT"}


def test_a_reason_is_looked_at_too(desk, nurse: Client) -> None:
    request = journeys.sent(desk, NPW_KIT=1)
    cancel = reverse("requests:cancel", args=[request.public_id])
    answer = nurse.post(cancel, {"reason": PHI})
    assert answer.status_code == 422 and "patient_data_ok" in answer.text
    assert nurse.post(cancel, {"reason": PHI, "patient_data_ok": "on"}).status_code == 302
    event = Event.objects.get(action="request.patient_data_kept")
    assert (event.case, event.after["fields"]) == (request.public_id, {"reason": ["nhs_number"]})
