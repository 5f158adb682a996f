"""Doors of the API for porters, and for the ward that says *Ready*. A move is accepted with *take*."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal.accounts.place import person
from portal.drf import Door
from requests_app import access
from requests_app.models import ServiceRequest
from requests_app.serializers import RequestBrief
from requests_app.transport import carrying
from requests_app.transport.porter_serializers import DeliverBody, FailBody, NotReadyBody, PickUpBody

REFUSES = {"x-refuses": ["not_allowed", "wrong_state"]}


class Moves(Door):
    @extend_schema(
        operation_id="move_arrive",
        summary="I am there",
        request=None,
        responses=RequestBrief,
        tags=["Work"],
        extensions=REFUSES,
    )
    def arrive(self, request: Request, public_id: str) -> Response:
        """The porter who has it is at the pick-up; at the destination once it was picked up."""
        case = access.get_request(person(request), public_id)
        return self._brief(carrying.arrive(request=case, by=person(request)))

    @extend_schema(
        operation_id="move_pick_up",
        summary="Picked up",
        request=PickUpBody,
        responses=RequestBrief,
        tags=["Work"],
        extensions=REFUSES,
    )
    def pick_up(self, request: Request, public_id: str) -> Response:
        """The porter who has it sets out with it. What it waited for is over."""
        wanted, case = self.body(PickUpBody), access.get_request(person(request), public_id)
        return self._brief(carrying.pick_up(request=case, by=person(request), **wanted))

    @extend_schema(
        operation_id="move_deliver",
        summary="Delivered",
        request=DeliverBody,
        responses=RequestBrief,
        tags=["Work"],
        extensions=REFUSES,
    )
    def deliver(self, request: Request, public_id: str) -> Response:
        """The porter who has it handed it over: it is closed."""
        wanted, case = self.body(DeliverBody), access.get_request(person(request), public_id)
        return self._brief(carrying.deliver(request=case, by=person(request), **wanted))

    @extend_schema(
        operation_id="move_not_ready",
        summary="Not ready",
        request=NotReadyBody,
        responses=RequestBrief,
        tags=["Work"],
        extensions=REFUSES,
    )
    def not_ready(self, request: Request, public_id: str) -> Response:
        """It waits, charged to the party of the reason; called to an emergency, it is in the queue again."""
        wanted, case = self.body(NotReadyBody), access.get_request(person(request), public_id)
        return self._brief(carrying.not_ready(request=case, by=person(request), **wanted))

    @extend_schema(
        operation_id="move_ready",
        summary="Ready, or ready now",
        request=None,
        responses=RequestBrief,
        tags=["Work"],
        extensions=REFUSES,
    )
    def ready(self, request: Request, public_id: str) -> Response:
        """By the ward: who goes along is ready, or what the porter found not ready is. By a porter, too."""
        case = access.get_request(person(request), public_id)
        return self._brief(carrying.ready(request=case, by=person(request)))

    @extend_schema(
        operation_id="move_hand_back",
        summary="Hand it back",
        request=None,
        responses=RequestBrief,
        tags=["Work"],
        extensions=REFUSES,
    )
    def hand_back(self, request: Request, public_id: str) -> Response:
        """Not ready for ten minutes: the porter goes on to something else. Porter control may at any time before the pick-up."""
        case = access.get_request(person(request), public_id)
        return self._brief(carrying.hand_back(request=case, by=person(request)))

    @extend_schema(
        operation_id="move_fail",
        summary="It cannot be delivered",
        request=FailBody,
        responses=RequestBrief,
        tags=["Work"],
        extensions=REFUSES,
    )
    def fail(self, request: Request, public_id: str) -> Response:
        """The porter who has it ends it otherwise; who is charged for that is on record."""
        wanted, case = self.body(FailBody), access.get_request(person(request), public_id)
        return self._brief(carrying.fail(request=case, by=person(request), **wanted))

    def _brief(self, case: ServiceRequest) -> Response:
        return Response(RequestBrief(case).data)
