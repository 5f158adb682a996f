"""What these tests do again and again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from integrations import dispatch, reconciliation
from integrations.models import ExternalReference, OutboxMessage
from portal import clock
from requests_app import lifecycle
from requests_app.models import CaseException, ServiceRequest
from tests.fake_odoo.instance import FakeOdoo
from tests.journeys import fresh

UNDONE = 11  # seconds: nobody can take the decision back any more
LEASE_OVER = 121


class Killed(BaseException):
    """The worker ends here, as by kill -9: nothing catches it and nothing is recorded."""


def connect_to(fake: FakeOdoo, settings: Any) -> None:
    settings.ODOO_URL = settings.ODOO_PUBLIC_URL = fake.url
    settings.ODOO_DB, settings.ODOO_USER, settings.ODOO_PASSWORD = fake.db, fake.user, fake.password
    settings.ODOO_TIMEOUT = 10


@contextmanager
def later(seconds: float) -> Iterator[None]:
    """So many seconds later than now (as the clock says it outside)."""
    with clock.at(clock.now() + timedelta(seconds=seconds)):
        yield


def dispatch_later(seconds: float = UNDONE, **more: Any) -> dict[str, int]:
    with later(seconds):
        return dispatch.run(**more)


def poll() -> dict[str, int]:
    return reconciliation.poll(now=clock.now())


def kill(_placed: object) -> None:
    raise Killed


def message(request: ServiceRequest) -> OutboxMessage:
    return OutboxMessage.objects.get(request=request)


def order(request: ServiceRequest) -> ExternalReference:
    return ExternalReference.objects.get(request=request, model=ExternalReference.ORDER)


def promised(repair: ServiceRequest) -> OutboxMessage:
    return OutboxMessage.objects.get(request=repair, kind=OutboxMessage.Kind.MAINTENANCE_REQUEST)


def record(repair: ServiceRequest) -> ExternalReference:
    return ExternalReference.objects.get(request=repair, model=ExternalReference.MAINTENANCE)


def cancel_repair(world: SimpleNamespace, repair: ServiceRequest) -> ServiceRequest:
    return lifecycle.cancel(request=fresh(repair), by=world.nurse, reason="Solved it ourselves")


def line_states(request: ServiceRequest) -> dict[str, str]:
    return dict(request.lines.values_list("code", "state"))


def outcomes(message: OutboxMessage) -> list[str]:
    return list(message.deliveries.values_list("outcome", flat=True))


def open_exceptions(request: ServiceRequest) -> list[tuple[str, str]]:
    found = CaseException.objects.filter(request=request, closed_at=None)
    return sorted(found.values_list("kind", "owner_role"))
