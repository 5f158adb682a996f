"""The approver's doors of the API: what waits, yes (whole, less of it, several), no, and what is done before deciding."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from approvals import (
    adjusting,
    batch,
    decisions,
    history,
    inbox,
    open_card,
    passing,
    questioning,
    running,
    step_up,
    undoing,
)
from approvals.serializers import (
    AdjustBody,
    ApproveBody,
    BatchBody,
    BatchShown,
    CandidatesShown,
    CardShown,
    DecidedShown,
    InboxShown,
    RejectBody,
    SheetAsked,
    SheetShown,
    StepAskBody,
    StepPassBody,
)
from portal.accounts.models import ApiToken
from portal.accounts.place import person
from portal.drf import Door
from requests_app import screening
from requests_app.work_serializers import WardQuestionShown

CONFLICTS = {"x-refuses": ["already_decided", "stale", "wrong_state"]}
YES = {"x-refuses": [*CONFLICTS["x-refuses"], "confirm_first", "documents_missing"]}


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
        extensions=YES,
    )
    def approve(self, request: Request, ref: str) -> Response:
        """To exactly what `seen` stands for. The same yes again answers with the first; of several people one is first,
        and the others read in 409 who it was."""
        seen = self.body(ApproveBody)["seen"]
        decisions.approve_step(step_id=ref, by=person(request), seen=seen, confirmed=confirmed(request))
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
        decisions.reject_step(step_id=ref, by=person(request), seen=said["seen"], reason=said["reason"])
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
        decisions.return_step(step_id=ref, by=person(request), seen=said["seen"], reason=said["reason"])
        return self._decided(ref)

    @extend_schema(
        operation_id="step_adjust",
        summary="Say yes to less of it",
        request=AdjustBody,
        responses=DecidedShown,
        tags=["Approvals"],
        extensions=YES,
    )
    def adjust(self, request: Request, ref: str) -> Response:
        """A yes with less of some lines, or without them. Only less: for more, ask its sender to change it."""
        said, user = self.body(AdjustBody), person(request)
        step = inbox.asked_step(user, ref)
        adjusting.adjust_and_approve(
            step_id=step.pk, by=user, quantities=said.pop("lines"), confirmed=confirmed(request), **said
        )
        return self._decided(ref)

    @extend_schema(
        operation_id="step_ask",
        summary="Ask something before you decide",
        request=StepAskBody,
        responses=WardQuestionShown,
        tags=["Approvals"],
        extensions=CONFLICTS,
    )
    def ask(self, request: Request, ref: str) -> Response:
        """Whoever asked for it answers. Your time to decide stands still meanwhile, and you may decide all the same."""
        wanted, user = self.body(StepAskBody), person(request)
        step, texts = inbox.asked_step(user, ref), {"text": wanted["text"]}
        screening.ask(texts, agreed=wanted.pop("patient_data_ok"))
        question = questioning.ask(step_id=step.pk, by=user, **wanted)
        screening.record_kept(request=question.request, by=user, texts=texts)
        return Response(WardQuestionShown(question).data)

    @extend_schema(
        operation_id="step_candidates",
        summary="Who could decide it in my place?",
        responses=CandidatesShown,
        tags=["Approvals"],
        extensions=CONFLICTS,
    )
    def candidates(self, request: Request, ref: str) -> Response:
        """Only who may take this very decision."""
        user = person(request)
        run = open_card.run_of(inbox.card(user, ref))
        running.right(run, user)
        return Response(CandidatesShown({"results": passing.candidates(run, user)}).data)

    @extend_schema(
        operation_id="step_pass",
        summary="Leave it to somebody else",
        request=StepPassBody,
        responses=DecidedShown,
        tags=["Approvals"],
        extensions=CONFLICTS,
    )
    def pass_on(self, request: Request, ref: str) -> Response:
        """To one of those who may decide it as well. It goes out of your inbox."""
        said, user = self.body(StepPassBody), person(request)
        step = inbox.asked_step(user, ref)
        to = passing.candidate(said["to"])
        passing.pass_on(step_id=step.pk, by=user, to=to, reason=said["reason"])
        return self._decided(ref)

    @extend_schema(
        operation_id="step_undo",
        summary="Take my decision back",
        request=None,
        responses=DecidedShown,
        tags=["Approvals"],
        extensions={"x-refuses": ["wrong_state"]},
    )
    def undo(self, request: Request, ref: str) -> Response:
        """Within ten seconds, before anything left the portal because of it; the step is asked anew."""
        undoing.undo(step_id=ref, by=person(request))
        return self._decided(ref)

    @extend_schema(
        operation_id="approvals_sheet",
        summary="What of these could be approved together?",
        parameters=[SheetAsked],
        responses=SheetShown,
        tags=["Approvals"],
    )
    def sheet(self, request: Request) -> Response:
        """Exactly what one press would approve, with totals by cost centre, and why the rest is looked at by itself."""
        return Response(SheetShown(batch.sheet(person(request), self.query(SheetAsked)["refs"])).data)

    @extend_schema(
        operation_id="approvals_batch",
        summary="Say yes to several",
        request=BatchBody,
        responses=BatchShown,
        tags=["Approvals"],
    )
    def batch(self, request: Request) -> Response:
        """Each for itself: what is refused says why in its result, and holds up no other."""
        items = [(item["ref"], item["seen"]) for item in self.body(BatchBody)["items"]]
        return Response(BatchShown({"results": batch.approve(by=person(request), items=items)}).data)

    def _decided(self, ref: str) -> Response:
        step = inbox.asked_step(person(self.request), ref)
        done = history.just_decided(person(self.request), ref)
        return Response(DecidedShown(step, context={"undo_until": done.until if done else None}).data)


def confirmed(request: Request) -> bool:
    """Was the password given once more in this session? Never with a token: it cannot be asked."""
    return not isinstance(request.auth, ApiToken) and step_up.fresh(request.session)
