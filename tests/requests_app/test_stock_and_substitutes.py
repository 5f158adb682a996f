"""What the store has, and what may be had in place of what it has not."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal import clock
from portal.audit.models import Event
from portal.errors import Invalid
from requests_app import lifecycle
from requests_app.models import CatalogueItem, ServiceRequest, Substitute
from requests_app.supplies import drafting, stock
from requests_app.supplies.quoting import quote
from tests import journeys, personas
from tests.requests_app.test_pages_supply import answers, edit

NEW = "/requests/supply/new/"
NBSP = "\N{NO-BREAK SPACE}"


def has(world: SimpleNamespace, at: Any = None, **levels: int) -> None:
    """The store was read just now (or `at`): GLV_NIT_M=6."""
    read = {world.items[code.replace("_", "-")].pk: quantity for code, quantity in levels.items()}
    stock.record_levels(levels=read, at=at or clock.now())


def second_make(world: SimpleNamespace, of: str = "MSK-IIR", **more: Any) -> CatalogueItem:
    """Another make of the same thing in the same pack, known as equal."""
    item = world.items[of]
    same = {
        name: getattr(item, name)
        for name in (
            "hospital",
            "group",
            "order_unit",
            "order_unit_plural",
            "contains_quantity",
            "contains_unit",
            "source",
            "vendor",
            "usual_max",
            "flags",
        )
    }
    made = CatalogueItem.objects.create(
        **(same | {"code": f"{of}-2", "name": f"{item.name}, second make", "price": "3.30"} | more)
    )
    Substitute.objects.create(item=item, other=made, kind=Substitute.Kind.EQUAL)
    return made


@pytest.fixture
def nurse(world: SimpleNamespace) -> Client:
    return personas.signed_in(world.nurse)


def found(nurse: Client, words: str) -> str:
    return nurse.get(reverse("requests:supply-find"), {"q": words}, headers={"HX-Request": "true"}).text


def test_what_the_store_has_is_said_with_its_age_and_not_at_all_when_it_is_too_old(
    nurse: Client, world: SimpleNamespace
) -> None:
    assert "stock unknown" in found(nurse, "GLV-NIT-M")
    read = clock.now()
    has(world, at=read, GLV_NIT_M=34)
    assert f"34{NBSP}boxes in the store" in found(nurse, "GLV-NIT-M")
    assert "as of" not in found(nurse, "GLV-NIT-M")
    with clock.at(read + timedelta(minutes=16)):
        assert "in the store" in found(nurse, "GLV-NIT-M")
        assert "as of" in found(nurse, "GLV-NIT-M")
    with clock.at(read + timedelta(minutes=121)):
        assert "stock unknown" in found(nurse, "GLV-NIT-M")
    assert "stock unknown" not in found(nurse, "NPW-KIT"), "what is bought is in no store"


def test_stock_stands_on_the_line_and_on_the_card_of_the_usual(nurse: Client, world: SimpleNamespace) -> None:
    has(world, GLV_NIT_M=0)
    draft = journeys.draft(world, GLV_NIT_M=6)
    page = nurse.get(edit(draft)).text
    assert "none in the store" in page[page.index('class="supply-line"') :]
    assert 'name="line-GLV-NIT-M"' in page, "the line stays"
    home = nurse.get(reverse("desk:home")).text
    assert "none in the store" in home


def test_an_equal_item_goes_out_by_itself_when_the_first_is_out_and_the_ward_is_told(
    nurse: Client, world: SimpleNamespace
) -> None:
    other = second_make(world)
    has(world, MSK_IIR=0)
    stock.record_levels(levels={other.pk: 9}, at=clock.now())
    draft = journeys.draft(world, MSK_IIR=4)
    assert "goes out in its place" in nurse.get(edit(draft)).text
    review = nurse.get(reverse("desk:review", args=[draft.public_id])).text
    assert other.name in review
    assert "instead of Masks, fluid-resistant" in review
    sent = journeys.send(draft)
    line = sent.lines.get()
    assert (line.code, line.item, line.substituted_for, line.agreed_by) == (
        "MSK-IIR-2", other, world.items["MSK-IIR"], None,
    )  # fmt: skip
    assert (line.quantity, str(line.unit_price), str(line.amount)) == (4, "3.3000", "13.20")
    assert sent.amount == line.amount
    told = Event.objects.get(case=sent.public_id, action="request.substituted")
    assert "instead of Masks, fluid-resistant" in told.reason
    page = nurse.get(reverse("desk:request-detail", args=[sent.public_id])).text
    assert "instead of Masks, fluid-resistant" in page


def test_an_equal_item_goes_out_for_a_stopped_one_too_but_never_one_that_is_missing_itself(
    world: SimpleNamespace,
) -> None:
    other = second_make(world)
    CatalogueItem.objects.filter(code="MSK-IIR").update(stopped_reason="Recalled.")
    draft = journeys.draft(world, MSK_IIR=4)
    stock.record_levels(levels={other.pk: 0}, at=clock.now())
    with pytest.raises(Invalid) as refusal:
        journeys.send(draft)
    assert "line-MSK-IIR" in refusal.value.errors
    stock.record_levels(levels={other.pk: 1}, at=clock.now())
    assert journeys.send(draft).lines.get().item == other


@pytest.mark.parametrize(
    "more",
    [{"contains_quantity": 40}, {"order_unit": "case"}, {"source": "buy"}, {"stopped_reason": "Recalled."}],
)
def test_nothing_goes_out_by_itself_in_another_pack_or_from_elsewhere(
    world: SimpleNamespace, more: dict[str, Any]
) -> None:
    second_make(world, **more)
    has(world, MSK_IIR=0)
    assert journeys.sent(world, MSK_IIR=4).lines.get().code == "MSK-IIR"


def test_both_on_one_list_stay_as_they_are(world: SimpleNamespace) -> None:
    second_make(world)
    has(world, MSK_IIR=0)
    sent = journeys.sent(world, **{"MSK_IIR": 4, "MSK-IIR-2": 1})
    assert dict(sent.lines.values_list("code", "quantity")) == {"MSK-IIR": 4, "MSK-IIR-2": 1}


def test_stock_that_runs_out_between_check_and_send_is_shown_before_it_is_sent(
    world: SimpleNamespace,
) -> None:
    second_make(world)
    has(world, MSK_IIR=3)
    draft = journeys.draft(world, MSK_IIR=4)
    seen = quote(draft).fingerprint
    has(world, MSK_IIR=0)
    with pytest.raises(Invalid):
        lifecycle.submit(public_id=draft.public_id, by=world.nurse, seen=seen)
    assert ServiceRequest.objects.get(pk=draft.pk).state == "draft"


def test_a_similar_item_is_only_taken_when_the_clinician_ticks_it_and_that_is_on_record(
    nurse: Client, world: SimpleNamespace
) -> None:
    has(world, GLV_NIT_M=0)
    draft = journeys.draft(world, GLV_NIT_M=6)
    page = nurse.get(edit(draft)).text
    assert 'name="take-GLV-NIT-M" value="GLV-NIT-L"' in page
    assert "A size larger" in page
    assert quote(draft).lines[0].item.code == "GLV-NIT-M", "never by itself"
    ticked = answers(world, line_GLV_NIT_M=6) | {"take-GLV-NIT-M": "GLV-NIT-L"}
    assert nurse.post(edit(draft), ticked).status_code == 302
    line = draft.lines.get()
    assert (line.code, line.quantity, line.substituted_for, line.agreed_by) == (
        "GLV-NIT-L", 6, world.items["GLV-NIT-M"], world.nurse,
    )  # fmt: skip
    assert "instead of Gloves, nitrile, medium" in nurse.get(edit(draft)).text
    nurse.post(edit(draft), answers(world, line_GLV_NIT_L=5))
    assert draft.lines.get().substituted_for == world.items["GLV-NIT-M"], "kept when the number changes"
    sent = journeys.send(journeys.fresh(draft))
    assert sent.lines.get().agreed_by == world.nurse
    text = nurse.get(reverse("desk:request-detail", args=[sent.public_id])).text
    assert "agreed by Asha Menon" in text


def test_only_what_the_catalogue_offers_is_taken_in_its_place(nurse: Client, world: SimpleNamespace) -> None:
    draft = journeys.draft(world, GLV_NIT_M=6)
    for other in ("APR-WHT", "NO-SUCH"):
        ticked = answers(world, line_GLV_NIT_M=6) | {"take-GLV-NIT-M": other}
        assert nurse.post(edit(draft), ticked).status_code == 422
    assert draft.lines.get().code == "GLV-NIT-M"
    with pytest.raises(Invalid):
        drafting.save_draft(
            by=world.nurse, client_key=draft.client_key, department=world.ward,
            quantities={"APR-WHT": 1}, instead={"APR-WHT": "GLV-NIT-M"},
        )  # fmt: skip


def test_in_place_of_what_is_stopped_the_search_offers_what_can_be_had(
    nurse: Client, world: SimpleNamespace
) -> None:
    CatalogueItem.objects.filter(code="GLV-NIT-M").update(stopped_reason="Recalled.")
    text = found(nurse, "GLV-NIT-M")
    assert "Recalled." in text
    assert 'value="add:GLV-NIT-M"' not in text
    assert 'value="add:GLV-NIT-L"' in text
