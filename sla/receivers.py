"""What clocks do when something became true elsewhere; portal/flow.py says which fact reaches which."""

from typing import TYPE_CHECKING, Any

from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from sla import clocks
from sla.models import Clock

if TYPE_CHECKING:
    from portal.accounts.models import User


def on_step_opened(request: ServiceRequest, step_ref: str, calendar: str, by: "User", **_: Any) -> None:
    clocks.start_approval_clock(request=request, about=step_ref, calendar=calendar, by=by)


def on_step_closed(request: ServiceRequest, step_ref: str, outcome: str, by: "User", **_: Any) -> None:
    if request.state == RequestState.APPROVED:
        return  # this was the last decision: on_request_approved stops its clock and starts the others
    ended = None if outcome in ("approved", "rejected") else Clock.Outcome.CANCELLED
    clocks.stop_clock(request=request, kind=Clock.Kind.APPROVAL, about=step_ref, by=by, outcome=ended)


def on_request_approved(request: ServiceRequest, by: "User", **_: Any) -> None:
    clocks.start_work_clocks(request=request, by=by)


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
