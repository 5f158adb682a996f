"""What this app does when the core says that something became true: it writes rows, the world hears later."""

from typing import Any

from integrations import outbox


def on_request_approved(*, request: Any, by: Any, **_: Any) -> None:
    outbox.enqueue_purchase_orders(request=request, by=by)


def on_request_cancelled(*, request: Any, by: Any, **_: Any) -> None:
    outbox.void_messages(request=request, by=by)
