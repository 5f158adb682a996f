"""Sweeps of this app."""

from celery import shared_task

from approvals import break_glass, reresolving, rerouting
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
