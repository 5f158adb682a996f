"""What depends on a piece decides how long its repair may take: with the targets that are shipped."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal import clock
from sla.models import Clock
from tests import repairs
from tests.repairs import BED, DEFIBRILLATOR, PUMP

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 5, 11, 9, tzinfo=UTC)  # 10:00 in London
REMOVED, IN_USE = {"safe": "no_removed"}, {"safe": "no_in_use"}
RANG = {"answered_by": "Eva", "emergency_reason": "patient_at_risk"}
MIN, H, D = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("more", "service", "priority", "response", "done"),
    [
        ({"equipment": DEFIBRILLATOR, "symptoms": ["pads"]}, "repair_a", "routine", 4 * H, 3 * D),
        ({"equipment": DEFIBRILLATOR, "symptoms": ["pads"], **REMOVED}, "repair_a", "urgent", 30 * MIN, D),
        ({"equipment": DEFIBRILLATOR, "symptoms": ["daily_check"]}, "repair_a", "urgent", 30 * MIN, D),
        ({"equipment": DEFIBRILLATOR, "symptoms": ["pads"], **IN_USE, **RANG}, "repair_a", "emergency", 15 * MIN, D),
        ({"equipment": PUMP, **REMOVED}, "repair_b", "routine", D, 7 * D),
        ({"equipment": PUMP, "symptoms": ["rate"], **REMOVED}, "repair_b", "urgent", H, 2 * D),
        ({"equipment": PUMP, "needed": "now", **RANG}, "repair_b", "emergency", 30 * MIN, 2 * D),
        ({"equipment": BED, "symptoms": ["brake"], "needed": "today"}, "repair_c", "urgent", 4 * H, 3 * D),
        ({"equipment": BED, "symptoms": ["brake"], "needed": "now", **RANG}, "repair_c", "emergency", 4 * H, 3 * D),
    ],
)  # fmt: skip
def test_criticality_and_danger_shorten_the_clock(
    world: SimpleNamespace,
    more: dict[str, Any],
    service: str,
    priority: str,
    response: timedelta,
    done: timedelta,
) -> None:
    repairs.equip(world)
    with clock.at(MONDAY):
        case = repairs.sent(world, **more)
    assert (case.service, case.priority) == (service, priority)
    due = dict(Clock.objects.filter(request=case).values_list("kind", "due_at"))
    assert {kind: moment - MONDAY for kind, moment in due.items()} == {
        "response": response,
        "fulfilment": done,
    }
    assert case.due_at == MONDAY + done


def test_a_room_has_the_clock_of_the_building(world: SimpleNamespace) -> None:
    repairs.equip(world)
    with clock.at(MONDAY):
        case = repairs.sent(world, equipment="", clean="", place=world.bay.code, symptoms=["leak"])
    due = dict(Clock.objects.filter(request=case).values_list("kind", "due_at"))
    assert case.service == "repair_building"
    assert {kind: moment - MONDAY for kind, moment in due.items()} == {
        "response": 2 * D,
        "fulfilment": 15 * D,  # 25 May is a holiday
    }
