"""Sweeps of this app. Each finds its own rows; a lost or a doubled task changes nothing."""

from celery import shared_task

from integrations import dispatch, linking, outbox, reconciliation, stock
from portal.accounts import scopes
from portal.clock import now


@shared_task
def dispatch_outbox() -> dict[str, int]:
    """Send what is due. Returns how many messages had which outcome."""
    return dispatch.run()


@shared_task
def poll_odoo() -> dict[str, int]:
    """Take in what happened to open orders; link what Odoo did not know before, and send what waited for that."""
    counts = reconciliation.poll(now=now())
    linking.link_what_is_missing(by=scopes.system_user())
    outbox.retry_unlinked(by=scopes.system_user())
    return counts


@shared_task
def poll_stock() -> int:
    """Read what the store has. Returns of how many items."""
    return stock.poll(now=now())
