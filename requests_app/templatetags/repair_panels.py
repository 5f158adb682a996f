"""What the request page shows of a repair, and of those who follow a request."""

from typing import Any

from django import template

from portal.accounts.models import User
from requests_app import costs, following, permissions
from requests_app.equipment import harm, loans
from requests_app.models import ServiceRequest, Watcher
from requests_app.states import ENDED_STATES, Kind

register = template.Library()


@register.inclusion_tag("requests_app/_repair.html")
def repair_panel(request: ServiceRequest, user: User) -> dict[str, Any]:
    """`{% repair_panel case user %}`: the piece, its tag, what makes it safe, costs, and who clears it after harm.

    At most three queries for what `access.get_request` found, none for other requests. On the page of a cost: its work.
    """
    if request.category.kind == Kind.COST:
        return {"case": request, "of_cost": ServiceRequest.objects.get(costs__decision=request)}
    if request.category.kind != Kind.REPAIR:
        return {
            "case": request,
            "lends": request.category.code == loans.LOAN and permissions.serves(user, request),
        }
    repair = getattr(request, "repair", None)
    waits = repair is not None and repair.harmed and repair.cleared_at is None and request.is_open
    return {
        "case": request,
        "repair": repair,
        "waits": waits,
        "may_clear": waits and harm.may_clear(user, request),
        "serves": permissions.serves(user, request),
        "costs": [costs.in_short(one, request) for one in costs.of(request)],
        "tagged": repair is not None and repair.out_of_use and request.state not in ENDED_STATES,
    }


@register.inclusion_tag("requests_app/_following.html")
def following_panel(request: ServiceRequest, user: User) -> dict[str, Any]:
    """`{% following_panel case user %}`: how many have the trouble, and whether `user` is one of them. One query; none
    for supplies."""
    if request.is_supply:
        return {}
    rows = list(Watcher.objects.filter(request=request).values_list("user", "joined"))
    own = next((joined for pk, joined in rows if pk == user.pk), None)
    return {
        "case": request,
        "people": 1 + sum(joined for _pk, joined in rows),
        "joined": bool(own),
        "follows": own is not None,
        "may_follow": request.is_open and user.pk not in (request.filed_by_id, request.requester_id),
        "may_join": request.category.kind in following.JOINED,
    }
