"""What is not asked for here is said, and what is asked for here is never refused."""

import csv
from types import SimpleNamespace

import pytest
from django.urls import reverse

from portal.desk.seed.tables import HERE
from requests_app import choosing, search
from requests_app.equipment.equipment_classes import CLASSES
from requests_app.equipment.symptoms import SETS
from requests_app.signposts import SIGNPOSTS, refusal, signpost
from tests import configuring, it_desk, personas

FINE = (
    "sterile gloves", "blood pressure cuff", "feeding pump", "dressing pack, sterile", "Blood glucose strips",
    "blood collection tubes", "blood giving set", "blood culture bottles", "enteral feeding set", "feeding tube",
    "medicine pots", "medicine fridge too warm", "fire extinguisher", "fire door does not close", "smoke detector",
    "instrument trolley", "meal trolley", "tablet computer", "insulin syringes", "property bags", "body fluid spill",
    "fluid-resistant masks", "oxygen cylinder", "suction tubing", "missing screw on the bed", "sterile water",
    "printer does not feed paper", "document about infection control", "steriliser cycle failed", "arrest trolley",
    "food waste bags", "breast pump", "milk fridge", "saline flush", "violence reduction training", "firewall",
    "it broke after lunch", "drip stand", "iv fluid stand", "wall mounted oxygen regulator", "theatre gloves",
    "instrument cleaner", "drug cupboard lock", "late meal", "", "patient breathing circuit", "leaflet about drug allergies", "fire alarm sounder is broken",
)  # fmt: skip
ELSEWHERE = {
    "cardiac_arrest": ("cardiac arrest in bay 2", "crash call", "patient is not breathing"),
    "fire": ("there is a fire in the kitchen", "smoke coming out of the socket", "smell of burning"),
    "violence": ("violent visitor", "a patient is threatening staff", "we are being attacked"),
    "massive_bleeding": ("massive bleeding", "major haemorrhage", "patient is bleeding heavily"),
    "medical_gas": ("oxygen supply failed", "no oxygen pressure", "medical gas failure"),
    "missing_person": (
        "missing patient",
        "patient is missing",
        "We cannot find the patient",
        "missing child",
    ),
    "controlled_drugs": ("morphine", "Controlled drugs", "Morphine 10 mg ampoules", "CDs"),
    "medicines": (
        "paracetamol",
        "antibiotics",
        "IV fluids",
        "insulin",
        "saline bags",
        "Paracetamol tablets 500 mg",
    ),
    "blood": ("blood", "2 units of blood", "platelets", "fresh frozen plasma", "O negative"),
    "sterile_sets": ("instrument set", "sterile sets", "laparotomy set"),
    "feeds": ("milk", "infant formula", "enteral feed"),
    "meals": ("meals", "a sandwich for the patient"),
    "valuables": ("patient's valuables", "patient\N{RIGHT SINGLE QUOTATION MARK}s wallet", "wedding ring"),
}


