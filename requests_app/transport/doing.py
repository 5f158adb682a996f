"""What one person may do to a move now, beyond what may be done to all work: as the verbs of `carrying` judge."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.clock import now
from requests_app import permissions
from requests_app.models import ServiceRequest
from requests_app.states import TAKEN_STATES, TEAM_STATES, Kind, RequestState
from requests_app.transport import carrying

if TYPE_CHECKING:
    from portal.accounts.models import User


def doable(request: ServiceRequest, user: "User") -> list[tuple[str, str]]:
    """Name of the action and its title. Three queries at most, none for other requests."""
    if (
        request.category.kind != Kind.TRANSPORT
        or request.state not in TEAM_STATES
        or not hasattr(request, "move")
    ):
        return []
    move, found = request.move, []
    held = carrying.is_not_ready(request, move)
    carries = request.state in TAKEN_STATES and request.assignee_id == user.pk
    if carries:
        if (move.at_destination_at if move.picked_up_at else move.at_pick_up_at) is None:
            found.append(("arrive", _("I am there")))
        step = ("deliver", _("Delivered")) if move.picked_up_at else ("pick-up", _("Picked up"))
        found.append(step)
        if request.state == RequestState.IN_FULFILMENT:
            found.append(("not-ready", _("It is not ready, or takes longer")))
        found.append(("fail", _("It cannot be delivered")))
    if (carries and held) or carrying.may_say_ready(request, move, user):
        found.append(("ready", _("It is ready")))
    if _may_put_back(request, user, held=held, carries=carries):
        found.append(("hand-back", _("Hand it back")))
    return found


def _may_put_back(request: ServiceRequest, user: "User", *, held: bool, carries: bool) -> bool:
    if request.move.picked_up_at or request.assignee_id is None:
        return False
    if carries and held and carrying.may_hand_back(request.move, now()):
        return True
    return permissions.leads(user, request)
