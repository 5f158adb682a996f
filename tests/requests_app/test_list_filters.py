"""The request list of people who see several hospitals or departments: narrowed by links that keep their place."""

import re
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Department
from requests_app.models import ServiceRequest
from tests import journeys, personas

LIST = reverse("requests:list")


@pytest.fixture
def group(world: SimpleNamespace) -> SimpleNamespace:
    """One request of each of two wards of one hospital and of a ward of another."""
    world.at_7b = journeys.sent(world, SET_PMP=1)
    world.at_5c = sent_for(world, world.other_ward, world.other_nurse, "SET-PMP")
    world.at_nfc = sent_for(world, world.foreign_ward, world.stranger, "GLV-NIT-M")
    return world


def sent_for(world: SimpleNamespace, ward: Department, who: object, code: str) -> ServiceRequest:
    elsewhere = SimpleNamespace(ward=ward, nurse=who)
    return journeys.sent(elsewhere, **{code.replace("-", "_"): 3})


def numbers(world: SimpleNamespace, client: Client, address: str = "") -> set[str]:
    page = client.get(LIST + address)
    assert page.status_code == 200
    return {name for name in ("at_7b", "at_5c", "at_nfc") if getattr(world, name).public_id in page.text}


def test_by_hospital_and_by_department(group: SimpleNamespace) -> None:
    auditor = personas.signed_in(group.auditor)
    assert numbers(group, auditor) == {"at_7b", "at_5c", "at_nfc"}
    assert numbers(group, auditor, "?hospital=SBG") == {"at_7b", "at_5c"}
    assert numbers(group, auditor, f"?hospital=SBG&department={group.other_ward.pk}") == {"at_5c"}
    assert numbers(group, auditor, f"?hospital=NFC&department={group.ward.pk}") == {
        "at_nfc"
    }  # not one of its own
    for nonsense in ("?hospital=XXX", "?department=x", "?stage=x&late=x&tab=x"):
        assert numbers(group, auditor, nonsense) == {"at_7b", "at_5c", "at_nfc"}


def test_the_hospital_that_is_looked_at_is_the_filter_until_another_is_asked_for(
    group: SimpleNamespace,
) -> None:
    auditor = personas.signed_in(group.auditor)
    auditor.post(reverse("accounts:place"), {"hospital": "NFC"})
    assert numbers(group, auditor) == {"at_nfc"}
    assert numbers(group, auditor, "?hospital=") == {"at_7b", "at_5c", "at_nfc"}
    assert numbers(group, auditor, "?hospital=SBG") == {"at_7b", "at_5c"}


def test_nobody_sees_more_by_asking_for_it(group: SimpleNamespace) -> None:
    nurse = personas.signed_in(group.nurse)
    for address in (
        "?hospital=NFC",
        f"?department={group.foreign_ward.pk}",
        f"?department={group.other_ward.pk}",
    ):
        assert numbers(group, nurse, address) == {"at_7b"}
    finance = personas.signed_in(group.finance_colleague)
    assert numbers(group, finance, "?hospital=NFC") == {"at_7b", "at_5c"}
    assert numbers(group, finance, f"?department={group.other_ward.pk}") == {"at_5c"}


def test_each_row_says_its_hospital_to_who_sees_several_only(group: SimpleNamespace) -> None:
    assert "<span>NFC Rehabilitation Ward</span>" in personas.signed_in(group.auditor).get(LIST).text
    page = personas.signed_in(group.finance_colleague).get(LIST).text
    assert "<span>Ward 7B, Acute Medicine</span>" in page
    assert 'name="hospital"' not in page
    assert 'name="department"' in page
    assert 'class="filters"' not in personas.signed_in(group.nurse).get(LIST).text


def test_filters_keep_their_place_across_tabs_and_pages(world: SimpleNamespace) -> None:
    for _ in range(26):
        journeys.sent(world, SET_PMP=1)
    auditor = personas.signed_in(world.auditor)
    page = auditor.get(LIST, {"hospital": "SBG", "department": world.ward.pk, "stage": "undecided"})
    links = re.findall(r'href="(\?[^"]*)"', page.text)
    kept = [link for link in links if "hospital=SBG" in link and f"department={world.ward.pk}" in link]
    earlier = next(link for link in kept if "after=" in link).replace("&amp;", "&")
    rest = auditor.get(LIST + earlier)
    assert len(rest.context["page"].rows) == 1
    assert rest.context["asked"].stage == "undecided"
    closed = next(link for link in kept if "tab=closed" in link)
    assert "stage" not in closed
    assert "Nothing matches" in auditor.get(LIST + closed.replace("&amp;", "&")).text


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_the_list_with_filters_takes_eight_queries(
    world: SimpleNamespace, rows: int, django_assert_num_queries
) -> None:
    for _ in range(rows):
        journeys.sent(world, SET_PMP=1)
    for who, queries in ((world.executives[0], 8), (world.auditor, 8), (world.finance_colleague, 8)):
        reader = personas.signed_in(who)
        with django_assert_num_queries(queries):
            assert reader.get(LIST, {"hospital": "SBG"}).status_code == 200
