"""Whatever was half typed stays: in the draft, with its message beside the field. Only sending is refused."""

import uuid
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from requests_app.models import Attachment, ServiceRequest
from tests import it_desk, repairs
from tests.files.conftest import photo, upload
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
ASK = reverse("requests:ask-new", args=["it"])
NOBODY = "Nobody here signs in with this name."
LONG = "Keep it to 1000 characters."
STOCK = ("Ensure this value", "Select a valid", "This field is required", "valid UUID")


@pytest.fixture
def desk(world: SimpleNamespace) -> SimpleNamespace:
    return it_desk.add(world, duties=False)


@pytest.fixture
def nurse(desk: SimpleNamespace) -> Client:
    return signed_in(desk.nurse)


def post(nurse: Client, desk: SimpleNamespace, do: str, address: str = ASK, **more: object) -> HttpResponse:
    answers = {f"q-{name}": value for name, value in it_desk.FAULT.items()}
    form = {"client_key": uuid.uuid4(), "department": desk.ward.pk, "do": do}
    return nurse.post(address, form | answers | more)


@pytest.mark.parametrize(
    ("typed", "said"), [({"requester": "Jo"}, NOBODY), ({"note": "x" * 1_200}, LONG)], ids=["name", "note"]
)
@pytest.mark.parametrize("do", ["save", "send"])
def test_it_is_saved_and_not_sent(
    desk: SimpleNamespace, nurse: Client, typed: dict[str, str], said: str, do: str
) -> None:
    picture = upload("screen.jpg", photo(300, 200), "image/jpeg")
    answer = post(nurse, desk, do, **typed, files=picture)
    draft = ServiceRequest.objects.get(filed_by=desk.nurse)
    assert not draft.number and draft.requester == desk.nurse
    assert answer.status_code == 422 and answer.text.count(f"</span>{said}</span>") == 1
    assert draft.answers["contact"] == it_desk.FAULT["contact"]
    assert Attachment.objects.get().request == draft
    again = nurse.get(reverse("requests:draft-edit", args=[draft.public_id])).text
    assert next(iter(typed.values())) in again and 'class="card panel more" open' in again


def test_it_saves_itself_with_half_a_name_and_is_for_the_colleague_once_it_is_whole(
    desk: SimpleNamespace, nurse: Client
) -> None:
    key, address = uuid.uuid4(), reverse("requests:ask-save", args=["it"])
    post(nurse, desk, "save", address, client_key=key, requester="Jo")
    post(nurse, desk, "save", address, client_key=key, requester="Jo", note="third time today")
    draft = ServiceRequest.objects.get()
    assert (draft.note, draft.answers["requester"]) == ("third time today", "Jo")
    sent = post(nurse, desk, "send", client_key=key, requester=desk.colleague.username)
    draft.refresh_from_db()
    assert sent.status_code == 302 and draft.number
    assert draft.requester == desk.colleague and "requester" not in draft.answers


def test_no_other_door_sends_what_is_half_typed(desk: SimpleNamespace, nurse: Client) -> None:
    post(nurse, desk, "save", requester="Jo")
    draft = ServiceRequest.objects.get()
    nurse.post(reverse("requests:submit", args=[draft.public_id]), {"seen": ""})
    draft.refresh_from_db()
    assert draft.is_editable and not draft.number


def test_details_are_open_once_something_is_in_them(desk: SimpleNamespace, nurse: Client) -> None:
    assert 'class="card panel more" open' not in nurse.get(ASK).text
    for note, opened in (("", False), ("behind the desk", True)):
        key = uuid.uuid4()
        post(nurse, desk, "save", client_key=key, note=note)
        draft = ServiceRequest.objects.get(client_key=key)
        page = nurse.get(reverse("requests:draft-edit", args=[draft.public_id])).text
        assert ('class="card panel more" open' in page) is opened


def test_twelve_files_are_too_many_and_nothing_else_is_lost(desk: SimpleNamespace, nurse: Client) -> None:
    pictures = [upload(f"{n}.jpg", photo(30, 20), "image/jpeg") for n in range(12)]
    answer = nurse.post(
        ASK,
        {
            "client_key": uuid.uuid4(),
            "department": desk.ward.pk,
            "do": "save",
            "note": "kept",
            "files": pictures,
        },
        follow=True,
    )
    assert "At most 10 files fit on one request." in answer.text
    assert ServiceRequest.objects.get().note == "kept" and Attachment.objects.count() == 10


@pytest.mark.parametrize("wrong", [{"department": "999999"}, {"client_key": "x"}, {"department": ""}])
def test_django_says_nothing(desk: SimpleNamespace, nurse: Client, wrong: dict[str, str]) -> None:
    answer = post(nurse, desk, "send", **wrong)
    assert answer.status_code == 422
    assert not any(said in answer.text for said in STOCK)


def test_other_forms_speak_as_we_do(desk: SimpleNamespace, nurse: Client) -> None:
    long = {"note": "x" * 1_200, "answered_by": "y" * 100, "run_out": "never", "department": desk.ward.pk}
    answer = nurse.post(reverse("requests:supply-new"), long | {"do": "review"})
    assert answer.status_code == 422 and not any(said in answer.text for said in STOCK)
    assert LONG in answer.text and "Keep it to 80 characters." in answer.text
    assert "Choose from the list." in answer.text


def test_drafts_say_what_they_are_about(desk: SimpleNamespace, nurse: Client) -> None:
    ward = repairs.equip(desk)
    repairs.drafted(ward)
    repairs.drafted(ward, equipment=repairs.BED, symptoms=["other"])
    post(nurse, desk, "save")
    titles = set(ServiceRequest.objects.values_list("title", flat=True))
    assert len(titles) == 3
    assert any(title.endswith(str(ward.pieces[repairs.PUMP])) for title in titles)
    home = nurse.get("/").text
    assert f"for {ward.ward.name} is half written" in home


def test_an_emergency_is_said_beside_the_button_that_sends_it(world: SimpleNamespace) -> None:
    ward = repairs.equip(world)
    draft = repairs.drafted(ward, needed="now", equipment=repairs.DEFIBRILLATOR)
    page = signed_in(world.nurse).get(reverse("requests:draft-edit", args=[draft.public_id])).text
    ring, button = page.index('id="ask-ring"'), page.index("data-send")
    assert page.index('id="ask-questions"') < ring < button
    assert "ask-ring on" in page and "Send the emergency" in page[button:]


def test_a_label_answers_nothing_about_safety_and_cleanliness(world: SimpleNamespace) -> None:
    repairs.equip(world)
    address = reverse("requests:ask-new", args=["repair"])
    form = signed_in(world.nurse).get(address, {"equipment": repairs.PUMP}).context["form"]
    assert form.draft.answers["equipment"] == repairs.PUMP and form.draft.answers["needed"]
    assert not {"clean", "safe"} & set(form.draft.answers)
