"""What share of each service is to be in time: goals of the board, one table. PURE."""

from collections.abc import Iterable

DECISIONS, SUPPLIES, BOUGHT = "approval", "supply_store", "supply_bought"
OTHER = 90  # per cent; where the table has none
GOALS = {
    DECISIONS: 90,
    SUPPLIES: 95,
    BOUGHT: 85,
    "move_patient": 90,
    "move_goods": 90,
    "move_sample": 95,
    "move_blood": 95,
    "repair_a": 95,
    "repair_b": 85,
    "repair_c": 85,
    "repair_building": 85,
    "it_fault": 90,
    "it_access": 90,
    "it_equipment": 90,
}


def of(services: Iterable[str]) -> int:
    """The goal of work of several services, in per cent: each counts as often as it was done. OTHER of none."""
    known = [GOALS.get(service, OTHER) for service in services]
    return round(sum(known) / len(known)) if known else OTHER
