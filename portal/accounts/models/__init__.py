"""People, places, memberships, and guardian's rows."""

from .duties import Duty, DutyHolder
from .grants import DepartmentUserObjectPermission, HospitalUserObjectPermission, TeamUserObjectPermission
from .membership import Membership
from .passes import TemporaryPass
from .people import User
from .places import Department, Hospital, Location, Team
from .token import ApiToken

__all__ = [
    "ApiToken",
    "Department",
    "DepartmentUserObjectPermission",
    "Duty",
    "DutyHolder",
    "Hospital",
    "HospitalUserObjectPermission",
    "Location",
    "Membership",
    "Team",
    "TeamUserObjectPermission",
    "TemporaryPass",
    "User",
]
