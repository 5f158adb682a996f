"""Many more requests, as copies of the cases that are in the database: for measuring, and to see lists at size.

A copy happened whole weeks (and up to two minutes) earlier or later than its case, at a time at which the clocks of the
case come out the same, whoever decided was entitled, and everything lies in the past. Open copies lie within two hours
of their case. Odoo knows nothing of a copy, so cases that wait for Odoo are not copied. Only requests for supplies are: the
work of a team has rows beside its request (a repair, a move, tasks, calls) that a stencil knows nothing of.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Exists, Max, Model, OuterRef, QuerySet

from approvals.content import content_hash
from approvals.models import Decision
from integrations.models import ExternalReference, OutboxMessage
from portal import ids
from portal.accounts.models import Membership
from portal.audit.models import Event
from portal.clock import now
from portal.desk.consistency.cases import BELONGINGS
from portal.desk.demo.stencil import Copy, Rows, Stencil
from portal.notify.models import Notice
from requests_app.models import CaseException, NumberCounter, RequestItem, ServiceRequest
from requests_app.models.trail import NUMBER_SEQUENCE
from requests_app.states import Kind
from sla.calendars import compiled
from sla.models import Clock
from sla.policies import WALL_CLOCK

BATCH = 1000
OPEN_SHARE = 0.05
MOST_CASES = 400  # that are copied
WEEK = timedelta(weeks=1)
RECORDS = 1_000_000_000  # numbers of records elsewhere: far above any that Odoo gives
TABLES: tuple[Any, ...] = (
    ServiceRequest,
    *(model for _rows, model, _path in BELONGINGS.values()),
    Event,
    Notice,
)


@dataclass
class Case:
    """A case that may be copied, and the shifts at which it may have happened."""

    stencil: Stencil
    memberships: dict[int, list[Membership]]  # of those who decided
    shifts: list[timedelta] = field(default_factory=list)

    @property
    def first(self) -> datetime:
        return self.stencil.request.created_at

    @property
    def last(self) -> datetime:
        moments = [one.at for one in self.stencil.rows[Event]]
        return max([self.stencil.request.updated_at, *moments])

    def fits(self, shift: timedelta) -> bool:
        """Do the calendars and the roles agree when everything happens this much later?"""
        rows = self.stencil.rows
        return all(self._same_time(clock, shift) for clock in rows[Clock]) and all(
            self._entitled(decision, shift) for decision in rows[Decision]
        )

    def _same_time(self, clock: Clock, shift: timedelta) -> bool:
        zone = self.stencil.request.hospital.time_zone
        calendar = compiled(clock.calendar, zone) if clock.calendar else WALL_CLOCK
        return round(calendar.elapsed(clock.started_at + shift, clock.due_at + shift)) == clock.target_seconds

    def _entitled(self, decision: Decision, shift: timedelta) -> bool:
        held = self.memberships[decision.authority_id]
        then = decision.decided_at
        return _in_force(held, then) <= _in_force(held, then + shift)


def _in_force(held: list[Membership], moment: datetime) -> set[int]:
    return {
        one.pk
        for one in held
        if one.valid_from <= moment and (one.valid_until is None or moment < one.valid_until)
    }


def copy_requests(
    *,
    count: int,
    seed: int,
    say: Callable[[str], object],
    open_share: float = OPEN_SHARE,
    of: Collection[int] | None = None,
) -> int:
    """Add `count` requests, every row of each, as copies of cases that are there; the same `seed` adds the same rows.

    `open_share` of them are open, as far as there are open cases that may be copied; `of`: keys of the only cases to copy.
    `say` gets a line now and then. Nobody else should write meanwhile. Returns how many were added: 0 where there is
    nothing to copy. Publishes no facts: what a copy would have caused is among its rows.
    """
    began = now()
    rng = random.Random(seed)  # noqa: S311 (repeatable is what it is for)
    ended, running = _read(_ended(), of), _read(_open(), of)
    if not ended and not running:
        return 0
    _find_shifts(ended, began)
    say(f"Copying {len(ended)} ended and {len(running)} open requests")
    plan: list[tuple[datetime, int, Case, timedelta]] = []
    for _one in range(count):
        from_open = running and (not ended or rng.random() < open_share)
        case = rng.choice(running if from_open else ended)
        shift = _a_little_earlier(case, rng, began) if from_open else _some_week(case, rng, began)
        plan.append((case.first + shift, len(plan), case, shift))
    plan.sort(key=lambda one: one[:2])
    _write([(case.stencil, shift) for _at, _place, case, shift in plan], seed, say)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return count


# --- which cases, and when -------------------------------------------------------------------------------------------
def _settled() -> QuerySet[ServiceRequest]:
    """Supplies for which nobody waits for Odoo, and nothing is out of the ordinary."""
    waiting = [OutboxMessage.State.PENDING, OutboxMessage.State.CLAIMED]
    of_case: dict[str, Any] = {"request": OuterRef("pk")}
    return ServiceRequest.objects.filter(
        ~Exists(OutboxMessage.objects.filter(state__in=waiting, **of_case)),
        ~Exists(
            ExternalReference.objects.filter(
                model=ExternalReference.ORDER, closed_at=None, gone_at=None, **of_case
            )
        ),
        ~Exists(CaseException.objects.filter(closed_at=None, **of_case)),
        category__kind=Kind.SUPPLY,
        submitted_at__isnull=False,
    )


def _ended() -> QuerySet[ServiceRequest]:
    return _settled().filter(closed_at__isnull=False)


def _open() -> QuerySet[ServiceRequest]:
    return _settled().filter(closed_at=None)


def _read(found: QuerySet[ServiceRequest], of: Collection[int] | None) -> list[Case]:
    """The first of these cases with everything that belongs to them, whose decisions are about what they say now."""
    if of is not None:
        found = found.filter(pk__in=of)
    requests = list(found.select_related("hospital", "department").order_by("pk")[:MOST_CASES])
    by_pk: dict[Any, Rows] = {one.pk: {ServiceRequest: [one]} for one in requests}
    by_name = {one.public_id: by_pk[one.pk] for one in requests}
    for _kind, model, path in BELONGINGS.values():
        _share_out(model, path, by_pk)
    for model in (Event, Notice):
        _share_out(model, "case", by_name)
    authorities = {one.authority_id for rows in by_pk.values() for one in rows[Decision]}
    memberships: dict[int, list[Membership]] = defaultdict(list)
    for held in Membership.objects.filter(user__in=authorities):
        memberships[held.user_id].append(held)
    return [Case(Stencil(rows), memberships) for rows in by_pk.values() if _as_decided(rows)]


def _share_out(model: Any, path: str, cases: dict[Any, Rows]) -> None:
    """Give each case its rows of this table: `path` leads from a row to the key of its case."""
    for rows in cases.values():
        rows[model] = []
    related = ["calendar"] if model is Clock else []
    owner = attrgetter(path.replace("__", "."))
    joins = [*related, *([path.rpartition("__")[0]] if "__" in path else [])]
    for row in model.objects.filter(**{f"{path}__in": list(cases)}).select_related(*joins).order_by("pk"):
        cases[owner(row)][model].append(row)


def _as_decided(rows: Rows) -> bool:
    content = content_hash(rows[ServiceRequest][0], rows[RequestItem])
    return all(decision.content_hash == content for decision in rows[Decision])


def _find_shifts(cases: list[Case], end: datetime) -> None:
    """The weeks between the first of all cases and `end` at which each may have happened as well."""
    start = min((case.first for case in cases), default=end)
    for case in cases:
        zone = ZoneInfo(case.stencil.request.hospital.time_zone)
        earliest, latest = (start - case.first) // WEEK, (end - case.last) // WEEK
        for weeks in range(earliest, latest + 1):
            shift = weeks * WEEK
            shift += _offset(case.first, zone) - _offset(case.first + shift, zone)
            if case.first + shift >= start and case.last + shift < end and (not weeks or case.fits(shift)):
                case.shifts.append(shift)


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def _some_week(case: Case, rng: random.Random, end: datetime) -> timedelta:
    shift = rng.choice(case.shifts)
    apart = shift + timedelta(seconds=rng.uniform(-120, 120))
    return apart if case.last + apart < end and case.fits(apart) else shift


def _a_little_earlier(case: Case, rng: random.Random, end: datetime) -> timedelta:
    """So little that no clock would have been marked meanwhile."""
    looks = [one.next_check_at for one in case.stencil.rows[Clock] if one.next_check_at]
    shift = timedelta(seconds=-rng.uniform(0, 7200))
    marked = any(end - shift >= look > end for look in looks)
    return timedelta(0) if marked or not case.fits(shift) else shift


# --- writing ---------------------------------------------------------------------------------------------------------
def _write(plan: list[tuple[Stencil, timedelta]], seed: int, say: Callable[[str], object]) -> None:
    sizes: Counter[Any] = Counter()
    for stencil, _shift in plan:
        sizes.update({model: len(rows) for model, rows in stencil.rows.items()})
    with transaction.atomic():
        keys = {model: _reserve(model, sizes[model]) for model in TABLES}
        number = _reserve_numbers(len(plan))
        record = max(RECORDS, ExternalReference.objects.aggregate(most=Max("record_id"))["most"] or 0) + 1
    with ids.seeded(seed + (keys[ServiceRequest] << 32)):  # a second run with the same seed adds others
        for start in range(0, len(plan), BATCH):
            tables: dict[Any, list[str]] = defaultdict(list)
            for stencil, shift in plan[start : start + BATCH]:
                sent = stencil.request.submitted_at
                assert sent
                copy = Copy(dict(keys), shift, f"SR-{(sent + shift).year}-{number:06d}", record)
                for model, text in stencil.fill(copy):
                    tables[model].append(text)
                for model, rows in stencil.rows.items():
                    keys[model] += len(rows)
                number, record = number + 1, record + len(stencil.rows[ExternalReference])
            with transaction.atomic():
                for model in TABLES:
                    _insert(model, "".join(tables[model]))
            done = min(start + BATCH, len(plan))
            if done % (10 * BATCH) == 0 or done == len(plan):
                say(f"{done} of {len(plan)} requests added")


def _insert(model: type[Model], text: str) -> None:
    names = [column.column for column in model._meta.concrete_fields]
    table, columns = model._meta.db_table, ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                copy.write(text)
        else:
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(_rows(text)))  # noqa: S608


UNESCAPED = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}


def _rows(text: str) -> Iterator[list[str | None]]:
    """The text format of COPY as values."""
    for line in text.split("\n")[:-1]:  # splitlines() would split at more than that
        yield [None if cell == "\\N" else _unescaped(cell) for cell in line.split("\t")]


def _unescaped(cell: str) -> str:
    return re.sub(r"\\.", lambda found: UNESCAPED[found.group()], cell) if "\\" in cell else cell


def _reserve(model: Any, count: int) -> int:
    """The first of so many keys that nothing else will be given."""
    first = (model.objects.aggregate(most=Max("pk"))["most"] or 0) + 1
    if connection.vendor != "postgresql" or not count:
        return first  # SQLite goes on behind the highest key by itself
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
        return _move(cursor, cursor.fetchone()[0], first, count)


def _reserve_numbers(count: int) -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            return _move(cursor, NUMBER_SEQUENCE, 1, count)
    counter, _made = NumberCounter.objects.get_or_create(pk=1)
    NumberCounter.objects.filter(pk=1).update(last=counter.last + count)
    return counter.last + 1


def _move(cursor: Any, sequence: str, first: int, count: int) -> int:
    cursor.execute("SELECT nextval(%s)", [sequence])
    first = max(first, cursor.fetchone()[0])
    cursor.execute("SELECT setval(%s, %s)", [sequence, first + count - 1])
    return first
