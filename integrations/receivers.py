"""What this app does when the core says that something became true: it writes rows, the world hears later."""

from typing import Any

from integrations import maintenance_outbox, outbox


def on_request_approved(*, request: Any, by: Any, **_: Any) -> None:
    outbox.enqueue_purchase_orders(request=request, by=by)
    maintenance_outbox.enqueue_maintenance(request=request, by=by)


def on_request_undecided(*, request: Any, by: Any, **_: Any) -> None:
    outbox.take_back(request=request, by=by)


def on_request_cancelled(*, request: Any, by: Any, **_: Any) -> None:
    outbox.void_messages(request=request, by=by)
    maintenance_outbox.void_maintenance(request=request, by=by)
    maintenance_outbox.enqueue_stage(request=request, by=by)


def on_work_ended(*, request: Any, by: Any, **_: Any) -> None:
    maintenance_outbox.enqueue_stage(request=request, by=by)


def on_request_reopened(*, request: Any, by: Any, **_: Any) -> None:
    maintenance_outbox.enqueue_stage(request=request, by=by)
