"""The store's doors of the API: what to pick, picked, on its way."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal.accounts.place import person
from portal.drf import Door
from requests_app import access
from requests_app.serializers import LinesBody, PicksShown, RequestBrief
from requests_app.supplies import fulfilment, picking


class Picks(Door):
    @extend_schema(
        operation_id="picks",
        summary="What does the store have to pick and send?",
        responses=PicksShown,
        tags=["Store"],
        extensions={"x-refuses": ["not_allowed"]},
    )
    def index(self, request: Request) -> Response:
        """Lines of your teams that wait in the store, by request, what is due first comes first."""
        found = picking.picks(picking.own_teams(person(request)))
        return Response(PicksShown({"results": found}).data)

    @extend_schema(
        operation_id="request_pick",
        summary="These lines were picked",
        request=LinesBody,
        responses=RequestBrief,
        tags=["Store"],
        extensions={"x-refuses": ["wrong_state"]},
    )
    def pick(self, request: Request, public_id: str) -> Response:
        """The team that serves the lines took them from the shelf. The first one takes the request."""
        wanted = self.body(LinesBody)["lines"]
        case = access.get_request(person(request), public_id)
        ids = picking.named(case, wanted).values()
        fulfilment.pick(request=case, line_ids=ids, by=person(request))
        return Response(RequestBrief(access.get_request(person(request), public_id)).data)

    @extend_schema(
        operation_id="request_send",
        summary="These picked lines left for the ward",
        request=LinesBody,
        responses=RequestBrief,
        tags=["Store"],
        extensions={"x-refuses": ["wrong_state"]},
    )
    def send(self, request: Request, public_id: str) -> Response:
        """The ward is told that they are on their way."""
        wanted = self.body(LinesBody)["lines"]
        case = access.get_request(person(request), public_id)
        ids = picking.named(case, wanted).values()
        fulfilment.send_on_the_way(request=case, line_ids=ids, by=person(request))
        return Response(RequestBrief(access.get_request(person(request), public_id)).data)
