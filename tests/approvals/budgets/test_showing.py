"""What people see of budgets: who asks before sending, who decides on the card."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.budgets.showing import Figure
from approvals.preview import preview
from portal import clock
from tests import journeys
from tests.approvals.budgets.money import a_budget
from tests.personas import signed_in

pytestmark = pytest.mark.django_db


def figure(left: str, this: str, amount: str = "3000") -> Figure:
    return Figure(
        "Ward 7B, Medical consumables, November",
        Decimal(amount),
        Decimal(left),
        Decimal(this),
        "GBP",
        stops=False,
    )


@pytest.mark.parametrize(
    ("left", "this", "said", "bar"),
    [
        ("412", "300", "£412 left of £3,000; after this £112", (276, 32)),
        ("412", "412", "£412 left of £3,000; after this £0", (276, 44)),
        ("412", "512.50", "£412 left of £3,000; this is £100.50 more", (276, 44)),
        ("-20", "10", "-£20 left of £3,000; this is £30 more", (320, 0)),
    ],
)
def test_in_words_and_as_a_bar(left: str, this: str, said: str, bar: tuple[int, int]) -> None:
    shown = figure(left, this)
    assert shown.words.replace("£-", "-£").endswith(said)
    assert (shown.used, shown.taken) == bar


def test_a_budget_of_nothing_is_full() -> None:
    assert (figure("0", "1", "0").used, figure("0", "1", "0").taken) == (320, 0)


def test_the_page_before_sending_shows_it(world: SimpleNamespace) -> None:
    a_budget(world, "3000")
    journeys.sent(world, NPW_KIT=1)
    draft = journeys.draft(world, NPW_KIT=2)
    found = preview(draft)
    assert found
    [shown] = found.budgets
    one, two = journeys.fresh(journeys.sent(world, NPW_KIT=1)).amount, shown.this
    assert shown.left == 3000 - one and two == 420 + draft_carriage(draft)
    page = signed_in(world.nurse).get(reverse("desk:review", args=[draft.public_id])).content.decode()
    assert f"Budget of {world.ward.name}, Medical consumables, {clock.now():%B}: " in page
    assert "of £3,000; after this" in page and "More than this budget has" not in page


def draft_carriage(draft: object) -> Decimal:
    from requests_app.supplies.quoting import quote

    return quote(draft).carriage  # type: ignore[arg-type]


def test_beyond_one_that_stops_it_says_what_that_means(world: SimpleNamespace) -> None:
    a_budget(world, "100", check="stop")
    draft = journeys.draft(world, NPW_KIT=1)
    found = preview(draft)
    assert found and found.stops
    page = signed_in(world.nurse).get(reverse("desk:review", args=[draft.public_id])).content.decode()
    assert "It can be asked for, and is agreed to only once there is money." in page
    assert journeys.send(draft).state == "submitted"


def test_who_decides_reads_it_on_the_card_without_their_own_request(world: SimpleNamespace) -> None:
    a_budget(world, "3000")
    request = journeys.sent(world, NPW_KIT=1)
    page = signed_in(world.head).get(reverse("approvals:inbox")).content.decode()
    after = Decimal(3000) - request.amount
    assert "£3,000 left of £3,000; after this" in page and f"{after:,.2f}".removesuffix(".00") in page


@pytest.mark.parametrize("rows", [1, 3])
def test_an_inbox_costs_one_query_more_for_the_open_card(world: SimpleNamespace, rows: int) -> None:
    a_budget(world, "9000")
    for _ in range(rows):
        journeys.sent(world, NPW_KIT=1)
    head = signed_in(world.head)
    head.get(reverse("desk:home"))  # what a process reads once
    with CaptureQueriesContext(connection) as queries:
        assert head.get(reverse("approvals:inbox")).status_code == 200
    assert len([one for one in queries if "approvals_budgetperiod" in one["sql"]]) == 1
