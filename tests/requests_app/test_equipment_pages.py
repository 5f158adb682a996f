"""What a label opens, finding a piece, labels to print, and the tag DO NOT USE; and a repair filed by page."""

import re
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts import scopes
from portal.desk.seed.equipment import sow_equipment
from requests_app import following
from requests_app.models import Equipment, ServiceRequest
from tests import repairs
from tests.flows.test_budgets import costs
from tests.personas import signed_in
from tests.repairs import DEFIBRILLATOR, FOREIGN_PUMP, PUMP

pytestmark = pytest.mark.django_db
ASK = "/ask/repair/"


@pytest.fixture
def ward(world: SimpleNamespace) -> SimpleNamespace:
    return repairs.equip(world)


@pytest.fixture
def nurse(ward: SimpleNamespace) -> Client:
    return signed_in(ward.nurse)


def read(client: Client, address: str, **asked: Any) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# ---- the page of a piece ----


def test_a_label_opens_its_piece_and_leads_to_the_form(ward: SimpleNamespace, nurse: Client) -> None:
    page = read(nurse, f"/a/{PUMP}")
    for said in ("Infusion pump", PUMP, "Bay 1, 7B", "Kestrel", f"{ASK}?equipment={PUMP}"):
        assert said in page, said
    assert "KE40211" in read(nurse, f"/a/{PUMP}/"), "the address may end with a stroke"
    form = read(nurse, ASK, equipment=PUMP)
    assert "Occlusion alarm keeps coming" in form and f'value="{PUMP}"' in form
    assert not re.search(r'name="q-safe"[^>]*checked', form)


def test_a_number_is_found_in_any_case_and_only_at_the_persons_hospitals(
    ward: SimpleNamespace, nurse: Client
) -> None:
    Equipment.objects.filter(tag=PUMP).update(tag="SP-0381")
    assert "SP-0381" in read(nurse, "/a/sp-0381")
    for address in ("/a/nothing", "/a/%2e%2e/x", "/a/"):
        assert nurse.get(address).status_code == 404, address
    assert signed_in(ward.stranger).get("/a/SP-0381").status_code == 404
    assert Client().get("/a/SP-0381").status_code == 302, "somebody who scans signs in first"


def test_who_works_at_two_hospitals_chooses(ward: SimpleNamespace) -> None:
    sow_equipment(hospital=ward.other_hospital)
    there = Equipment.objects.filter(hospital=ward.other_hospital).first()
    Equipment.objects.filter(pk=there.pk).update(tag=PUMP, name="Pump of the other house")
    scopes.grant(user=ward.nurse, role="requester", place=ward.foreign_ward, by=ward.system)
    client = signed_in(ward.nurse)
    page = read(client, f"/a/{PUMP}")
    assert f"Which {PUMP}?" in page and "?hospital=NFC" in page and "?hospital=SBG" in page
    assert "Pump of the other house" in read(client, f"/a/{PUMP}", hospital="NFC")
    assert "Pump of the other house" not in read(client, f"/a/{PUMP}", hospital="SBG")


def test_a_piece_that_was_given_up_has_no_page(ward: SimpleNamespace, nurse: Client) -> None:
    Equipment.objects.filter(tag=PUMP).update(active=False)
    assert nurse.get(f"/a/{PUMP}").status_code == 404


def test_what_the_page_of_a_piece_costs(ward: SimpleNamespace, nurse: Client) -> None:
    read(nurse, f"/a/{PUMP}")
    for _more in range(3):
        case = repairs.sent(ward)
        following.join(request=case, by=ward.colleague)
        with costs(6):
            read(nurse, f"/a/{PUMP}")


# ---- finding ----


def test_the_list_begins_with_the_ward_and_finds_by_words_in_all(
    ward: SimpleNamespace, nurse: Client
) -> None:
    own = read(nurse, reverse("requests:equipment-list"))
    assert PUMP in own and FOREIGN_PUMP not in own
    assert FOREIGN_PUMP in read(nurse, reverse("requests:equipment-list"), q="pump 5c")
    by_kind = read(nurse, reverse("requests:equipment-list"), q="defibrillator")
    assert DEFIBRILLATOR in by_kind and PUMP not in by_kind
    room = read(nurse, reverse("requests:equipment-list"), place=ward.bay.code)
    assert PUMP in room and DEFIBRILLATOR not in room and f"{ASK}?place={ward.bay.code}" in room
    assert "Nothing found" in read(nurse, reverse("requests:equipment-list"), q="zebra")


