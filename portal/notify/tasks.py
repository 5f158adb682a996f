"""Sweeps of notices."""

from celery import shared_task

from portal.notify.mailing import send_waiting


@shared_task
def send_mail() -> None:
    """Mail the notices that wait, if mail is set up."""
    send_waiting()
