"""Sweeps that need several apps."""

from celery import shared_task

from portal.desk import duty_watch, emergencies


@shared_task
def sweep_emergencies() -> None:
    """Emergencies that nobody took in time."""
    emergencies.sweep()


@shared_task
def watch_duties() -> int:
    """Duties that nobody has taken in time. Returns how many."""
    return duty_watch.sweep()
