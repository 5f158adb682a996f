"""The background work of the portal, in the play: each sweep at its own pace, but only when it has something to do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Min, QuerySet

from approvals import rerouting
from approvals.models import Approval
from integrations import dispatch, outbox, reconciliation
from integrations.models import OutboxMessage
from portal.accounts import scopes
from portal.accounts.models import Membership
from portal.audit.origin import acting_from
from portal.celery import BEATS
from portal.clock import now
from portal.desk import emergencies
from portal.desk.demo.buyer import BrokeOff
from portal.desk.demo.life import Life
from portal.desk.demo.stage import Stage
from portal.desk.demo.trade import Trade
from requests_app import releasing
from requests_app.models import EmergencyCall, ServiceRequest
from requests_app.states import RequestState
from sla import escalation
from sla.models import Clock

PATIENCE = (
    3600.0  # seconds of real time that a sweep may take here: its usual budget would cut the play short
)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
PACE = {task: seconds for beat in BEATS.values() for task, seconds in beat.items()}
LIVE = [OutboxMessage.State.PENDING, OutboxMessage.State.CLAIMED]


class Sweeps:
    """Looks, after everything that happened, which sweep is due next, and puts it into the queue."""

    def __init__(self, stage: Stage, life: Life, trade: Trade) -> None:
        self.stage, self.life, self.trade = stage, life, trade
        self._next: dict[str, datetime] = {}
        self._due_clock = _earliest(Clock.objects.filter(state=Clock.State.RUNNING), "next_check_at")
        to_release = ServiceRequest.objects.filter(
            state=RequestState.APPROVED, released_at=None, closed_at=None
        )
        self._due_release = _earliest(to_release, "queue_at")
        calls = EmergencyCall.objects.filter(ended_at=None)
        self._unanswered = (
            (_earliest(calls.filter(again_at=None), "raised_at"), emergencies.AGAIN_AFTER),
            (_earliest(calls.filter(manager_at=None), "raised_at"), emergencies.MANAGER_AFTER),
        )
        self._due_message = _earliest(OutboxMessage.objects.filter(state__in=LIVE), "next_attempt_at")

    def plan(self) -> None:
        """Put the next tick of each sweep that will have something to do into the queue."""
        self._at("sla.tasks.sweep_clocks", self._due_clock(), self._clocks)
        self._at("requests_app.tasks.release_due", self._due_release(), self._release)
        rungs = [raised + wait for ask, wait in self._unanswered if (raised := ask())]
        self._at("portal.desk.tasks.sweep_emergencies", min(rungs, default=None), self._emergencies)
        self._at("integrations.tasks.dispatch_outbox", self._due_message(), self._dispatch)
        self._at("integrations.tasks.poll_odoo", now() if self.trade.acted else None, self._poll)

    def roles_changed(self) -> None:
        """Put the next moment at which a role begins or ends into the queue, and look again for whom to ask."""
        begins = Membership.objects.filter(in_force=False, valid_from__gt=now()).aggregate(
            at=Min("valid_from")
        )["at"]
        ends = Membership.objects.filter(in_force=True).aggregate(at=Min("valid_until"))["at"]
        moment = min(filter(None, (begins, ends)), default=None)
        self._at("portal.accounts.tasks.expire_memberships", moment, self._expire)
        if Approval.objects.filter(status=Approval.Status.NEEDS_ROUTING).exists():
            self._at("approvals.tasks.find_deciders", now(), self._route)

    def finish(self) -> None:
        """At the end: what is due now, and one look at every open order."""
        self._release()
        self._emergencies()
        self._clocks()
        self._dispatch()
        self._poll()

    def _at(self, task: str, due: datetime | None, run: Callable[[], object]) -> None:
        if due is None:
            return
        tick = _tick(max(due, now()), PACE[task])
        if self._next.get(task, tick + timedelta(1)) > tick:
            self._next[task] = tick
            self.stage.queue.push(tick, partial(self._run, task, run))

    def _run(self, task: str, run: Callable[[], object]) -> None:
        if self._next.get(task) != self.stage.queue.moment:
            return  # an earlier tick took its place
        del self._next[task]
        with acting_from("task"):
            run()

    def _release(self) -> None:
        due = ServiceRequest.objects.filter(queue_at__lte=now(), state=RequestState.APPROVED)
        released = list(due.filter(released_at=None, closed_at=None).values_list("pk", flat=True))
        releasing.sweep()
        self.life.look_all(released)

    def _emergencies(self) -> None:
        while emergencies.sweep():
            pass

    def _clocks(self) -> None:
        while escalation.sweep()["due"]:
            pass

    def _dispatch(self) -> None:
        self.stage.odoo.set_clock(now())
        counts = dispatch.run(budget=PATIENCE)
        if counts.keys() & {"unreachable", "retry"}:
            raise BrokeOff("Odoo did not take an order in the middle of the play.")
        self.trade.see_new_orders()

    def _poll(self) -> None:
        acted, self.trade.acted = self.trade.acted, set()
        self.stage.odoo.set_clock(now())
        reconciliation.poll(now=now(), budget=PATIENCE)
        outbox.retry_unlinked(by=scopes.system_user())
        self.life.look_all(acted)

    def _route(self) -> None:
        waiting = Approval.objects.filter(status=Approval.Status.NEEDS_ROUTING)
        requests = list(waiting.values_list("request_id", flat=True))
        rerouting.retry_all(by=scopes.system_user())
        self.life.look_all(requests)

    def _expire(self) -> None:
        scopes.expire_memberships()
        self.roles_changed()


def _tick(moment: datetime, pace: int) -> datetime:
    """The first tick of a sweep after `moment`."""
    passed = (moment - EPOCH) // timedelta(seconds=pace)
    return EPOCH + (passed + 1) * timedelta(seconds=pace)


def _earliest(rows: QuerySet[Any], column: str) -> Callable[[], datetime | None]:
    """A question for the earliest `column` of `rows`, put into SQL once: it is asked after everything that happens."""
    first = rows.exclude(**{column: None}).order_by(column).values_list(column, flat=True)[:1]
    sql, params = first.query.sql_with_params()

    def ask() -> datetime | None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            found = cursor.fetchone()
        moment: datetime | None = found[0] if found else None
        return (
            moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
        )  # SQLite keeps UTC without saying so

    return ask
