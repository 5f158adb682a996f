"""The approver's doors of the API: what waits, yes, or no with a reason."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from approvals import decisions, inbox
from approvals.serializers import ApproveBody, CardShown, DecidedShown, InboxShown, RejectBody
from portal.accounts.place import person
from portal.drf import Door

CONFLICTS = {"x-refuses": ["already_decided", "stale", "wrong_state"]}


class Approvals(Door):
    @extend_schema(
        operation_id="approvals",
        summary="What waits for my decision?",
        responses=InboxShown,
        tags=["Approvals"],
    )
    def index(self, request: Request) -> Response:
        """What you were asked to decide, what is due first comes first, with everything that the decision needs."""
        user = person(request)
        found = {"results": inbox.cards(user), "waiting": inbox.waiting_count(user)}
        return Response(InboxShown(found).data)

    @extend_schema(
        operation_id="approval", summary="Show one decision", responses=CardShown, tags=["Approvals"]
    )
    def show(self, request: Request, ref: str) -> Response:
        """Also after it was taken."""
        return Response(CardShown(inbox.card(person(request), ref)).data)

    @extend_schema(
        operation_id="step_approve",
        summary="Say yes",
        request=ApproveBody,
        responses=DecidedShown,
        tags=["Approvals"],
        extensions=CONFLICTS,
    )
    def approve(self, request: Request, ref: str) -> Response:
        """To exactly what `seen` stands for. The same yes again answers with the first; of several people one is first,
        and the others read in 409 who it was."""
        seen = self.body(ApproveBody)["seen"]
        step = inbox.asked_step(person(request), ref)
        decisions.approve_step(step_id=step.pk, by=person(request), seen=seen)
        return self._decided(ref)

    @extend_schema(
        operation_id="step_reject",
        summary="Say no, with a reason",
        request=RejectBody,
        responses=DecidedShown,
        tags=["Approvals"],
        extensions=CONFLICTS,
    )
    def reject(self, request: Request, ref: str) -> Response:
        """The request ends here and the ward reads why."""
        said = self.body(RejectBody)
        step = inbox.asked_step(person(request), ref)
        decisions.reject_step(step_id=step.pk, by=person(request), seen=said["seen"], reason=said["reason"])
        return self._decided(ref)

    @extend_schema(
        operation_id="step_return",
        summary="Ask its sender for what is missing",
        request=RejectBody,
        responses=DecidedShown,
        tags=["Approvals"],
        extensions=CONFLICTS,
    )
    def give_back(self, request: Request, ref: str) -> Response:
        """Its sender changes it and sends it again; it is decided anew then."""
        said = self.body(RejectBody)
        step = inbox.asked_step(person(request), ref)
        decisions.return_step(step_id=step.pk, by=person(request), seen=said["seen"], reason=said["reason"])
        return self._decided(ref)

    def _decided(self, ref: str) -> Response:
        return Response(DecidedShown(inbox.asked_step(person(self.request), ref)).data)
