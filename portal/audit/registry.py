"""Field-by-field history of people and places by django-auditlog.

The other apps register their own configuration.
"""

from auditlog.registry import auditlog

from portal.accounts.models import Department, Duty, Hospital, Location, Team, User


def register() -> None:
    """Follow the set-up of people and places. Passwords and sign-in times never enter the log."""
    auditlog.register(User, exclude_fields=["password", "last_login"])
    for place in (Hospital, Department, Location, Team, Duty):
        auditlog.register(place)
