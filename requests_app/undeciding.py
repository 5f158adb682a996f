"""What followed in the core from a decision that was taken back."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from portal.facts import verb
from requests_app import access, casework
from requests_app.models import CaseException, ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User

KIND = CaseException.Kind


@verb
def settle(*, request: ServiceRequest, since: datetime, by: "User") -> None:
    """Nobody needs to look for what the store lacks, nor for a skill, before it is decided. One query if there is nothing."""
    request = access.locked(request)
    followed = Q(kind=KIND.URGENT_SUPPLY) | Q(kind=KIND.DUTY_NOT_COVERED, key="skill")
    for exception in request.exceptions.filter(followed, opened_at__gte=since, closed_at=None):
        casework.close_exception(exception=exception, by=by, reason=_("The decision was taken back."))
