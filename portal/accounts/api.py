"""Who is calling."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal.accounts import scopes
from portal.accounts.models import ApiToken, Membership
from portal.accounts.place import own_departments, person
from portal.accounts.serializers import MeShown
from portal.clock import now
from portal.drf import Door


class Me(Door):
    @extend_schema(
        operation_id="me", summary="Who am I, and where do I work?", responses=MeShown, tags=["You"]
    )
    def show(self, request: Request) -> Response:
        """Your name, the wards where you work and the roles that you hold now: what `department` and `hospital` may say."""
        user = person(request)
        roles = Membership.objects.current(now()).filter(user=user)
        found = {
            "username": user.username,
            "get_full_name": user.get_full_name(),
            "hospitals": scopes.hospitals_of(user),
            "departments": own_departments(user),
            "roles": roles.select_related("hospital", "department__hospital", "team__hospital"),
            "token": request.auth if isinstance(request.auth, ApiToken) else None,
        }
        return Response(MeShown(found).data)
