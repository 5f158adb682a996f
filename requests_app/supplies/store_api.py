"""The store's doors of the API: what to pick, picked, on its way."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal.accounts.place import person
from portal.drf import Door
from portal.errors import Invalid
from requests_app import access
from requests_app.api import by_public_id
from requests_app.line_serializers import LinesBody, PickBody, PicksShown
from requests_app.serializers import RequestBrief
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
        request=PickBody,
        responses=RequestBrief,
        tags=["Store"],
        extensions={"x-refuses": ["wrong_state"]},
    )
    def pick(self, request: Request, public_id: str) -> Response:
        """The team that serves the lines took them from the shelf. The first one takes the request.

        Of a line in `picked` fewer may be there: the rest is to follow, and can be picked when it is in.
        """
        wanted = self.body(PickBody)
        case = access.get_request(person(request), public_id)
        ids = picking.named(case, wanted["lines"])
        try:
            fulfilment.pick(
                request=case,
                line_ids=ids.values(),
                by=person(request),
                quantities={ids[name]: count for name, count in wanted["picked"].items()},
                expected_on=wanted["expected_on"],
            )
        except Invalid as refusal:
            raise by_public_id(refusal, ids) from None
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
