"""What clocks do when something became true elsewhere; portal/flow.py says which fact reaches which."""

from typing import TYPE_CHECKING, Any

from requests_app.models import ServiceRequest, Wait, WardQuestion
from requests_app.states import RequestState
from sla import clocks, pausing, undoing
from sla.models import Clock

if TYPE_CHECKING:
    from portal.accounts.models import User


def on_step_opened(
    request: ServiceRequest, step_ref: str, calendar: str, by: "User", within: str = "", **_: Any
) -> None:
    clocks.start_approval_clock(request=request, about=step_ref, calendar=calendar, by=by, within=within)


def on_step_closed(request: ServiceRequest, step_ref: str, outcome: str, by: "User", **_: Any) -> None:
    if request.state == RequestState.APPROVED and outcome == "approved":
        return  # this was the last decision: on_request_approved stops its clock and starts the others
    ended = None if outcome in ("approved", "rejected") else Clock.Outcome.CANCELLED
    clocks.stop_clock(request=request, kind=Clock.Kind.APPROVAL, about=step_ref, by=by, outcome=ended)


def on_request_approved(request: ServiceRequest, by: "User", **_: Any) -> None:
    clocks.start_work_clocks(request=request, by=by)


def on_request_undecided(request: ServiceRequest, by: "User", **_: Any) -> None:
    undoing.stop_work(request=request, by=by)


def on_decision_undone(
    request: ServiceRequest, reopened: list[str], recalled: list[str], by: "User", **_: Any
) -> None:
    undoing.ask_again(request=request, reopened=reopened, recalled=recalled, by=by)


def on_question_asked(question: WardQuestion, by: "User", **_: Any) -> None:
    """Who decides waits for an answer: their time stands still. Work that waits says so itself (`on_work_paused`)."""
    if question.step_ref:
        pausing.pause_decision(request=question.request, about=question.step_ref, by=by)


def on_question_answered(question: WardQuestion, by: "User", **_: Any) -> None:
    if question.step_ref:
        pausing.resume_decision(request=question.request, about=question.step_ref, by=by)


def on_work_released(request: ServiceRequest, by: "User", **_: Any) -> None:
    clocks.start_work_clocks(request=request, by=by)


def on_request_returned(request: ServiceRequest, by: "User", **_: Any) -> None:
    clocks.stop_all(request=request, by=by)


def on_fulfilment_started(request: ServiceRequest, by: "User", **_: Any) -> None:
    clocks.stop_response(request=request, by=by)


def on_request_fulfilled(request: ServiceRequest, by: "User", **_: Any) -> None:
    clocks.stop_fulfilment(request=request, by=by)


def on_request_rejected(request: ServiceRequest, by: "User", **_: Any) -> None:
    clocks.stop_all(request=request, by=by)


def on_request_cancelled(request: ServiceRequest, by: "User", **_: Any) -> None:
    clocks.stop_all(request=request, by=by)


def on_work_paused(request: ServiceRequest, wait: Wait, by: "User", **_: Any) -> None:
    pausing.pause(request=request, wait=wait, by=by)


def on_work_resumed(request: ServiceRequest, by: "User", **_: Any) -> None:
    pausing.resume(request=request, by=by)


def on_work_made_safe(request: ServiceRequest, by: "User", **_: Any) -> None:
    pausing.help_arrived(request=request, by=by)
