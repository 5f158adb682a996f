"""What budgets cost in queries: two where one pays, one to see that none does, none for a step in between."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.decisions import approve_step
from tests import journeys, moving
from tests.approvals.budgets.money import a_budget

pytestmark = pytest.mark.django_db


def about_money(queries: CaptureQueriesContext) -> int:
    return len([one for one in queries if '"approvals_budget' in one["sql"]])


@pytest.mark.parametrize("lines", [1, 3])
@pytest.mark.parametrize(("budgets", "most"), [(0, 1), (1, 2), (2, 2)])
def test_sending_and_deciding(world: SimpleNamespace, budgets: int, most: int, lines: int) -> None:
    for group in ("consumables", "office")[:budgets]:
        a_budget(world, "9000", group)
    wanted = dict(list({"NPW_KIT": 1, "TON_BLK": 1, "GLV_NIT_M": 2}.items())[:lines])
    journeys.sent(world, NPW_KIT=1, TON_BLK=1)  # begins the periods
    draft = journeys.draft(world, **wanted)
    with CaptureQueriesContext(connection) as sending:
        request = journeys.send(draft)
    assert about_money(sending) == most
    steps = 0
    while found := journeys.open_steps(journeys.fresh(request)):
        by, shown = found[0].approvers.first().user, journeys.seen(journeys.fresh(request))
        with CaptureQueriesContext(connection) as deciding:
            approve_step(step_id=found[0].pk, by=by, seen=shown)
        steps += 1
        last = journeys.fresh(request).state == "approved"
        assert about_money(deciding) == (most if last else 0)
    assert steps == 2


def test_what_never_costs_anything_asks_nothing(world: SimpleNamespace) -> None:
    a_budget(world, "9000")
    with CaptureQueriesContext(connection) as queries:
        moving.sent(moving.porters(world))
    assert about_money(queries) == 0
