"""The password once more for large amounts: when it is asked for, and how long one answer holds."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from portal.clock import now
from portal.errors import NotAllowed
from requests_app.models import ServiceRequest

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

HOLDS = timedelta(minutes=5)
CODE = "confirm_first"
CONFIRMED_AT = "approvals_confirmed_at"  # key of the session: when the password was given, in ISO 8601


def needed(request: ServiceRequest) -> bool:
    """Does a yes to `request` take the password once more? From APPROVE_CONFIRM_FROM on, in the base currency. No query."""
    return from_amount(request.base_amount)


def from_amount(base_amount: Decimal) -> bool:
    """Does a yes to this amount in the base currency take it?"""
    return base_amount >= settings.APPROVE_CONFIRM_FROM


def check(request: ServiceRequest, *, confirmed: bool) -> None:
    """Raises NotAllowed (`confirm_first`) where the password is needed and was not given just now."""
    if needed(request) and not confirmed:
        raise NotAllowed(_("Enter your password once more to approve this amount."), code=CODE)


def confirm(session: "SessionBase | Any") -> None:
    """The password was right just now: for five minutes it need not be given again in this session."""
    session[CONFIRMED_AT] = now().isoformat()


def fresh(session: "SessionBase | Any") -> bool:
    """Was the password given in this session within the last five minutes?"""
    said = session.get(CONFIRMED_AT, "")
    return bool(said) and timedelta(0) <= now() - datetime.fromisoformat(said) < HOLDS
