"""Sweeps of this app."""

from celery import shared_task

from approvals import rerouting
from portal.accounts import scopes


@shared_task
def find_deciders() -> int:
    """Look again for people in every approval that needs routing. Returns how many found somebody."""
    return rerouting.retry_all(by=scopes.system_user())
