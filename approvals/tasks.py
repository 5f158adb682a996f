"""Sweeps of this app."""

from celery import shared_task

from approvals import break_glass, reresolving, rerouting
from approvals.governing import releasing
from approvals.sampling import drawing
from approvals.watching import looking, separation
from portal.accounts import scopes


@shared_task
def tell_overdue_reviews() -> int:
    """Reviews of a broken glass whose time is over are told to who comes next. Returns how many."""
    return break_glass.tell_overdue()


@shared_task
def find_deciders() -> int:
    """Look again for people in every approval that needs routing. Returns how many found somebody."""
    return rerouting.retry_all(by=scopes.system_user())


@shared_task
def follow_people() -> int:
    """Let who is asked for open decisions follow who may decide them now. Returns of how many steps that changed."""
    return reresolving.sweep()


@shared_task
def put_policies_in_force() -> int:
    """Policies that were agreed for a day that has come decide from now on. Returns how many."""
    return releasing.sweep(by=scopes.system_user())


@shared_task
def look_for_splits() -> int:
    """Requests of the last minutes that may be parts of a larger order. Returns how many suspicions are new or grew."""
    return looking.look_lately()


@shared_task
def look_for_splits_in_all() -> int:
    """The same, over the requests of the last thirty days."""
    return looking.look_at_all()


@shared_task
def draw_samples() -> int:
    """Once a month, orders that a standing order decided are shown to the heads. Returns how many were drawn."""
    return drawing.draw_all()


@shared_task
def look_at_duties() -> int:
    """Duties of one person that do not go together and that nobody answers for. Returns how many."""
    return separation.look()
