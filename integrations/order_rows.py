"""The orders of one request, for its page and for the API."""

from django.conf import settings

from integrations import words
from integrations.models import ExternalReference, OutboxMessage
from requests_app.models import ServiceRequest

SHOWN = (OutboxMessage.State.PENDING, OutboxMessage.State.CLAIMED, OutboxMessage.State.DEAD)


def order_rows(request: ServiceRequest) -> list[words.Row]:
    """Its orders and how they stand: those that the purchasing system has, then those that wait to be sent.

    Two queries, none before it was agreed.
    """
    if request.released_at is None:
        return []
    orders = ExternalReference.objects.filter(request=request, model=ExternalReference.ORDER)
    waiting = OutboxMessage.objects.filter(request=request, state__in=SHOWN).order_by("id")
    rows = [
        words.order_row(order, request, settings.ODOO_PUBLIC_URL)
        for order in orders.select_related("message")
    ]
    return rows + [words.message_row(message, bool(settings.ODOO_URL)) for message in waiting]
