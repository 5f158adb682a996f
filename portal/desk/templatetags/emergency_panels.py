"""Emergencies that nobody took in time, for pages."""

from typing import Any

from django import template

from approvals import glass_rules
from portal.accounts import duties
from portal.accounts.models import User
from portal.desk import emergencies
from requests_app.models import ServiceRequest
from requests_app.states import Kind, RequestState

register = template.Library()


@register.inclusion_tag("desk/_emergency_banner.html", takes_context=True)
def unanswered_emergencies(context: dict[str, Any]) -> dict[str, Any]:
    """Full width, above everything else of a page; nothing where there is none. One query, and two for each that is shown.

    Who is on duty as a manager need not wait for the approval of one that has to be agreed to: one query more for that.
    """
    user = context["request"].user
    calls = emergencies.unanswered(user)
    rows = [
        (call, emergencies.may_answer(user, call.request), _may_break(user, call.request)) for call in calls
    ]
    return {"rows": rows, "csrf_token": context.get("csrf_token")}


def _may_break(user: User, request: ServiceRequest) -> bool:
    waits = request.state == RequestState.SUBMITTED
    on_duty = waits and glass_rules.duty_of(user, request.hospital_id)
    return bool(on_duty) and not glass_rules.not_to_use(request, user)


# Whom an emergency of a kind may go to; which of them, follows from what is broken.
ON_CALL = {
    Kind.REPAIR: ("biomed_on_call", "estates_on_call"),
    Kind.IT: ("it_on_call",),
    Kind.ACCESS: ("it_on_call",),
    Kind.TRANSPORT: ("porter_control",),
}


@register.inclusion_tag("desk/_on_call.html")
def on_call(draft: ServiceRequest) -> dict[str, Any]:
    """`{% on_call form.draft %}`: who is on duty now for an emergency of this kind, by name. Two queries."""
    codes = ON_CALL.get(Kind(draft.category.kind), (emergencies.SITE_MANAGER,))
    here = [one for one in duties.of([draft.hospital]) if one.department_id is None and one.code in codes]
    return {"duties": here}
