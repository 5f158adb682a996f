"""What IT knows already, for pages."""

from typing import Any

from django import template

from portal.accounts.place import standing
from requests_app.it import it_services, outages

register = template.Library()


@register.inclusion_tag("requests_app/_already_reported.html", takes_context=True)
def already_reported(context: dict[str, Any]) -> dict[str, Any]:
    """What does not work at the person's hospitals, each with its button. One query; nothing where all works."""
    request = context["request"]
    where = standing(request)
    hospitals = [where.chosen] if where.chosen else where.hospitals
    return {
        "outages": outages.known(hospitals, request.user),
        "csrf_token": context.get("csrf_token"),
        "several": where.several,
    }


@register.simple_tag(takes_context=True)
def at_it_desk(context: dict[str, Any]) -> bool:
    """Whether the person says what does not work. No query beyond where they stand."""
    held = standing(context["request"]).memberships
    return any(one.team and one.team.code == outages.TEAM for one in held)


@register.filter
def it_service(code: str) -> str:
    """The service in words."""
    return it_services.label_of(code)
