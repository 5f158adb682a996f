"""Sweeps that need several apps."""

from celery import shared_task

from portal.desk import emergencies


@shared_task
def sweep_emergencies() -> None:
    """Emergencies that nobody took in time."""
    emergencies.sweep()
