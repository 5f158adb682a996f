"""The state of a piece of equipment: how a report makes it worse, and the one way in which any state is written."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, QuerySet

from portal.audit import events
from portal.clock import now
from portal.facts import publish, verb
from requests_app import signals
from requests_app.models import Equipment, EquipmentChange, EquipmentCheck, ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User

State = Equipment.State
# How far from use: a report moves a piece up, never down.
WORSE = {
    State.IN_USE: 0,
    State.ON_LOAN: 0,
    State.LOST: 0,
    State.REPORTED: 1,
    State.AWAITING_CHECK: 1,
    State.UNDER_REPAIR: 2,
    State.OUT_OF_USE: 2,
    State.QUARANTINED: 3,
    State.CONDEMNED: 4,
}
DO_NOT_USE = (State.OUT_OF_USE, State.QUARANTINED, State.CONDEMNED)
# What a report says about every user of the piece, whoever may see the request: nothing else is shown to all.
KNOWN_TO_ALL = (*DO_NOT_USE, State.UNDER_REPAIR, State.AWAITING_CHECK, State.ON_LOAN, State.LOST)
# Nobody can work with it, and it is to come back: from here only a check leads into use.
DOWN = (State.OUT_OF_USE, State.UNDER_REPAIR, State.AWAITING_CHECK, State.QUARANTINED, State.LOST)


def locked(equipment: Equipment) -> Equipment:
    """The piece as stored now, locked; after the request, where there is one. Only inside a verb."""
    rows = Equipment.objects.select_for_update(of=("self",)).select_related("hospital", "department")
    return rows.get(pk=equipment.pk)


def half_signed(piece: Equipment) -> QuerySet[EquipmentCheck]:
    """Checks that were passed and did not set it in use: they wait for a second signature."""
    return half_signed_of([piece])


def half_signed_of(pieces: Iterable[Equipment]) -> QuerySet[EquipmentCheck]:
    used = EquipmentChange.objects.filter(signed=OuterRef("pk"))
    passed = EquipmentCheck.objects.filter(equipment__in=list(pieces), safety=True, function=True)
    return passed.filter(~Exists(used), second_at=None, void_at=None)


@verb
def report(
    *, equipment: Equipment, request: ServiceRequest, removed: bool, harmed: bool, by: "User"
) -> Equipment:
    """A fault was reported: *reported*; taken out of use: *out of use*; somebody was or could have been harmed: *do not use*.

    A piece that is further from use stays as it is, but whoever signed its check signed too early. The request is locked
    before the piece.
    """
    piece = locked(equipment)
    removed = (
        removed or piece.state == State.LOST
    )  # it was out of sight: it is checked before somebody uses it
    after = State.QUARANTINED if harmed else State.OUT_OF_USE if removed else State.REPORTED
    half_signed(piece).update(void_at=now())
    if WORSE[after] > WORSE[State(piece.state)]:
        change(piece=piece, to=after, by=by, request=request)
    return piece


@verb
def change(
    *,
    piece: Equipment,
    to: str,
    by: "User",
    request: ServiceRequest | None = None,
    signed: EquipmentCheck | None = None,
) -> None:
    """Write the state of a locked piece, its history and the record; publishes `equipment_changed` when it is another.

    `signed`: the check that sets it in use again. Raises ValueError without one, where it was out of use.
    """
    before, after = State(piece.state), State(to)
    if before == after:
        return
    if before in DOWN and after in (State.IN_USE, State.ON_LOAN) and signed is None:
        raise ValueError(f"{piece} was {before.value}: only a check sets it in use again")
    piece.state = after
    piece.save(update_fields=["state"])
    EquipmentChange.objects.create(
        equipment=piece, from_state=before, to_state=after, request=request, signed=signed, by=by, at=now()
    )
    events.record(
        action=f"equipment.{after.value}",
        by=by,
        case=request.public_id if request else "",
        subject=f"equipment:{piece.pk}",
        before={"equipment_state": before.value},
        after={"equipment_state": after.value, "tag": piece.tag},
    )
    publish(signals.equipment_changed, equipment=piece, before=before.value, request=request, by=by)
