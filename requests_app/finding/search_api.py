"""The search of the API."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal.accounts.place import person, standing
from portal.drf import Door
from requests_app.finding import found
from requests_app.finding.search_serializers import SearchAsked, SearchShown


class Search(Door):
    @extend_schema(
        operation_id="search",
        summary="What is called so?",
        parameters=[SearchAsked],
        responses=SearchShown,
        tags=["Catalogue"],
    )
    def index(self, request: Request) -> Response:
        """Items, equipment, types and requests with every word of `q`, one slip of the finger aside; best match first.

        Requests are those that you may see, the newest first.
        """
        asked = self.query(SearchAsked)
        shown = found.everything(person(request), standing(request), asked["q"], most=asked["size"])
        return Response(SearchShown(shown).data)
