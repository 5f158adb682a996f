"""Lists as files: which rows and columns, and how a cell is written so that no program takes it for a formula."""

import csv
import io
import re
from array import array
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from portal.audit import events
from portal.facts import verb
from requests_app import list_page, listing
from requests_app.models import ServiceRequest
from requests_app.states import Priority, RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User
    from portal.accounts.scopes import Reach
    from requests_app.list_page import Asked

CHUNK = 500  # rows that are in memory
# What `columns` read; without it a row costs three times as much.
READ = (
    "public_id", "number", "title", "priority", "state", "held_by", "amount", "currency", "submitted_at", "due_at", "taken_at",
    "fulfilled_at", "closed_at", "category__name", "hospital__name", "hospital__time_zone", "department__name",
    "requester__first_name", "requester__last_name",
)  # fmt: skip
Cell = str | int | Decimal | datetime | None
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]+")
# What begins a formula in some program, also behind blanks, in its wide form, or behind what parts cells elsewhere.
FORMULA = re.compile(r"(^|[;|])([\s'\"]*)(?=[=+\-@＝＋－＠﹢﹣﹦﹫−])")


def safe(text: str) -> str:
    """`text` on one line, with an apostrophe before whatever a program could calculate. PURE."""
    return FORMULA.sub(r"\1'\2", CONTROL.sub(" ", text))


def columns() -> list[tuple[str, Callable[[ServiceRequest], Cell]]]:
    """Heading and value of each column. Never a bed, initials, a note or an answer."""
    # `get_state_display` looks at every choice anew, which was most of what a row cost.
    priorities, states = (
        {value.value: str(value.label) for value in kind} for kind in (Priority, RequestState)
    )
    return [
        (_("Number"), lambda row: row.number),
        (_("Type"), lambda row: row.category.name),
        (_("What"), lambda row: row.title),
        (_("Priority"), lambda row: priorities[row.priority]),
        (_("State"), lambda row: states[row.state]),
        (_("Where it stands"), lambda row: states[row.state] if row.closed_at else listing.where_of(row)),
        (_("Hospital"), lambda row: row.hospital.name),
        (_("Ward or department"), lambda row: row.department.name),
        (_("Asked for by"), lambda row: row.requester.get_full_name()),
        (_("Lines"), lambda row: row.line_count or 0),
        (_("Amount"), lambda row: row.amount),
        (_("Currency"), lambda row: row.currency),
        (_("Sent"), lambda row: _local(row, row.submitted_at)),
        (_("Due"), lambda row: _local(row, row.due_at)),
        (_("Taken"), lambda row: _local(row, row.taken_at)),
        (_("Done"), lambda row: _local(row, row.fulfilled_at)),
        (_("Ended"), lambda row: _local(row, row.closed_at)),
        (_("Break-glass"), lambda row: _("Yes") if getattr(row, "broken", False) else ""),
    ]


def _local(row: ServiceRequest, moment: datetime | None) -> datetime | None:
    """As the clock on the wall there says, without its zone."""
    return moment and moment.astimezone(ZoneInfo(row.hospital.time_zone)).replace(tzinfo=None)


def keys(user: "User", asked: "Asked", held: "dict[str, Reach]", only: Iterable[str] = ()) -> "array[int]":
    """Keys of the rows of this list, newest first, 8 bytes each; of those with `only` of these public ids. One query.

    What only its writer, requester and team see (a transfer after death) is in no file.
    """
    found = list_page.rows(user, asked, held).filter(private=False)
    if chosen := list(only):
        found = found.filter(public_id__in=chosen)
    rows = found.all().order_by("-created_at", "-pk").values_list("pk", flat=True)
    return array("q", rows.iterator(chunk_size=5000))


def rows_of(wanted: "array[int]") -> Iterator[list[Cell]]:
    """The cells of each of these rows, in their order. Two queries for each CHUNK."""
    values = [value for _heading, value in columns()]
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        found = ServiceRequest.objects.filter(pk__in=part, private=False)
        shown = {row.pk: row for row in listing.dressed(found).only(*READ)}
        broken = events.cases_with(events.BREAK_GLASS, [row.public_id for row in shown.values()])
        for row in shown.values():
            row.broken = row.public_id in broken  # type: ignore[attr-defined]
        for pk in part:
            if pk in shown:
                yield [value(shown[pk]) for value in values]


def csv_lines(wanted: "array[int]", told: Callable[[int], object]) -> Iterator[str]:
    """The file, a CHUNK at a time; `told` hears at the end how many rows it has, also when the reader went away."""
    count = 0
    try:
        yield "\ufeff" + _csv([[heading for heading, _value in columns()]])
        block: list[list[Cell]] = []
        for row in rows_of(wanted):
            block.append(row)
            if len(block) == CHUNK:
                yield _csv(block)
                count, block = count + len(block), []
        if block:
            yield _csv(block)
            count += len(block)
    finally:
        told(count)


def _csv(rows: list[list[Cell]]) -> str:
    place = io.StringIO()
    csv.writer(place, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerows(
        [_text(one) for one in row] for row in rows
    )
    return place.getvalue()


def _text(cell: Cell) -> Cell:
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    return safe(str(cell or "")) if not isinstance(cell, int | Decimal) else cell


@verb
def record(*, query: str, form: str, count: int, by: "User", ref: str = "", begun: bool = False) -> None:
    """Say on record that `by` began (with `count` rows to write) or got (with `count` rows) a file of the list `query`."""
    events.record(
        action="list.export_begun" if begun else "list.exported",
        by=by,
        subject=f"export:{ref}" if ref else "",
        after={"list": query[:500], "form": form, "rows": count},
    )
