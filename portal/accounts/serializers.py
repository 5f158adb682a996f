"""People and places as the API shows them. A place has a `ref` that people know, never a key of the database."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from portal.accounts.models import ApiToken, Department, Hospital, Membership


class HospitalShown(serializers.Serializer):
    ref = serializers.CharField(source="code")
    name = serializers.CharField()
    time_zone = serializers.CharField()
    currency = serializers.CharField()


class DepartmentShown(serializers.Serializer):
    """`ref` is hospital/department, as in SBG/7B. Its hospital must be loaded."""

    ref = serializers.SerializerMethodField()
    name = serializers.CharField()

    def get_ref(self, department: Department) -> str:
        return f"{department.hospital.code}/{department.code}"


class LocationShown(serializers.Serializer):
    ref = serializers.CharField(source="code")
    name = serializers.CharField()


class RoleShown(serializers.Serializer):
    role = serializers.CharField()
    words = serializers.CharField(source="get_role_display")
    kind = serializers.CharField(help_text="hospital, department, team, or group: held everywhere")
    place = serializers.SerializerMethodField(allow_null=True)
    until = serializers.DateTimeField(source="valid_until", allow_null=True)

    def get_place(self, held: Membership) -> str | None:
        return str(held.place) if held.place else None


class TokenShown(serializers.Serializer):
    name = serializers.CharField()
    scope = serializers.ChoiceField(choices=ApiToken.Scope.choices)
    expires_at = serializers.DateTimeField()


class MeShown(serializers.Serializer):
    username = serializers.CharField()
    name = serializers.CharField(source="get_full_name")
    hospitals = HospitalShown(many=True)
    departments = DepartmentShown(many=True, help_text="wards and departments where you work")
    roles = RoleShown(many=True)
    token = TokenShown(allow_null=True, help_text="the token of this call; null with a session")


def department_of(ref: str) -> Department:
    """The department with this ref, its hospital loaded. Raises ValidationError."""
    hospital, _slash, code = ref.partition("/")
    found = Department.objects.select_related("hospital").filter(hospital__code=hospital, code=code).first()
    if found is None:
        raise serializers.ValidationError(_("There is no such department. Write it as SBG/7B."))
    return found


def hospital_of(ref: str) -> Hospital:
    """The hospital with this ref. Raises ValidationError."""
    found = Hospital.objects.filter(code=ref).first()
    if found is None:
        raise serializers.ValidationError(_("There is no such hospital. Write it as SBG."))
    return found
