"""What every move does: call a verb at the town's moment, read the tables, check the laws. And who is likely to try."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from approvals.models import Absence
from portal import clock
from portal.accounts.models import User
from portal.errors import DomainError
from requests_app.models import ServiceRequest
from tests.approvals.machine import laws, tables
from tests.approvals.machine.laws import Memory
from tests.approvals.machine.oracle import Town
from tests.approvals.machine.tables import RequestRow, StepRow
from tests.approvals.machine.town import BEGIN, Setting
from tests.journeys import seen

JUMPS = (timedelta(seconds=4), timedelta(seconds=9), timedelta(seconds=10), timedelta(seconds=11))
JUMPS += (timedelta(hours=2), timedelta(days=1), timedelta(days=3), timedelta(days=8))
REASONS = ("too much", "we have these")
ROLES = (("head", "ward"), ("finance", "hospital"), ("procurement", "hospital"), ("director", "hospital"))
SPANS = (timedelta(hours=1), timedelta(days=2), timedelta(days=7))
LIMITS = (None, None, Decimal(1000), Decimal(5000))
DATA = st.data()


@dataclass(frozen=True)
class Move:
    name: str
    weight: int
    when: Callable[[Any], Any]
    draws: dict[str, Any]


MOVES: dict[str, list[Move]] = {}


def move(
    group: str, weight: int, *, when: Callable[[Any], Any] = lambda self: True, **draws: Any
) -> Callable[..., Any]:
    """One of the moves of `group`: `weight` times in the hat, where it is possible (`when`), with these draws."""

    def keep(method: Callable[..., None]) -> Callable[..., None]:
        MOVES.setdefault(group, []).append(Move(method.__name__, weight, when, draws))
        return method

    return keep


class Playing(RuleBasedStateMachine):
    """What the moves stand on."""

    setting: Setting
    favoured: frozenset[str] = frozenset()  # moves that come first, where a search is about them
    tally: Counter[tuple[str, bool]] = Counter()  # move, was it done -> how often, in all examples

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.users = User.objects.in_bulk(list(self.setting.people))
        self.town = Town(people=self.setting.fresh_people(), moment=BEGIN + timedelta(hours=1))
        self.drafts = list(self.setting.drafts)
        self.sent: list[int] = []
        self.memory = Memory()
        self.seen: dict[int, list[tuple[str, tuple[Any, ...]]]] = {}
        self.absences: dict[int, Absence] = {}
        self.stored = tables.read([], self.setting.last_event)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    # --- what every move does ---
    def act(self, verb: Callable[..., Any], **values: Any) -> tuple[Any, DomainError | None]:
        """Call a verb at the town's moment: what it returned, or the refusal."""
        with clock.at(self.town.moment):
            try:
                return verb(**values), None
            except DomainError as refusal:
                return None, refusal

    def look(self) -> None:
        """Read the tables, and check every law against what was there before."""
        before, now = self.stored, tables.read(self.sent, self.setting.last_event)
        laws.check(before, now, self.town, self.memory)
        self.stored = now
        for pk, row in now.requests.items():
            shown = self.seen.setdefault(pk, [])
            what = (pk, *sorted(row.content.items()))
            if not shown or shown[-1][1] != what:
                shown.append((seen(ServiceRequest.objects.get(pk=pk)), what))

    def pass_time(self, by: timedelta = timedelta(seconds=1)) -> None:
        self.town.moment += by

    def done(self, name: str, refusal: DomainError | None) -> None:
        self.tally[name, refusal is None] += 1
        self.look()
        self.pass_time()

    def person(self, data: Any, likely: list[int]) -> int:
        """Often one of `likely`, else anybody."""
        if likely and data.draw(st.integers(0, 3)):
            return data.draw(st.sampled_from(likely))
        return data.draw(st.sampled_from(sorted(self.town.people)))

    def entitled(self, step: StepRow) -> list[int]:
        request = self.stored.request_of(step)
        without = self.without(step)
        people = self.town.people
        return [
            pk
            for pk in sorted(people)
            if self.town.rights(pk, step.codes, request.amount, without, late=step.late)
        ]

    def without(self, step: StepRow) -> set[int]:
        request = self.stored.request_of(step)
        mine = {pk for one in self.stored.present(step) for pk in (one.actor, one.authority)}
        run = self.stored.deciders(step.approval) if step.distinct else set()
        return laws.subjects(self.stored, request.pk, self.memory) | mine | run

    def a_step(self, data: Any) -> StepRow:
        return data.draw(st.sampled_from(self.stored.open_steps))

    def a_request(self, data: Any, *states: str) -> RequestRow:
        return data.draw(st.sampled_from(self.in_state(*states)))

    def in_state(self, *states: str) -> list[RequestRow]:
        return [row for row in self.stored.requests.values() if row.state in states]
