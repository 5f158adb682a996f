"""One request for the API: what every app knows of it, and what this person may do."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal import openapi
from portal.accounts.place import person
from portal.desk.detail import detail
from portal.desk.serializers import DetailShown, RequestPlain, RequestShown
from portal.drf import Door
from requests_app import access


class Description(Door):
    @extend_schema(exclude=True)
    def show(self, request: Request) -> Response:
        """The OpenAPI description of version 1."""
        return Response(openapi.schema())


class OneRequest(Door):
    @extend_schema(
        operation_id="request",
        summary="Show one request, and what I may do with it",
        responses=RequestShown,
        tags=["Requests"],
    )
    def show(self, request: Request, public_id: str) -> Response:
        """Lines, decisions, promised times, orders and the record. `allowed_actions` names what you may do next, how, and
        where it helps, why not: with the sentence that the call itself would be refused with."""
        found = access.get_request(person(request), public_id)
        gathered = detail(found, person(request))
        return Response({**RequestPlain(found).data, **DetailShown(gathered).data})
