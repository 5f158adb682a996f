"""What integrations shows on the pages of others."""

from typing import Any

from django import template

from integrations.order_rows import order_rows
from requests_app.models import ServiceRequest

register = template.Library()


@register.inclusion_tag("integrations/_orders_panel.html")
def orders_panel(request: ServiceRequest) -> dict[str, Any]:
    """`{% orders_panel request %}`: its orders and how they stand. Two queries, none before it was agreed."""
    rows = order_rows(request)
    return {"rows": rows, "request": request} if rows else {"rows": []}
