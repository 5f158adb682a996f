"""Emergencies that nobody took in time, for pages."""

from typing import Any

from django import template

from portal.desk import emergencies

register = template.Library()


@register.inclusion_tag("desk/_emergency_banner.html", takes_context=True)
def unanswered_emergencies(context: dict[str, Any]) -> dict[str, Any]:
    """Full width, above everything else of a page; nothing where there is none. One query, and two for each that is shown."""
    user = context["request"].user
    calls = emergencies.unanswered(user)
    rows = [(call, emergencies.may_answer(user, call.request)) for call in calls]
    return {"rows": rows, "csrf_token": context.get("csrf_token")}
