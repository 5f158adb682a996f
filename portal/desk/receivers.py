"""What the desk hears: emergencies are called out and stop, and a duty that somebody took is covered again."""

from typing import Any

from portal.accounts.models import DutyHolder, User
from portal.desk import duty_watch, emergencies
from requests_app.models import ServiceRequest


def on_request_submitted(*, request: ServiceRequest, by: User, **_: Any) -> None:
    emergencies.raise_call(request=request, by=by)


def on_fulfilment_started(*, request: ServiceRequest, by: User, **_: Any) -> None:
    emergencies.stop(request=request, by=by)


def on_request_returned(*, request: ServiceRequest, by: User, **_: Any) -> None:
    emergencies.stop(request=request, by=by)


def on_request_rejected(*, request: ServiceRequest, by: User, **_: Any) -> None:
    emergencies.stop(request=request, by=by)


def on_request_cancelled(*, request: ServiceRequest, by: User, **_: Any) -> None:
    emergencies.stop(request=request, by=by)


def on_duty_taken(*, held: DutyHolder, by: User, **_: Any) -> None:
    duty_watch.covered(duty=held.duty, by=by)
