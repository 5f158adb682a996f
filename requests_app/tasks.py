"""Sweeps of requests."""

from celery import shared_task

from portal.accounts import scopes
from requests_app import releasing
from requests_app.attachments import scanning
from requests_app.supplies import recurring


@shared_task
def release_due() -> None:
    """Hand over to the teams what was agreed for a time that has come."""
    releasing.sweep()


@shared_task
def scan_files() -> None:
    """Have the virus scanner look at the files that wait for it."""
    scanning.sweep()


@shared_task
def tidy_files() -> None:
    """Delete contents that belong to no file any more."""
    scanning.tidy()


@shared_task
def draft_lists() -> int:
    """Draft the usual lists whose time has come, for their owners to check and send. Returns how many."""
    return recurring.run_due(by=scopes.system_user())
