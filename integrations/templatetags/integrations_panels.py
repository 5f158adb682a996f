"""What integrations shows on the pages of others."""

from typing import Any

from django import template
from django.conf import settings

from integrations import words
from integrations.models import ExternalReference, OutboxMessage
from requests_app.models import ServiceRequest

register = template.Library()
SHOWN = (OutboxMessage.State.PENDING, OutboxMessage.State.CLAIMED, OutboxMessage.State.DEAD)


@register.inclusion_tag("integrations/_orders_panel.html")
def orders_panel(request: ServiceRequest) -> dict[str, Any]:
    """`{% orders_panel request %}`: its orders and how they stand. Two queries, none before it was agreed."""
    if request.released_at is None:
        return {"rows": []}
    orders = ExternalReference.objects.filter(request=request, model=ExternalReference.ORDER).select_related(
        "message"
    )
    messages = OutboxMessage.objects.filter(request=request, state__in=SHOWN).order_by("id")
    rows = [words.order_row(order, request, settings.ODOO_PUBLIC_URL) for order in orders]
    rows += [words.message_row(message, bool(settings.ODOO_URL)) for message in messages]
    return {"rows": rows, "request": request}
