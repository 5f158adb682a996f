"""What sla shows on the pages of others."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.accounts.models import Hospital
from portal.clock import now
from portal.templatetags.ui import icon
from requests_app.models import ServiceRequest
from requests_app.states import Priority
from sla import words
from sla.models import Clock

register = template.Library()


@register.simple_tag
def due_chip(request: ServiceRequest) -> str:
    """`{% due_chip request %}`: how it stands, in words with an icon. No query if `request.hospital` is loaded."""
    found = words.request_chip(request, now())
    return chip(found) if found else ""


@register.simple_tag
def due_by(moment: datetime, hospital: Hospital) -> str:
    """`{% due_by exception.due_at exception.hospital %}`: late, or until when, of what has a time but no clock. No query."""
    return chip(words.due(moment, moment, now(), ZoneInfo(hospital.time_zone)))


@register.simple_tag
def first_chip(request: ServiceRequest) -> str:
    """`{% first_chip request %}`: of an emergency that nobody took, when somebody has to; else as `due_chip`.

    One query for such an emergency unless its clocks are loaded, none for others.
    """
    if request.priority == Priority.EMERGENCY and request.released_at and not request.taken_at:
        waiting = [one for one in request.clocks.all() if one.kind == Clock.Kind.RESPONSE and one.is_running]
        if waiting:
            return chip(words.to_take(request, min(waiting, key=lambda one: one.due_at), now()))
    return due_chip(request)


@register.filter
def chip(shown: words.Chip) -> SafeString:
    """`row.chip|chip`: words with an icon. Not a template: every row of every list has one."""
    if shown.moment is None:
        return format_html('<span class="sla sla-{}">{}{}</span>', shown.tone, icon(shown.icon), shown.words)
    return format_html(
        '<span class="sla sla-{}">{}<time datetime="{}">{}</time></span>',
        shown.tone,
        icon(shown.icon),
        shown.moment.isoformat(),
        shown.words,
    )


@register.inclusion_tag("sla/_clocks_panel.html")
def clocks_panel(request: ServiceRequest) -> dict[str, Any]:
    """`{% clocks_panel request %}`: what is promised for this request and how each promise stands. One query."""
    clocks = list(Clock.objects.filter(request=request).select_related("calendar"))
    return {"rows": words.rows(request, clocks, now())}
