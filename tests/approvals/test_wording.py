"""Sentences of a policy name their limits in the money of the hospital that asks."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from approvals.models import ApprovalStep
from approvals.preview import preview
from approvals.wording import priced
from portal.accounts.models import Department
from requests_app.models import CatalogueItem
from tests import journeys, personas


def at(currency: str, rate: str = "1") -> SimpleNamespace:
    return SimpleNamespace(currency=currency, rate=Decimal(rate))


@pytest.mark.parametrize(
    ("why", "request_", "said"),
    [
        (
            "Orders from {1000} need the finance partner",
            at("GBP"),
            "Orders from £1,000 need the finance partner",
        ),
        (
            "Orders under {100000}. Orders from {25000}",
            at("EUR"),
            "Orders under €100,000. Orders from €25,000",
        ),
        ("Orders from {1000}", at("EUR", "0.8"), "Orders from €1,250"),
        ("Orders from {1000}", at("EUR", "0.9"), "Orders from €1,111.11"),
        ("No limit is named", at("EUR"), "No limit is named"),
    ],
)
def test_a_limit_is_spoken_in_the_currency_of_the_request(
    why: str, request_: SimpleNamespace, said: str
) -> None:
    assert priced(why, request_) == said


@pytest.mark.parametrize(("code", "ward", "symbol"), [("SBG", "7B", "£"), ("SAK", "INN", "€")])
def test_the_review_and_the_step_say_it_alike(
    world: SimpleNamespace, code: str, ward: str, symbol: str
) -> None:
    if code == "SAK":
        personas.build_hospital("SAK", wards={"INN"}, items={"GLV-NIT-M", "SET-PMP"}, by=world.system)
    place = Department.objects.select_related("hospital").get(hospital__code=code, code=ward)
    CatalogueItem.objects.filter(hospital=place.hospital, code="SET-PMP").update(price="1200")
    nurse = personas.person("anna.berg", role="requester", place=place)
    for role in ("head", "finance"):
        where = place if role == "head" else place.hospital
        personas.person(f"{role}.berg", role=role, place=where)
    draft = journeys.draft(SimpleNamespace(ward=place, nurse=nurse), SET_PMP=1)
    foreseen = [why for step in preview(draft).steps for why in step.why]
    sent = journeys.send(draft)
    asked = list(ApprovalStep.objects.filter(approval__request=sent).order_by("sequence"))
    assert [step.role for step in asked] == ["head", "finance"]
    sentence = f"Orders from {symbol}1,000 need the finance partner"
    assert sentence in foreseen
    assert asked[1].why == sentence
    assert not any("{" in step.why for step in asked)
