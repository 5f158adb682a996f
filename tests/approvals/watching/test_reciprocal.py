"""The report on how people decide."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from approvals.watching import reciprocal
from approvals.watching.reciprocal import Decided
from portal import clock
from portal.accounts import scopes
from tests.journeys import approve, sent
from tests.personas import signed_in

NOON = datetime(2030, 5, 13, 12, tzinfo=UTC)
S = timedelta(seconds=1)


def one(actor: int, requester: int, after: float = 0, *, yes: bool = True, read: float = 60) -> Decided:
    at = NOON + after * S
    return Decided(actor, requester, yes, at, at - read * S)


def test_two_who_agree_to_each_other() -> None:
    found = reciprocal.look([one(1, 2), one(2, 1, 99), one(2, 1, 999), one(1, 3), one(3, 1, yes=False)])
    assert found.pairs == [(1, 2, 1, 2)]


@pytest.mark.parametrize(
    ("many", "apart", "seen"), [(10, 0, False), (11, 6, True), (11, 6.01, False), (30, 2, True)]
)
def test_bursts(many: int, apart: float, seen: bool) -> None:
    found = reciprocal.look([one(1, 2, apart * number) for number in range(many)])
    assert bool(found.bursts) == seen


def test_the_longest_burst_is_the_one_that_is_named() -> None:
    early = [one(1, 2, number) for number in range(12)]
    late = [one(1, 2, 1000 + number) for number in range(15)]
    assert reciprocal.look([*late, *early]).bursts == [(1, 15, NOON + 1000 * S)]


def test_unread_and_never_a_no() -> None:
    some = [one(1, 2, 100 * number, read=4.9 if number < 3 else 5) for number in range(20)]
    found = reciprocal.look(some)
    assert found.unread == [(1, 3)]
    assert found.never_no == [(1, 20)]
    assert not reciprocal.look(some[:-1]).never_no
    assert not reciprocal.look([*some, one(1, 2, 5000, yes=False)]).never_no


@pytest.mark.django_db
def test_the_page_names_them(world: SimpleNamespace) -> None:
    scopes.grant(user=world.other_head, role="head", place=world.ward, by=world.system)
    with clock.at(clock.now() + timedelta(days=31)):
        approve(sent(world, world.head, SPO_SEN=2), world.other_head)
        approve(sent(world, world.other_head, SPO_SEN=2), world.head)
        there = reverse("approvals:watch-deciding")
        shown = signed_in(world.auditor).get(there).content.decode()
    assert world.head.get_full_name() in shown
    assert world.other_head.get_full_name() in shown
    for user in (world.nurse, world.head, world.procurement, world.stranger):
        assert signed_in(user).get(there).status_code == 403
    assert signed_in(world.finance).get(there).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("many", [1, 3])
def test_queries(world: SimpleNamespace, many: int, django_assert_num_queries: Any) -> None:
    for _number in range(many):
        approve(sent(world, SPO_SEN=2), world.head)
    with django_assert_num_queries(2):
        assert reciprocal.report(world.auditor).unread
