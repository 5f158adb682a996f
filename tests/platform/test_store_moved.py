"""Steps that closed and opened in one decision are stored in one statement, and it refuses what moved behind its back."""

from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django_fsm import ConcurrentTransition

from approvals.models import Approval, ApprovalStep
from portal.clock import now
from portal.fsm import store_moved
from tests.journeys import sent

pytestmark = pytest.mark.django_db
OPEN, WAITING, APPROVED = (
    ApprovalStep.State.OPEN,
    ApprovalStep.State.WAITING,
    ApprovalStep.State.APPROVED,
)


def steps_of(world: SimpleNamespace) -> list[ApprovalStep]:
    approval = Approval.objects.get(request=sent(world, NPW_KIT=1))
    found = list(approval.steps.order_by("sequence", "pk"))
    assert [one.state for one in found] == [OPEN, WAITING]
    return found


def stored(steps: list[ApprovalStep]) -> list[tuple[str, bool, bool, int]]:
    rows = ApprovalStep.objects.filter(pk__in=[one.pk for one in steps]).order_by("sequence", "pk")
    return [(one.state, one.opened_at is not None, one.closed_at is not None, one.needed) for one in rows]


def test_each_row_gets_its_own_values_in_one_statement(world: SimpleNamespace) -> None:
    first, second = steps_of(world)
    moment = now()
    first.mark_approved(moment)
    second.mark_open(moment)
    second.needed = 3
    with CaptureQueriesContext(connection) as queries:
        store_moved([first, second, second], "opened_at", "closed_at", "needed")
    assert len(queries) == 1
    assert stored([first, second]) == [(APPROVED, True, True, 1), (OPEN, True, False, 3)]


def test_a_row_may_move_and_be_stored_again(world: SimpleNamespace) -> None:
    _first, second = steps_of(world)
    for mark, state in ((second.mark_open, OPEN), (second.mark_withdrawn, ApprovalStep.State.WITHDRAWN)):
        mark(now())
        store_moved([second], "opened_at", "closed_at")
        assert stored([second])[0][0] == state


def test_columns_that_were_not_named_stay(world: SimpleNamespace) -> None:
    first, _second = steps_of(world)
    ApprovalStep.objects.filter(pk=first.pk).update(recheck=True)
    first.mark_approved(now())
    store_moved([first], "closed_at")
    assert ApprovalStep.objects.get(pk=first.pk).recheck


def test_what_moved_meanwhile_is_refused_with_all_that_goes_with_it(world: SimpleNamespace) -> None:
    first, second = steps_of(world)
    elsewhere = ApprovalStep.objects.get(pk=second.pk)
    elsewhere.mark_withdrawn(now())
    elsewhere.save()
    first.mark_approved(now())
    second.mark_open(now())
    with pytest.raises(ConcurrentTransition), transaction.atomic():
        store_moved([first, second], "opened_at", "closed_at")
    assert [state for state, *_rest in stored([first, second])] == [OPEN, ApprovalStep.State.WITHDRAWN]
