"""The stretch in which a request waits now. Written below the verbs, so that ending a request ends its waiting too."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.clock import now
from requests_app import waiting_reasons
from requests_app.models import ServiceRequest, Wait

if TYPE_CHECKING:
    from portal.accounts.models import User


def running(request: ServiceRequest) -> Wait | None:
    """Why it waits now, with the question that was asked; None where it does not. One query."""
    return Wait.objects.filter(request=request, ended_at=None).select_related("by", "question").first()


def end(request: ServiceRequest, *, by: "User") -> Wait | None:
    """End the waiting of a locked request, if it waits. Returns what ended."""
    wait = Wait.objects.filter(request=request, ended_at=None).first()
    if wait is not None:
        wait.ended_at, wait.ended_by = max(now(), wait.started_at), by
        wait.save(update_fields=["ended_at", "ended_by"])
    return wait


def until(request: ServiceRequest, reason: str, again_at: datetime) -> str:
    """Why it waits and until when: "Waiting for parts: until Fri 12 May, 09:00"."""
    moment = date_format(again_at.astimezone(ZoneInfo(request.hospital.time_zone)), "D j M, H:i")
    return _("%(why)s: until %(until)s") % {"why": waiting_reasons.in_words(reason), "until": moment}


def held_by(request: ServiceRequest, reason: str, again_at: datetime) -> str:
    """The same for lists, with who has it meanwhile."""
    who = request.assignee.get_full_name() if request.assignee else str(request.team or "")
    return f"{until(request, reason, again_at)} ({who})"[:160]
