"""What the desk hears: emergencies are called out when they are sent, and stop when somebody has them or they end."""

from typing import Any

from portal.accounts.models import User
from portal.desk import emergencies
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
