"""What a repair does to the state of a piece of equipment: it only ever gets worse here. Setting it in use again is not."""

from typing import TYPE_CHECKING

from portal.audit import events
from portal.facts import verb
from requests_app.models import Equipment, ServiceRequest

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


@verb
def report(
    *, equipment: Equipment, request: ServiceRequest, removed: bool, harmed: bool, by: "User"
) -> Equipment:
    """A fault was reported: *reported*; taken out of use: *out of use*; somebody was or could have been harmed: *do not use*.

    A piece that is further from use stays as it is. The request is locked before the piece.
    """
    piece = Equipment.objects.select_for_update(of=("self",)).get(pk=equipment.pk)
    before = State(piece.state)
    after = State.QUARANTINED if harmed else State.OUT_OF_USE if removed else State.REPORTED
    if WORSE[after] <= WORSE[before]:
        return piece
    piece.state = after
    piece.save(update_fields=["state"])
    events.record(
        action=f"equipment.{after.value}",
        by=by,
        case=request.public_id,
        subject=f"equipment:{piece.pk}",
        before={"equipment_state": before.value},
        after={"equipment_state": after.value, "tag": piece.tag},
    )
    return piece
