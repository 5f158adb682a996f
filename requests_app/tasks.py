"""Sweeps of requests."""

from celery import shared_task

from portal.accounts import scopes
from requests_app import casework, export_files, releasing, waiting
from requests_app.attachments import scanning
from requests_app.equipment import loans
from requests_app.supplies import lateness, recurring


@shared_task
def release_due() -> None:
    """Hand over to the teams what was agreed for a time that has come."""
    releasing.sweep()


@shared_task
def ask_again() -> int:
    """Ask about what has waited as long as was said. Returns how many."""
    return waiting.sweep()


@shared_task
def pass_exceptions_on() -> int:
    """Tell whoever comes next about exceptions that nobody settled in time. Returns how many."""
    return casework.sweep()


@shared_task
def tell_late_supply() -> int:
    """Say of what was promised for a day that is over that it is late. Returns how many lines."""
    return lateness.sweep()


@shared_task
def scan_files() -> None:
    """Have the virus scanner look at the files that wait for it."""
    scanning.sweep()


@shared_task
def tidy_files() -> None:
    """Delete contents that belong to no file any more."""
    scanning.tidy()


@shared_task
def make_exports() -> int:
    """Make the files of lists that somebody waits for. Returns how many."""
    return export_files.make_waiting()


@shared_task
def drop_exports() -> int:
    """Delete the files of lists that are older than a day. Returns how many."""
    return export_files.sweep()


@shared_task
def tell_late_loans() -> int:
    """An exception for what was lent and is past its day. Returns how many."""
    return loans.sweep()


@shared_task
def draft_lists() -> int:
    """Draft the usual lists whose time has come, for their owners to check and send. Returns how many."""
    return recurring.run_due(by=scopes.system_user())
