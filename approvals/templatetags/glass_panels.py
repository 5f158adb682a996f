"""What break-glass shows on the page of a request."""

from typing import Any

from django import template

from approvals import glass_reviews, glass_rules
from approvals.models import BreakGlass
from portal.accounts.duty_kinds import DUTIES
from portal.accounts.place import person, standing
from requests_app.models import ServiceRequest
from requests_app.states import RequestState

register = template.Library()
ROLES = {role for code in glass_rules.CEILINGS for role in DUTIES[code].roles}


@register.inclusion_tag("approvals/_glass_banner.html", takes_context=True)
def glass_banner(context: template.Context, request: ServiceRequest) -> dict[str, Any]:
    """`{% glass_banner case %}`: it did not wait for its approval, and what was said of that.

    One query where the glass was broken for it (`has_glass` of the page), else none.
    """
    if not getattr(request, "has_glass", True):
        return {}
    found = BreakGlass.objects.filter(request=request).select_related("by", "reviewed_by").order_by("-pk")
    reads = glass_reviews.oversees(standing(context["request"]))
    return {"broken": found.first(), "case": request, "reads": reads}


@register.inclusion_tag("approvals/_glass_offer.html", takes_context=True)
def glass_offer(context: template.Context, request: ServiceRequest) -> dict[str, Any]:
    """`{% glass_offer case %}`: who is on duty as a manager need not wait, or reads why they have to.

    No query for people without a role that takes such a duty, one for who has none of them now, ten for who has.
    """
    where, user = standing(context["request"]), person(context["request"])
    if request.state != RequestState.SUBMITTED or not any(held.role in ROLES for held in where.memberships):
        return {}
    if not glass_rules.duty_of(user, request.hospital_id):
        return {}
    return {"case": request, "on_duty": True, "why_not": glass_rules.not_to_use(request, user)}
