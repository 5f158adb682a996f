"""When what was agreed may leave at the earliest."""

from datetime import datetime
from typing import TYPE_CHECKING

from portal.clock import now
from portal.undo import UNDO
from requests_app.models import ServiceRequest
from requests_app.states import Priority

if TYPE_CHECKING:
    from portal.accounts.models import User


def not_before(request: ServiceRequest, by: "User") -> datetime:
    """Now, or ten seconds after the decision that a person made (ADR 9)."""
    waits = request.priority != Priority.EMERGENCY and not by.is_system
    return now() + UNDO if waits else now()
