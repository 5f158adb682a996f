"""Is the office of a hospital open? The calendars belong to `sla`, which this app does not know: portal/flow.py plugs them in."""

from collections.abc import Callable
from datetime import datetime

from portal.accounts.models import Hospital
from portal.clock import now

OFFICE = "office"
IsOpen = Callable[[Hospital, str, datetime], bool]  # a hospital, the code of a calendar, a moment

_plugged: list[IsOpen] = []


def plug(is_open: IsOpen) -> None:
    """Let `is_open` answer from now on."""
    _plugged[:] = [is_open]


def office_is_closed(hospital: Hospital) -> bool:
    """Is its office closed at this moment? Where nothing is plugged in or there is no such calendar, it is not. One query."""
    return bool(_plugged) and not _plugged[0](hospital, OFFICE, now())
