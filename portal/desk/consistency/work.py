"""Work of teams: that what was asked stands beside the request, and that bundles and emergencies go on or end."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.desk.consistency.finding import Finding
from requests_app.models import EmergencyCall, ServiceRequest
from requests_app.states import ENDED_STATES, Kind, Priority, RequestState
from requests_app.transport import moves

S = RequestState
WAITS = (S.SUBMITTED, S.APPROVED)  # nobody has an emergency yet


def check() -> Iterator[Finding]:
    """Five queries."""
    yield from _beside()
    yield from _private()
    yield from _tasks()
    yield from _bundles()
    yield from _calls()


def _beside() -> Iterator[Finding]:
    """A repair has its row, a move has its own, and nothing else has one."""
    sent = ServiceRequest.objects.exclude(submitted_at=None)
    missing = Q(category__kind=Kind.REPAIR, repair=None) | Q(category__kind=Kind.TRANSPORT, move=None)
    astray = ~Q(category__kind=Kind.REPAIR) & Q(repair__isnull=False) | ~Q(category__kind=Kind.TRANSPORT) & Q(
        move__isnull=False
    )
    for pk, number, kind in _rows(sent.filter(missing | astray), "category__kind"):
        yield _wrong("work.row", pk, number, f"asked as “{kind}”, it has not the row that belongs to that.")


def _private() -> Iterator[Finding]:
    """A transfer after death is private, and nothing else is. A draft that came back may say something else already."""
    after_death = Q(move__what=moves.AFTER_DEATH)
    wrong = Q(after_death, private=False) | Q(~after_death | Q(move=None), private=True)
    for pk, number, private in _rows(
        ServiceRequest.objects.exclude(submitted_at=None).filter(wrong), "private"
    ):
        yield _wrong(
            "work.private", pk, number, "hidden without a reason." if private else "shown to everybody."
        )


def _tasks() -> Iterator[Finding]:
    wrong = Q(task__isnull=False, parent=None) | Q(parent__isnull=False) & ~Q(
        parent__category__kind=Kind.BUNDLE
    )
    for pk, number, parent in _rows(ServiceRequest.objects.filter(wrong), "parent"):
        yield _wrong("bundle.task", pk, number, f"a task of {parent}, which is no bundle.")


def _bundles() -> Iterator[Finding]:
    left = Exists(ServiceRequest.objects.filter(parent=OuterRef("pk")).exclude(state__in=ENDED_STATES))
    wrong = Q(left, state__in=ENDED_STATES) | Q(~left, state=S.IN_FULFILMENT) | Q(state=S.APPROVED)
    for pk, number, state in _rows(ServiceRequest.objects.filter(wrong, category__kind=Kind.BUNDLE), "state"):
        yield _wrong("bundle.state", pk, number, f"it is “{state}”, and its tasks say something else.")


def _calls() -> Iterator[Finding]:
    over = EmergencyCall.objects.filter(ended_at=None).exclude(
        request__state__in=WAITS, request__priority=Priority.EMERGENCY
    )
    for pk, number, state in over.order_by("pk").values_list("request", "request__number", "request__state"):
        yield _wrong("call.over", pk, number, f"people are still told, and it is “{state}”.")


def _rows(found: QuerySet[ServiceRequest], column: str) -> Iterator[tuple[Any, ...]]:
    return found.order_by("pk").values_list("pk", "number", column).iterator()


def _wrong(code: str, pk: int, number: str | None, what: str) -> Finding:
    return Finding(code, f"request:{pk}", f"{number}: {what}")
