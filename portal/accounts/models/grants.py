"""Guardian's rows, one table per kind of place with a real foreign key. Only `scopes` writes them."""

from typing import Any

from django.db import models
from guardian.models import UserObjectPermissionBase

from portal.accounts.models.places import Department, Hospital, Team


class HospitalUserObjectPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(Hospital, on_delete=models.CASCADE)


class DepartmentUserObjectPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(Department, on_delete=models.CASCADE)


class TeamUserObjectPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(Team, on_delete=models.CASCADE)


ROW_OF: dict[str, Any] = {
    "hospital": HospitalUserObjectPermission,
    "department": DepartmentUserObjectPermission,
    "team": TeamUserObjectPermission,
}
