"""Pieces that a hospital cannot do without, and those that fail again and again: each becomes an owned exception."""

from typing import Any

from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.facts import verb
from requests_app import casework
from requests_app.equipment import equipment_state, failures
from requests_app.equipment.equipment_state import DOWN
from requests_app.models import CaseException, Equipment, Loan, Repair, ServiceRequest
from requests_app.states import Kind

CRITICAL = (Equipment.Criticality.A, Equipment.Criticality.B)
KINDS = CaseException.Kind


def _key(piece: Equipment) -> str:
    return f"equipment:{piece.pk}"


@verb
def watch(*, equipment: Equipment, request: ServiceRequest | None, by: User, was_usable: bool = True) -> None:
    """Open `equipment_down` when a critical piece cannot be used any more (`was_usable`) and no loan is there; else close it.

    `request`: the repair on whose page it stands. The piece is locked; after its request, where there is one.
    """
    piece = equipment_state.locked(equipment)
    down = piece.active and piece.state in DOWN and piece.criticality in CRITICAL
    known = CaseException.objects.filter(kind=KINDS.EQUIPMENT_DOWN, key=_key(piece), closed_at=None)
    if down and not _covered(piece):
        if was_usable and not known.exists():
            detail = _("%(piece)s cannot be used, and there is no loan.") % {"piece": piece}
            casework.open_exception(
                kind=KINDS.EQUIPMENT_DOWN,
                request=request,
                hospital=piece.hospital,
                key=_key(piece),
                detail=detail,
                by=by,
            )
        return
    reason = _("A loan is there.") if down else _("It is no longer out of use.")
    for exception in known.select_related("request"):
        casework.close_exception(exception=exception, by=by, reason=reason)


def _covered(piece: Equipment) -> bool:
    return Loan.objects.filter(request__repair__equipment=piece, returned_at=None).exists()


@verb
def count_failures(*, request: ServiceRequest, by: User) -> None:
    """Open `repeat_failure` at the third report in 90 days, or the second time that no fault was found. Once while it is open.

    Nothing for what is no repair.
    """
    if request.category.kind != Kind.REPAIR:
        return
    repair = Repair.objects.select_related("equipment").filter(request=request).first()
    if repair is None or repair.equipment is None:
        return
    piece, lately = repair.equipment, failures.lately(repair.equipment)
    if not lately.often:
        return
    if CaseException.objects.filter(kind=KINDS.REPEAT_FAILURE, key=_key(piece), closed_at=None).exists():
        return
    casework.open_exception(
        kind=KINDS.REPEAT_FAILURE,
        request=request,
        key=_key(piece),
        detail=f"{piece}: {lately.in_words}",
        by=by,
    )


def on_equipment_changed(
    *, equipment: Equipment, before: str, request: ServiceRequest | None, by: User, **_: Any
) -> None:
    watch(equipment=equipment, request=request, by=by, was_usable=before not in DOWN)


def on_loan(*, loan: Loan, by: User, **_: Any) -> None:
    """A loan was given or came back: is the piece that it stands in for still missed?"""
    repair = Repair.objects.select_related("equipment").filter(request=loan.request).first()
    if repair and repair.equipment:
        watch(equipment=repair.equipment, request=loan.request, by=by)


def on_repair(*, request: ServiceRequest, by: User, **_: Any) -> None:
    count_failures(request=request, by=by)
