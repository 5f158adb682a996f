"""Background work: the beat schedule, and the base of every task.

The database is the truth and Celery is a doorbell: each task is one sweep that finds its own rows, so that a lost or a
doubled task changes nothing. Embedded (no REDIS_URL), two beats run the sweeps themselves: *clock* and *world*, so that
a slow Odoo never holds up a clock.
"""

import os
from typing import Any

from celery import Celery, Task
from celery.signals import beat_init
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


class SweepTask(Task):
    """Leaves dead database connections behind: Celery's own hooks do it for a worker, but not for an eager task."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        close_old_connections()
        try:
            return super().__call__(*args, **kwargs)
        finally:
            close_old_connections()


app = Celery("portal", task_cls=SweepTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# beat -> task -> seconds between two ticks
BEATS: dict[str, dict[str, int]] = {
    "clock": {
        "requests_app.tasks.release_due": 30,
        "requests_app.tasks.draft_lists": 60,
        "requests_app.tasks.ask_again": 30,
        "requests_app.tasks.tell_late_loans": 300,
        "requests_app.tasks.pass_exceptions_on": 30,
        "requests_app.tasks.tell_late_supply": 60,
        "sla.tasks.sweep_clocks": 30,
        "portal.notify.tasks.send_mail": 30,
        "portal.desk.tasks.sweep_emergencies": 30,
        "portal.desk.tasks.watch_duties": 60,
        "portal.accounts.tasks.expire_memberships": 60,
        "approvals.tasks.find_deciders": 60,
        "approvals.tasks.follow_people": 30,
        "approvals.tasks.tell_overdue_reviews": 300,
        "approvals.tasks.look_for_splits": 60,
        "approvals.tasks.look_for_splits_in_all": 86_400,
        "approvals.tasks.look_at_duties": 86_400,
        "approvals.tasks.draw_samples": 21_600,
        "approvals.tasks.put_policies_in_force": 60,
    },
    "world": {
        "integrations.tasks.dispatch_outbox": 5,
        "integrations.tasks.poll_odoo": 30,
        "integrations.tasks.poll_stock": 300,
        "requests_app.tasks.make_exports": 5,
        "requests_app.tasks.drop_exports": 3600,
        "requests_app.tasks.scan_files": 10,
        "requests_app.tasks.tidy_files": 3600,
    },
}


BEGIN_WITHIN = 60  # seconds; a first sweep that no worker took by then is not wanted any more


def schedule(*beats: str) -> dict[str, dict[str, Any]]:
    """The entries of the named beats. A tick that waited longer than its own pause is dropped."""
    return {
        task: {"task": task, "schedule": every, "options": {"expires": every}}
        for beat in beats
        for task, every in BEATS[beat].items()
    }


app.conf.beat_schedule = schedule(*os.environ.get("PORTAL_BEAT", "clock,world").split(","))


@beat_init.connect
def begin_at_once(**_: Any) -> None:
    """Every sweep runs when its beat starts, not one pause later: what waited while nothing ran, waited long enough."""
    for name in app.conf.beat_schedule:
        task = app.tasks[name]
        if app.conf.task_always_eager:
            task.apply()
        else:
            task.apply_async(expires=BEGIN_WITHIN)
