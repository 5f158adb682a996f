"""What was planted is found, named, and nothing else is; and on what the verbs left there is nothing to find."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from portal.desk.consistency import find
from portal.desk.consistency.codes import CODES
from portal.desk.consistency.examination import areas
from portal.notify.models import Notice
from tests.consistency import (
    damaged_budgets,
    damaged_decisions,
    damaged_equipment,
    damaged_orders,
    damaged_record,
    damaged_requests,
    damaged_work,
)
from tests.consistency.damage import DAMAGES, set_columns

REGISTERED = (
    damaged_requests,
    damaged_decisions,
    damaged_orders,
    damaged_record,
    damaged_work,
    damaged_equipment,
    damaged_budgets,
)  # by importing them
pytestmark = pytest.mark.timeout(240)  # whoever comes first plays them all


def test_what_was_truly_played_agrees(played: SimpleNamespace) -> None:
    assert find() == []


@pytest.mark.parametrize("area", sorted(areas() - {"rows"}))
def test_damage_is_found(played: SimpleNamespace, subtests: pytest.Subtests, area: str) -> None:
    for plant, codes in DAMAGES:
        if codes[0].partition(".")[0] == area:
            with subtests.test(plant.__name__), taken_back():
                subject = plant(played)
                found = find()
                said = "\n".join(f"{one.code} {one.subject}: {one.sentence}" for one in found)
                assert {one.code for one in found} == set(codes), said
                assert (codes[0], subject) in {(one.code, one.subject) for one in found}, said


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL lets no link lead nowhere")
def test_a_link_to_nothing_is_found(played: SimpleNamespace) -> None:
    notice = Notice.objects.filter(kind="exception_opened")[0]
    set_columns(notice, user_id=999_999)
    [found] = find()
    assert (found.code, found.subject) == ("rows.links", f"notify_notice:{notice.pk}")
    set_columns(notice, user_id=notice.user_id)  # Django itself looks for such links after a test


def test_every_code_is_planted_as_a_cause() -> None:
    assert {codes[0] for _plant, codes in DAMAGES} | {"rows.links"} == set(CODES)
