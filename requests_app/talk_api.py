"""Doors of the API for what is said of a request, and for sharing it."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal.accounts.place import person
from portal.drf import Door, Paged, page_of
from requests_app import access, comments, screening, sharing
from requests_app.talk_serializers import CommentBody, CommentShown, ShareBody, ShareShown, SharesShown


class Talk(Door):
    @extend_schema(
        operation_id="request_comments",
        summary="What was said of it",
        parameters=[Paged],
        responses=page_of(CommentShown),
        tags=["Talk"],
    )
    def index(self, request: Request, public_id: str) -> Response:
        """The latest first. Notes that a team keeps for itself are there for its members."""
        user = person(request)
        case = access.get_request(user, public_id)
        found = comments.read_by(user, case)
        return self.page(found, by="-at", shows=CommentShown, asked=self.query(Paged))

    @extend_schema(
        operation_id="request_comment",
        summary="Say something",
        request=CommentBody,
        responses=CommentShown,
        tags=["Talk"],
        extensions={"x-refuses": ["not_allowed", "wrong_state"]},
    )
    def add(self, request: Request, public_id: str) -> Response:
        """Everybody who sees the request reads it, or its team alone. Who is called and does not read it is refused (422)."""
        wanted, user = self.body(CommentBody), person(request)
        case = access.get_request(user, public_id)
        screening.ask({"text": wanted["text"]}, agreed=wanted["patient_data_ok"])
        said = comments.add_comment(request=case, text=wanted["text"], internal=wanted["internal"], by=user)
        return Response(CommentShown(said).data)


class Shares(Door):
    @extend_schema(
        operation_id="request_shares",
        summary="With whom is it shared?",
        responses=SharesShown,
        tags=["Talk"],
    )
    def index(self, request: Request, public_id: str) -> Response:
        case = access.get_request(person(request), public_id)
        return Response(SharesShown({"results": sharing.shown_to(case)}).data)

    @extend_schema(
        operation_id="request_share",
        summary="Share it with a colleague",
        request=ShareBody,
        responses=ShareShown,
        tags=["Talk"],
        extensions={"x-refuses": ["not_allowed", "wrong_state"]},
    )
    def add(self, request: Request, public_id: str) -> Response:
        """They read it and may say something, from this moment; nothing else. Sharing again changes nothing."""
        wanted, user = self.body(ShareBody), person(request)
        case = access.get_request(user, public_id)
        whom = sharing.found(case, wanted["person"])
        return Response(ShareShown(sharing.share(request=case, user=whom, by=user)).data)

    @extend_schema(
        operation_id="request_unshare",
        summary="Share it no longer",
        request=None,
        responses={204: None},
        tags=["Talk"],
        extensions={"x-refuses": ["not_allowed", "wrong_state"]},
    )
    def remove(self, request: Request, public_id: str, username: str) -> Response:
        """From this moment they no longer see it, unless they do anyway. With whom it is not shared: 404."""
        user = person(request)
        case = access.get_request(user, public_id)
        sharing.unshare(request=case, user=sharing.shared_with(case, username), by=user)
        return Response(status=204)
