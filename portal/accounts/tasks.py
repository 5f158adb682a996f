"""Sweeps of people and places."""

from celery import shared_task

from portal.accounts import passes, scopes


@shared_task
def expire_memberships() -> None:
    """Roles that have begun or ended since the last tick, and the accounts of passes that are over."""
    scopes.expire_memberships()
    passes.close_over()
