"""What supplies can do beside the plain path, to the end: added to, swapped, in own words; then everything agrees."""

from types import SimpleNamespace
from uuid import uuid4

import pytest

from portal import clock
from requests_app.states import RunOut
from requests_app.supplies import adding, drafting, stock
from requests_app.supplies.own_words import OwnWords
from tests import journeys
from tests.requests_app.test_stock_and_substitutes import has, second_make

pytestmark = pytest.mark.django_db


def test_added_to_and_decided_anew(world: SimpleNamespace) -> None:
    journeys.link(world)
    waiting = journeys.sent(world, world.colleague, NPW_KIT=1, note="a new bay")
    adding.add_to(request=waiting, code="NPW-KIT", quantity=1, by=world.nurse)
    extended = journeys.fresh(waiting)
    journeys.approve(extended, world.head)
    journeys.approve(extended, world.procurement)
    assert journeys.fresh(waiting).state == "approved"


def test_swapped_when_it_is_sent(world: SimpleNamespace) -> None:
    other = second_make(world)
    has(world, MSK_IIR=0)
    stock.record_levels(levels={other.pk: 9}, at=clock.now())
    assert journeys.sent(world, MSK_IIR=30, note="outbreak").lines.get().item == other


def test_asked_for_in_own_words(world: SimpleNamespace) -> None:
    draft = drafting.save_draft(
        by=world.nurse,
        client_key=uuid4(),
        department=world.ward,
        quantities={"GLV-NIT-M": 2},
        run_out=RunOut.FINE,
        own=OwnWords(key=uuid4(), name="Left-handed scissors", quantity="2", purpose="Two of us need them"),
    )
    sent = journeys.send(draft)
    journeys.approve(sent, world.head)
    journeys.approve(sent, world.procurement)
    assert journeys.fresh(sent).state == "approved"
