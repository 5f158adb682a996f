"""Damage to pieces of equipment and to what their repairs cost. Each returns the subject that must be named."""

from decimal import Decimal
from types import SimpleNamespace

from portal.clock import now
from requests_app.models import CostApproval, Equipment, EquipmentChange, Loan, ServiceRequest
from tests.consistency.damage import damage, named, set_columns


def _piece(p: SimpleNamespace) -> Equipment:
    return p.repair.repair.equipment


def _spare(p: SimpleNamespace) -> Equipment:
    return Equipment.objects.exclude(pk=_piece(p).pk).filter(state="in_use", changes=None)[0]


@damage("equipment.state")
def a_piece_is_set_in_use_by_hand(p: SimpleNamespace) -> str:
    set_columns(_piece(p), state="in_use")
    return named(_piece(p), "equipment")


@damage("equipment.unchecked")
def a_piece_is_used_without_a_check(p: SimpleNamespace) -> str:
    piece, by = _spare(p), p.repair.requester
    for before, after in (("in_use", "out_of_use"), ("out_of_use", "in_use")):
        EquipmentChange.objects.create(equipment=piece, from_state=before, to_state=after, by=by, at=now())
    return named(piece, "equipment")


@damage("equipment.loan")
def a_piece_is_lent_and_stands_in_the_library(p: SimpleNamespace) -> str:
    piece = _spare(p)
    Loan.objects.create(
        equipment=piece, department=p.repair.department, given_by=p.repair.requester, given_at=now()
    )
    return named(piece, "equipment")


def _cost(p: SimpleNamespace, decision: ServiceRequest, outcome: str) -> str:
    cost = CostApproval.objects.create(
        request=p.repair,
        decision=decision,
        amount=Decimal("420.00"),
        what="Mainboard",
        by=p.repair.requester,
        at=now(),
        outcome=outcome,
    )
    return named(cost, "cost")


@damage("cost.decision")
def a_cost_stands_as_agreed_that_nobody_decided(p: SimpleNamespace) -> str:
    return _cost(p, p.repair, "agreed")


@damage("cost.amount")
def another_amount_was_decided(p: SimpleNamespace) -> str:
    closed = ServiceRequest.objects.filter(state="closed", cost_of=None)[0]
    return _cost(p, closed, "agreed")