def test_the_stranger_finds_nothing_of_another_hospital(ward: SimpleNamespace) -> None:
    client = signed_in(ward.stranger)
    for asked in ({"q": PUMP}, {"place": ward.bay.code}, {"department": ward.ward.pk}):
        page = read(client, reverse("requests:equipment-list"), **asked)
        assert f"/a/{PUMP}" not in page and "Bay 1, 7B" not in page
        assert PUMP not in read(client, reverse("requests:equipment-find"), q=PUMP)


@pytest.mark.parametrize("name", ["q", "q-equipment", "q-device"])
def test_suggestions_follow_what_is_typed_into_any_form(
    ward: SimpleNamespace, nurse: Client, name: str
) -> None:
    found = read(nurse, reverse("requests:equipment-find"), **{name: "1023"})
    assert f'<option value="{PUMP}">' in found and found.count("<option") <= 8
    assert read(nurse, reverse("requests:equipment-find"), **{name: " "}).strip() == ""
    assert Client().get(reverse("requests:equipment-find"), {name: "1"}).status_code == 401


@pytest.mark.parametrize("pieces", [1, 3])
def test_what_the_list_costs(ward: SimpleNamespace, nurse: Client, pieces: int) -> None:
    for tag in (PUMP, "10238", "10241")[:pieces]:
        repairs.sent(ward, equipment=tag)
    Equipment.objects.exclude(tag__in=(PUMP, "10238", "10241")[:pieces]).update(active=False)
    read(nurse, reverse("requests:equipment-list"))
    with costs(8):
        page = read(nurse, reverse("requests:equipment-list"), department=ward.ward.pk)
    assert page.count("1 open report") == pieces


def test_more_pieces_come_on_another_page(ward: SimpleNamespace, nurse: Client) -> None:
    for number in range(30):
        Equipment.objects.create(
            hospital=ward.hospital, department=ward.ward, tag=f"9{number:04}", name="Scales", class_code="scales",
            criticality="C",
        )  # fmt: skip
    first = read(nurse, reverse("requests:equipment-list"), q="scales", department=ward.ward.pk)
    more = re.search(r'href="(\?[^"]*after=[^"]*)"', first)
    assert more, "there is a way to the rest"
    second = read(nurse, reverse("requests:equipment-list") + more[1].replace("&amp;", "&"))
    tags = re.findall(r"/a/(9\d{4})", first), re.findall(r"/a/(9\d{4})", second)
    assert len(tags[0]) == 25 and len(tags[1]) == 5 and not set(tags[0]) & set(tags[1])


# ---- labels ----


def test_labels_of_a_ward_have_a_square_for_each_piece_and_room(ward: SimpleNamespace, nurse: Client) -> None:
    page = read(nurse, reverse("requests:labels"))
    pieces = Equipment.objects.filter(department=ward.ward, active=True).count()
    assert page.count('class="label"') == page.count('class="label-square"') == pieces >= 15
    assert PUMP in page and FOREIGN_PUMP not in page and "style=" not in page
    rooms = read(nurse, reverse("requests:labels"), of="rooms")
    assert rooms.count('class="label"') == ward.ward.locations.count() and ward.bay.code in rooms
    one = read(nurse, reverse("requests:labels"), tag=PUMP)
    assert one.count('class="label"') == 1


def test_the_square_of_a_label_says_the_address_of_the_piece(ward: SimpleNamespace, nurse: Client) -> None:
    import segno

    page = read(nurse, reverse("requests:labels"), tag=PUMP)
    wanted = segno.make(f"http://testserver/a/{PUMP}", error="m", micro=False)
    assert wanted.svg_inline(omitsize=True, border=2) in page


def test_labels_are_for_those_who_work_there(ward: SimpleNamespace) -> None:
    labels = reverse("requests:labels")
    elsewhere = signed_in(ward.other_nurse)
    assert elsewhere.get(labels, {"department": ward.ward.pk}).status_code == 404
    assert 'class="label"' not in read(elsewhere, labels, tag=PUMP)
    assert 'class="label"' not in read(elsewhere, labels, place=ward.bay.code)
    assert signed_in(ward.stranger).get(labels, {"department": ward.ward.pk}).status_code == 404
    assert signed_in(ward.administrator).get(labels).status_code == 404
    engineer = read(signed_in(ward.engineer), labels, department=ward.ward.pk)
    assert PUMP in engineer, "who repairs them prints them too"
    library = Equipment.objects.filter(hospital=ward.hospital, department=None, active=True).first()
    assert 'class="label"' in read(signed_in(ward.engineer), labels, tag=library.tag)
    assert 'class="label"' not in read(signed_in(ward.nurse), labels, tag=library.tag)


