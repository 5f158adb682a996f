"""What this app does when the core says that something became true."""

from typing import Any

from approvals import opening


def on_request_submitted(*, request: Any, by: Any, **_: Any) -> None:
    opening.open_approval(request=request, by=by)


def on_request_extended(*, request: Any, by: Any, **_: Any) -> None:
    opening.withdraw(request=request, by=by)
    opening.open_approval(request=request, by=by)


def on_request_cancelled(*, request: Any, by: Any, **_: Any) -> None:
    opening.withdraw(request=request, by=by)


def on_request_returned(*, request: Any, by: Any, **_: Any) -> None:
    opening.withdraw(request=request, by=by)
