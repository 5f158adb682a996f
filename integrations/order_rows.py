"""The orders of one request, or the record of a repair, for its page and for the API."""

from django.conf import settings

from integrations import words
from integrations.models import ExternalReference, OutboxMessage
from requests_app.models import ServiceRequest

SHOWN = (OutboxMessage.State.PENDING, OutboxMessage.State.CLAIMED, OutboxMessage.State.DEAD)


def order_rows(request: ServiceRequest) -> list[words.Row]:
    """Its orders and how they stand: those that Odoo has, then those that wait to be sent. The same of a repair.

    Two queries, none before it was agreed.
    """
    if request.released_at is None:
        return []
    there = ExternalReference.objects.filter(request=request, model__in=words.ROWS).select_related("message")
    waiting = OutboxMessage.objects.filter(request=request, state__in=SHOWN).order_by("id")
    rows = [words.ROWS[one.model](one, request, settings.ODOO_PUBLIC_URL) for one in there]
    return rows + [words.message_row(message, request, bool(settings.ODOO_URL)) for message in waiting]
