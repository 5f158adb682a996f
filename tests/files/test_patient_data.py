"""The warner on 2,000 labelled texts, and that a choice to send is on record without the text."""

import re
import time
from collections import Counter
from types import SimpleNamespace

import pytest

from portal.audit.models import Event
from requests_app import patient_data, screening
from tests import journeys
from tests.files import labelled

YEAR = 2026
TEXTS = list(labelled.texts())


def share(texts: list[labelled.Text], found) -> float:
    return sum(bool(found(one)) for one in texts) / len(texts)


def kinds(one: labelled.Text) -> list[str]:
    return patient_data.found(one.text, this_year=YEAR)


def test_the_set_is_what_it_says() -> None:
    assert len(TEXTS) == 2_000 and len({one.text for one in TEXTS}) > 1_700
    assert Counter(one.kind for one in TEXTS) == {
        "": 1_000, "nhs_number": 600, "record_number": 200, "birth_date": 100, "postcode": 100,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "least"),
    [("nhs_number", 0.99), ("record_number", 0.99), ("birth_date", 0.95), ("postcode", 0.95)],
)
def test_it_finds(kind: str, least: float) -> None:
    texts = [one for one in TEXTS if one.kind == kind]
    assert share(texts, lambda one: kind in kinds(one)) >= least


def test_it_seldom_warns_of_nothing() -> None:
    assert share([one for one in TEXTS if not one.kind], kinds) <= 0.005


def test_other_numbers_of_the_same_sentences_come_out_alike() -> None:
    others = list(labelled.texts(seed=7))
    assert share([one for one in others if not one.kind], kinds) <= 0.005
    assert share([one for one in others if one.kind == "nhs_number"], kinds) >= 0.99


def test_the_check_digit_alone_would_warn_eleven_times_as_often_as_it_should() -> None:
    """Control: of ten digits by chance every eleventh passes, so format and words must do the rest."""
    import random

    chance = random.Random(1)
    numbers = [f"{chance.randrange(10**10):010}" for _ in range(20_000)]
    passing = sum(patient_data.is_nhs_number(number) for number in numbers) / len(numbers)
    assert 0.08 < passing < 0.10
    naive = [one for one in TEXTS if not one.kind and _passes(one.text)]
    assert len(naive) > 500  # nearly every number of the set does: the check digit tells nothing there


def _passes(text: str) -> bool:
    found = re.findall(r"\d{3}\D?\d{3}\D?\d{4}", text)
    return any(patient_data.is_nhs_number(re.sub(r"\D", "", number)) for number in found)


def test_without_the_words_it_warns_too_often(monkeypatch) -> None:
    monkeypatch.setitem(patient_data.TABLE, "elsewise", ("(?!)", ""))
    patient_data._re.cache_clear()
    try:
        assert share([one for one in TEXTS if not one.kind], kinds) > 0.02
    finally:
        monkeypatch.undo()
        patient_data._re.cache_clear()


@pytest.mark.parametrize(
    "text",
    ["943 476 5919 " * 400, "1" * 5_000, "9434765919" * 500, "PO " * 1_700, "a" * 100_000, "Mr A B C " * 600, "12/12/1950 SW1A 1AA " * 250,
     "call me on " * 450 + "943 476 5919", "0 0 0 0 " * 600 + "943 476 5919", "SMITH, John " * 400, "and or " * 700],
)  # fmt: skip
def test_the_longest_text_takes_less_than_a_tenth_of_a_second(text: str) -> None:
    patient_data.found("warm", this_year=YEAR)
    began = time.process_time()
    patient_data.found(text, this_year=YEAR)
    assert time.process_time() - began < 0.1


def test_record_numbers_of_this_hospital(settings) -> None:
    assert screening.kinds("please fetch SB1234567") == []
    settings.MRN_SHAPES = ["SB#######", "N-######"]
    assert screening.kinds("please fetch sb1234567") == ["record_number"]
    assert screening.kinds("N-123456 to X-ray") == ["record_number"]
    assert screening.kinds("part XSB1234567, SB12345678") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr Smith 12/03/2025", []),  # last year: a visit, a delivery
        ("Mr Smith 12/03/2023", ["birth_date"]),
        ("Mr Smith 12/03/24", []),
        ("Mr Smith 12/03/31", ["birth_date"]),  # 1931
        ("111 111 1111", []),
        ("", []),
    ],
)
def test_edges(text: str, expected: list[str]) -> None:
    assert patient_data.found(text, this_year=YEAR) == expected


def test_a_choice_to_send_it_anyway_is_on_record_without_the_text(world: SimpleNamespace) -> None:
    request = journeys.sent(world, GLV_NIT_M=1)
    texts = {"note": "for pt 943 476 5919", "title": "gloves", "place": "DOB 12/03/1956"}
    assert set(screening.warned(texts)) == {"note", "place"}
    assert screening.warned(texts, agreed=True) == {}
    screening.record_kept(request=request, by=world.nurse, texts=texts)
    event = Event.objects.get(action="request.patient_data_kept")
    assert (event.case, event.actor) == (request.public_id, world.nurse)
    assert event.after["fields"] == {"note": ["nhs_number"], "place": ["birth_date"]}
    assert not re.search("943|476|5919|1956", f"{event.after} {event.before} {event.reason}")


def test_nothing_found_puts_nothing_on_record(world: SimpleNamespace) -> None:
    request = journeys.sent(world, GLV_NIT_M=1)
    screening.record_kept(request=request, by=world.nurse, texts={"note": "PO 9434765919"})
    assert not Event.objects.filter(action="request.patient_data_kept").exists()


def test_the_page_gets_the_same_table() -> None:
    import json

    rules = json.loads(screening.rules())
    assert set(rules["patterns"]) == set(patient_data.TABLE)
    for source, flags in rules["patterns"].values():
        assert not set(flags) - {"g", "i"}
        assert not re.search(r"\(\?P|\(\?#|\\[AZ]|\(\?[aiLmsux]", source), "JavaScript reads no such pattern"
