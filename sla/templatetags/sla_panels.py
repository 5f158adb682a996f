"""What sla shows on the pages of others."""

from typing import Any

from django import template

from portal.clock import now
from requests_app.models import ServiceRequest
from sla import words
from sla.models import Clock

register = template.Library()


@register.inclusion_tag("sla/_due_chip.html")
def due_chip(request: ServiceRequest) -> dict[str, Any]:
    """`{% due_chip request %}`: how it stands, in words with an icon. No query if `request.hospital` is loaded."""
    return {"chip": words.request_chip(request, now())}


@register.inclusion_tag("sla/_clocks_panel.html")
def clocks_panel(request: ServiceRequest) -> dict[str, Any]:
    """`{% clocks_panel request %}`: what is promised for this request and how each promise stands. One query."""
    clocks = list(Clock.objects.filter(request=request).select_related("calendar"))
    return {"rows": words.rows(request, clocks, now())}
