"""Break-glass in the API: using it, what waits for a review, and the review."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from approvals import break_glass, glass_reviews
from approvals.glass_serializers import GlassListShown, GlassReviewBody, GlassShown, GlassUseBody
from portal.accounts.place import person
from portal.drf import Door
from requests_app import access, screening

TAGS = ["Approvals"]


class Glass(Door):
    @extend_schema(
        operation_id="glass",
        summary="What did not wait for its approval and is to be reviewed?",
        responses=GlassListShown,
        tags=TAGS,
    )
    def index(self, request: Request) -> Response:
        """Of the hospitals that you oversee, and what you used yourself; what you may review comes first."""
        found = glass_reviews.open_cards(person(request))
        return Response(GlassListShown({"results": found}).data)

    @extend_schema(operation_id="glass_one", summary="Show one use", responses=GlassShown, tags=TAGS)
    def show(self, request: Request, ref: str) -> Response:
        """Also after it was reviewed."""
        return Response(GlassShown(glass_reviews.card(person(request), ref)).data)

    @extend_schema(
        operation_id="request_break_glass",
        summary="Do not wait for the approval",
        request=GlassUseBody,
        responses=GlassShown,
        tags=TAGS,
        extensions={"x-refuses": ["already_decided", "wrong_state"]},
    )
    def use(self, request: Request, public_id: str) -> Response:
        """For who is on duty as a manager, in an emergency, below the ceiling of the duty. There is no undo; head of department
        and finance partner are told at once, and somebody independent reviews it within 72 hours."""
        user, said = person(request), self.body(GlassUseBody)
        found = access.get_request(user, public_id)
        texts = {"words": said["words"]}
        screening.ask(texts, agreed=said["patient_data_ok"])
        broken = break_glass.use(request=found, by=user, reason=said["reason"], words=said["words"])
        screening.record_kept(request=found, by=user, texts=texts)
        return Response(GlassShown(glass_reviews.card(user, broken.ref)).data)

    @extend_schema(
        operation_id="glass_review",
        summary="Say whether it was right",
        request=GlassReviewBody,
        responses=GlassShown,
        tags=TAGS,
        extensions={"x-refuses": ["wrong_state"]},
    )
    def review(self, request: Request, ref: str) -> Response:
        """For a finance partner, director or executive who had no part in it. It is written once."""
        user, said = person(request), self.body(GlassReviewBody)
        case, texts = glass_reviews.card(user, ref).broken.request, {"words": said["words"]}
        screening.ask(texts, agreed=said["patient_data_ok"])
        break_glass.review(ref=ref, by=user, verdict=said["verdict"], words=said["words"])
        screening.record_kept(request=case, by=user, texts=texts)
        return Response(GlassShown(glass_reviews.card(user, ref)).data)
