"""The duties of the signed-in person, for pages."""

from typing import Any

from django import template

from portal.accounts import duties, passes
from portal.accounts.duty_kinds import allowed_by
from portal.accounts.place import standing

register = template.Library()


@register.inclusion_tag("accounts/_on_duty.html", takes_context=True)
def on_duty(context: dict[str, Any]) -> dict[str, Any]:
    """One line with what the person is on duty for. One query; none for whoever no role allows any duty."""
    request = context["request"]
    possible = any(allowed_by(held) for held in standing(request).memberships)
    return {"held": list(duties.held_by(request.user)) if possible else []}


@register.inclusion_tag("accounts/_duties.html", takes_context=True)
def duties_panel(context: dict[str, Any]) -> dict[str, Any]:
    """What the person has, and what they may take, with who has it now. Three queries."""
    user = context["request"].user
    return {"duties": duties.on_offer(user), "user": user, "csrf_token": context["csrf_token"]}


@register.simple_tag(takes_context=True)
def may_give_passes(context: dict[str, Any]) -> bool:
    """Whether the person is in charge of a ward. One query."""
    return passes.wards_of(context["request"].user).exists()
