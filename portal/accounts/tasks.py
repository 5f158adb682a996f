"""Sweeps of people and places."""

from celery import shared_task

from portal.accounts import scopes


@shared_task
def expire_memberships() -> None:
    """Roles that have begun or ended since the last tick."""
    scopes.expire_memberships()
