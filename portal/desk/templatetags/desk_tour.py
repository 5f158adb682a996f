"""Whom a visitor may be, on the sign-in page of the demonstration."""

from typing import Any

from django import template
from django.conf import settings

from portal.desk import tour

register = template.Library()


@register.inclusion_tag("desk/_try_it_as.html", takes_context=True)
def try_it_as(context: template.Context) -> dict[str, Any]:
    """The people to pick from; nothing outside the demonstration."""
    return {
        "cast": tour.cast(),
        "password": settings.SEED_PASSWORD if settings.DEMO else "",
        "csrf_token": context.get("csrf_token"),
    }
