"""People, places, memberships, and guardian's rows."""

from .grants import DepartmentUserObjectPermission, HospitalUserObjectPermission, TeamUserObjectPermission
from .membership import Membership
from .people import User
from .places import Department, Hospital, Location, Team

__all__ = [
    "Department",
    "DepartmentUserObjectPermission",
    "Hospital",
    "HospitalUserObjectPermission",
    "Location",
    "Membership",
    "Team",
    "TeamUserObjectPermission",
    "User",
]