@pytest.mark.parametrize("pieces", [1, 3])
def test_what_labels_cost(ward: SimpleNamespace, nurse: Client, pieces: int) -> None:
    kept = (
        Equipment.objects.filter(department=ward.ward).order_by("tag").values_list("tag", flat=True)[:pieces]
    )
    Equipment.objects.exclude(tag__in=list(kept)).update(active=False)
    read(nurse, reverse("requests:labels"))
    with costs(7):
        page = read(nurse, reverse("requests:labels"))
    assert page.count('class="label"') == pieces


# ---- filing by page, and the tag ----


def filed(client: Client, ward: SimpleNamespace, **more: Any) -> Any:
    key = more.pop("key", str(uuid.uuid4()))
    typed = {f"q-{name}": value for name, value in repairs.answers(**more).items()}
    return client.post(ASK, {"client_key": key, "department": ward.ward.pk, "do": "send", **typed})


def test_a_repair_is_filed_with_one_post_and_a_second_one_changes_nothing(
    ward: SimpleNamespace, nurse: Client
) -> None:
    key = str(uuid.uuid4())
    first = filed(nurse, ward, key=key, safe="no_removed")
    again = filed(nurse, ward, key=key, safe="no_removed")
    case = ServiceRequest.objects.get()
    assert first.status_code == again.status_code == 302
    assert case.public_id in first.url and case.public_id in again.url
    page = read(nurse, first.url)
    assert reverse("requests:repair-tag", args=[case.public_id]) in page
    assert "No, taken out of use" in page


def test_what_is_missing_stands_beside_its_question_and_nothing_is_lost(
    ward: SimpleNamespace, nurse: Client
) -> None:
    answer = filed(nurse, ward, safe="", symptoms=["battery"])
    page = answer.content.decode()
    assert answer.status_code == 422 and "Say whether it is safe to keep using." in page
    assert re.search(r'value="battery"[^>]*checked', page)
    assert ServiceRequest.objects.get().number is None


def test_a_room_and_a_thing_without_a_label_are_filed_too(ward: SimpleNamespace, nurse: Client) -> None:
    room = {"equipment": "", "clean": "", "place": ward.bay.code}
    assert filed(nurse, ward, **room, symptoms=["leak"]).status_code == 302
    assert filed(nurse, ward, **room, thing="lamp", symptoms=["dead"]).status_code == 302
    teams = set(ServiceRequest.objects.values_list("team__code", flat=True))
    assert teams == {"estates", "triage"}


def test_the_tag_says_what_is_wrong_and_no_name(ward: SimpleNamespace, nurse: Client) -> None:
    case = repairs.sent(
        ward, safe="no_removed", symptoms=["battery", "else"], other="Mr Canary", clean="not_clean"
    )
    page = read(nurse, reverse("requests:repair-tag", args=[case.public_id]))
    body = page[page.index('class="do-not-use"') : page.index("</main>")]
    for said in (
        "Do not use",
        PUMP,
        "Battery will not hold",
        "Ward or department staff",
        "Ward 7B",
        case.number,
    ):
        assert said in body, said
    assert re.search(r"Clean</dt><dd>No<", body)
    assert "Only Clinical engineering may remove this tag." in body
    silent = repairs.sent(ward, safe="no_removed", clean="")
    assert re.search(
        r"Clean</dt><dd>No<", read(nurse, reverse("requests:repair-tag", args=[silent.public_id]))
    )
    for unsaid in ("Canary", "Asha", "Menon", "Something else"):
        assert unsaid not in body, unsaid


def test_only_what_was_taken_out_of_use_has_a_tag_and_only_for_who_sees_it(
    ward: SimpleNamespace, nurse: Client
) -> None:
    fine, out = repairs.sent(ward), repairs.sent(ward, safe="no_removed")
    assert nurse.get(reverse("requests:repair-tag", args=[fine.public_id])).status_code == 404
    assert (
        signed_in(ward.other_nurse).get(reverse("requests:repair-tag", args=[out.public_id])).status_code
        == 404
    )
    assert (
        signed_in(ward.engineer).get(reverse("requests:repair-tag", args=[out.public_id])).status_code == 200
    )


def test_after_harm_the_manager_finds_the_button_and_nobody_else(
    ward: SimpleNamespace, nurse: Client
) -> None:
    case = repairs.sent(ward, safe="no_removed", clean="incident")
    page, clear = (
        reverse("desk:request-detail", args=[case.public_id]),
        reverse("requests:harm-clear", args=[case.public_id]),
    )
    assert "Do not send it away." in read(nurse, page) and clear not in read(nurse, page)
    assert nurse.post(clear, {"reason": "fine"}).status_code == 403
    manager = signed_in(ward.biomed)
    assert clear in read(manager, page)
    assert manager.post(clear, {"reason": "settings copied"}).status_code == 302
    assert clear not in read(manager, page) and "allowed that it is worked on" in read(nurse, page)