def catalogue() -> list[str]:
    """Every name of the catalogue of the seed, also what things are called otherwise."""
    with (HERE / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        return [row[key] for row in csv.DictReader(file) for key in ("name", "also_called", "also_called_de")]


def test_no_item_of_the_catalogue_is_refused() -> None:
    names = catalogue()
    assert len(names) > 100
    assert [name for name in names if refusal(name)] == []


def test_no_equipment_and_no_symptom_is_refused() -> None:
    names = [str(kind.label) for kind in CLASSES.values()]
    names += [str(symptom.label) for chips in SETS.values() for symptom in chips]
    # Two symptoms do say that the gas has failed, and that is right.
    assert [name for name in names if refusal(name) and signpost(name).code != "medical_gas"] == []


@pytest.mark.parametrize("words", FINE)
def test_what_is_asked_for_here_is_not_refused(words: str) -> None:
    assert refusal(words) == ""


@pytest.mark.parametrize(
    ("code", "words"), [(code, words) for code, several in ELSEWHERE.items() for words in several]
)
def test_what_is_had_or_rung_elsewhere_is_refused_with_the_way(code: str, words: str) -> None:
    assert signpost(words).code == code
    assert refusal(words.upper()) == refusal(words) != ""


def test_every_sign_is_tried_above() -> None:
    assert {sign.code for sign in SIGNPOSTS} == set(ELSEWHERE)


def test_what_must_be_rung_says_the_number_of_the_hospital() -> None:
    for code in ("cardiac_arrest", "fire", "violence", "massive_bleeding", "medical_gas", "missing_person"):
        words = ELSEWHERE[code][0]
        assert signpost(words).rung
        assert "2222" in refusal(words, phone="2222")
        assert "%(" not in refusal(words)


def test_a_matching_word_alone_would_refuse_what_is_asked_for_here() -> None:
    """The control: without looking at the company of a word, plain supplies and repairs are refused."""
    naive = [
        name
        for name in (*catalogue(), *FINE)
        if any(sign.words.search(name.casefold()) for sign in SIGNPOSTS)
    ]
    assert len(naive) >= 10


def test_a_very_long_text_is_looked_at_in_no_time() -> None:
    assert refusal("a patient " * 20_000) == ""
    assert refusal("milk " + "x " * 20_000).startswith("Milk")


def test_the_search_for_supplies_and_the_chooser_show_the_sign(world: SimpleNamespace) -> None:
    assert search.signpost("paracetamol") == "Medicines and fluids come from the pharmacy."
    nurse = personas.signed_in(world.nurse)
    for address in ("requests:supply-new", "requests:ask"):
        assert "come from the pharmacy" in nurse.get(reverse(address), {"q": "paracetamol"}).text
        assert "pharmacy" not in nurse.get(reverse(address), {"q": "gloves"}).text


# ---- free words of other forms ----


def test_the_words_of_a_configured_type_say_where_it_is_had(world: SimpleNamespace) -> None:
    configuring.crew(world)
    nurse, ask = personas.signed_in(world.nurse), reverse("requests:ask-new", args=["document"])
    typed = {"department": world.ward.pk, "do": "send", "q-for_whom": "Tom Reid"}
    page = nurse.post(ask, typed | {"q-what": "controlled drugs: morphine 10 mg"})
    assert page.status_code == 422
    assert "go to the pharmacy" in page.context["form"].errors["q-what"][0]
    letter = "A certificate of the fire training"
    assert nurse.post(ask, typed | {"q-what": letter}).status_code == 302


def test_an_it_fault_names_medicines_but_is_no_emergency_call(world: SimpleNamespace) -> None:
    desk = it_desk.add(world, duties=False)
    ask = reverse("requests:ask-new", args=["it"])
    typed = {f"q-{name}": value for name, value in it_desk.FAULT.items()}
    typed |= {"department": desk.ward.pk, "do": "send", "q-symptom": "else"}
    nurse = personas.signed_in(desk.nurse)
    page = nurse.post(ask, typed | {"q-words": "The screen is on fire"})
    assert page.status_code == 422 and "ring" in page.text and "now. Do not send it here" in page.text
    assert nurse.post(ask, typed | {"q-words": "No medicines in the list"}).status_code == 302


@pytest.mark.parametrize(
    ("words", "meant"),
    [("glvoes", "gloves"), ("canula", "cannula"), ("Nitrle glvoes", "nitrile gloves"), ("xqzw", "")],
)
def test_a_slip_of_the_finger_is_understood(words: str, meant: str) -> None:
    names = ["Gloves, nitrile, medium", "Cannula, 20G", "Apron"]
    assert choosing.meant(words.casefold().split(), names) == meant


def test_the_chooser_offers_what_was_meant(world: SimpleNamespace) -> None:
    nurse = personas.signed_in(world.nurse)
    page = nurse.get(reverse("requests:ask"), {"q": "gluuves"}).text  # two slips: one is forgiven
    assert "Did you mean" in page and "?q=gloves" in page
    assert "Did you mean" not in nurse.get(reverse("requests:ask"), {"q": "gloves"}).text
