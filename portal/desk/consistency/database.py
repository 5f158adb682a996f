"""What the database itself must hold: the refusals of the record, the sequence of numbers, links that lead somewhere."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import Exists, OuterRef

from portal.audit.models import Event
from portal.desk.consistency.finding import Finding
from portal.desk.consistency.requests import NUMBER
from requests_app.models import NumberCounter, ServiceRequest
from requests_app.models.trail import NUMBER_SEQUENCE

ADDED_TO_ONLY = (
    "audit_event",
    "requests_app_statechange",
    "approvals_decision",
    "integrations_deliveryattempt",
    "sla_clockevent",
    "sla_clockrung",
    "requests_app_equipmentchange",
    "requests_app_teampass",
    "requests_app_workrecord",
    "requests_app_receiptdifference",
    "requests_app_comment",
    "approvals_budgetentry",
)
SUMMED = "approvals_budgetentry_summed"  # the trigger that adds entries to the sums of their period


def check() -> Iterator[Finding]:
    yield from _triggers()
    yield from _links()
    yield from _events()
    yield from _numbers()


def _query(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _triggers() -> Iterator[Finding]:
    if connection.vendor == "postgresql":
        found = _query("SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND NOT tgisinternal")
    else:
        found = _query("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    standing = {name for (name,) in found}
    for table in ADDED_TO_ONLY:
        if f"{table}_kept" not in standing:
            yield Finding(
                "record.kept", f"table:{table}", "Rows of it can be changed: the trigger is not there."
            )
    if SUMMED not in standing:
        yield Finding("budget.sums", "table:approvals_budgetentry", "Nothing adds its rows up any more.")


def _links() -> Iterator[Finding]:
    """PostgreSQL checks its links always; SQLite only where the writer switched that on."""
    if connection.vendor == "sqlite":
        for table, row, target, _number in _query("PRAGMA foreign_key_check"):
            yield Finding("rows.links", f"{table}:{row}", f"Points into {target} at nothing.")


def _events() -> Iterator[Finding]:
    request = ServiceRequest.objects.filter(public_id=OuterRef("case"))
    strays = Event.objects.exclude(case="").filter(~Exists(request)).order_by("pk")
    for pk, action, case in strays.values_list("pk", "action", "case").iterator():
        yield Finding(
            "record.subjects", f"event:{pk}", f"{action} tells of {case}, and there is no such request."
        )


def _numbers() -> Iterator[Finding]:
    """Each counted once, and none above the sequence that gives the next one."""
    if connection.vendor == "postgresql":
        last = _query(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {NUMBER_SEQUENCE}")[0][0]  # noqa: S608
    else:
        last = NumberCounter.objects.values_list("last", flat=True).first() or 0
    seen: set[int] = set()
    numbered = ServiceRequest.objects.exclude(number=None).order_by("pk").values_list("pk", "number")
    for pk, number in numbered.iterator():
        found = NUMBER.fullmatch(number)
        count = int(found.group(2)) if found else 0
        if count in seen or count > last:
            yield Finding("numbers.sequence", f"request:{pk}", f"{number}: the sequence stands at {last}.")
        if count:
            seen.add(count)
