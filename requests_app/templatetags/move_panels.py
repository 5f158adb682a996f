"""What a move shows on the page of its request."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import template
from django.db.models import Q
from django.utils.translation import gettext as _

from requests_app import releasing
from requests_app.models import ServiceRequest
from requests_app.states import Kind
from requests_app.transport import carrying, reasons

if TYPE_CHECKING:
    from portal.accounts.models import User

register = template.Library()


@register.inclusion_tag("requests_app/_move_panel.html", takes_context=True)
def move_panel(context: template.Context, request: ServiceRequest, user: "User") -> dict[str, Any]:
    """`{% move_panel case user %}`: precautions, the times of the porter, the way back or there, *Ready*. At most two queries
    where `request.move` is loaded, none for other requests. Only what `user` may see is linked.
    """
    if request.category.kind != Kind.TRANSPORT or not hasattr(request, "move"):
        return {}
    linked = ServiceRequest.objects.visible_to(user).filter(
        Q(move__return_of__request=request) | Q(move__returns__request=request), closed_at=None
    )
    waits = carrying.is_not_ready(request, request.move)
    return {
        "case": request,
        "at": context.get("at"),
        "linked": list(linked.select_related("hospital").order_by("pk")),
        "may_release": releasing.may_release(request, user),
        "waits": waits,
        "may_say_ready": carrying.may_say_ready(request, request.move, user),
        "times": _times(request),
        "csrf_token": context.get("csrf_token"),
    }


def _times(request: ServiceRequest) -> list[tuple[str, datetime]]:
    """What the porter did, and when."""
    move = request.move
    taker = reasons.receiver_in_words(move.what, move.handed_to)
    handed = _("Handed to: %(role)s") % {"role": taker} if taker else _("Handed over")
    steps = (
        (_("Accepted"), request.taken_at),
        (_("At the pick-up"), move.at_pick_up_at),
        (
            _("Picked up, the wristband was checked") if move.wristband_at else _("Picked up"),
            move.picked_up_at,
        ),
        (_("At the destination"), move.at_destination_at),
        (handed, move.handed_over_at),
    )
    return [(words, moment) for words, moment in steps if moment]
