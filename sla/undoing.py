"""A decision was taken back: its clock goes on as if it had never stopped, and nothing else that it started is timed."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from portal.clock import now
from portal.facts import verb
from requests_app import access
from requests_app.models import ServiceRequest
from sla import clocks
from sla.models import Clock, ClockEvent

if TYPE_CHECKING:
    from portal.accounts.models import User


@verb
def ask_again(
    *, request: ServiceRequest, reopened: Iterable[str], recalled: Iterable[str], by: "User"
) -> None:
    """Steps ('step:12') that are asked again have the time that they had; those that wait for their turn have none."""
    locked = access.locked(request)
    for about in recalled:
        clocks.stop_clock(
            request=locked, kind=clocks.APPROVAL, about=about, by=by, outcome=Clock.Outcome.CANCELLED
        )
    known = clocks.of(locked)
    again = [clock for about in reopened if (clock := _last(known, about))]
    for clock in again:
        clock.state, clock.stopped_at, clock.outcome = Clock.State.RUNNING, None, ""
        clock.next_check_at = now()
        clock.save()
    clocks.record(again, ClockEvent.Kind.STARTED, by)
    clocks.project(request, locked, known)


def _last(known: list[Clock], about: str) -> Clock | None:
    """The clock of this decision that stopped last; None where one runs, or none was ever started."""
    of_step = [clock for clock in known if clock.kind == clocks.APPROVAL and clock.about == about]
    if any(clock.is_running for clock in of_step):
        return None
    return max(of_step, key=lambda clock: clock.pk, default=None)


@verb
def stop_work(*, request: ServiceRequest, by: "User") -> None:
    """Nobody has to take it or to bring it: it waits for a decision."""
    for kind in clocks.TEAM_CLOCKS:
        clocks.stop_clock(request=request, kind=kind, by=by, outcome=Clock.Outcome.CANCELLED)
