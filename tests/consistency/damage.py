"""Planting damage by raw SQL into requests that were truly played: what a script, a hand or a half restored backup would do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from django.db import connection, models

from approvals.models import ApprovalStep
from integrations.models import OutboxMessage
from portal.audit.models import Event
from portal.desk.consistency.database import ADDED_TO_ONLY
from requests_app.models import RequestItem, ServiceRequest
from sla.models import Clock

Plant = Callable[[SimpleNamespace], str]
DAMAGES: list[tuple[Plant, tuple[str, ...]]] = []


def damage(*codes: str) -> Callable[[Plant], Plant]:
    """Exactly these codes must be found, the first of them on the subject that the function returns."""

    def register(plant: Plant) -> Plant:
        DAMAGES.append((plant, codes))
        return plant

    return register


def set_columns(row: models.Model, **values: Any) -> None:
    columns = ", ".join(f'"{name}" = %s' for name in values)
    with unguarded(row._meta.db_table) as execute:
        execute(f'UPDATE "{row._meta.db_table}" SET {columns} WHERE id = %s', [*values.values(), row.pk])  # noqa: S608


def remove(row: models.Model) -> None:
    with unguarded(row._meta.db_table) as execute:
        execute(f'DELETE FROM "{row._meta.db_table}" WHERE id = %s', [row.pk])  # noqa: S608


def again(row: models.Model, **values: Any) -> None:
    """The same row once more, with other values, under a new key."""
    copied = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields} | values
    del copied["id"]
    type(row)._base_manager.bulk_create([type(row)(**copied)])


@contextmanager
def unguarded(table: str) -> Iterator[Callable[..., Any]]:
    """A cursor's execute while the triggers of an append-only table are off."""
    with connection.cursor() as cursor:
        kept = table in ADDED_TO_ONLY
        if kept and connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_kept")
        elif kept:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [f"{table}_kept"])
            trigger = cursor.fetchone()[0]
            cursor.execute(f"DROP TRIGGER {table}_kept")
        yield cursor.execute
        if kept and connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_kept")
        elif kept:
            cursor.execute(trigger)


def line(request: ServiceRequest, code: str) -> RequestItem:
    return request.lines.get(code=code)


def step(request: ServiceRequest, state: str) -> ApprovalStep:
    return ApprovalStep.objects.filter(approval__request=request, state=state).order_by("pk")[0]


def clock(request: ServiceRequest, kind: str) -> Clock:
    return Clock.objects.filter(request=request, kind=kind).latest("pk")


def message(request: ServiceRequest) -> OutboxMessage:
    return OutboxMessage.objects.filter(request=request).order_by("pk")[0]


def event(request: ServiceRequest, action: str) -> Event:
    return Event.objects.filter(case=request.public_id, action=action).order_by("pk")[0]


def named(row: Any, kind: str) -> str:
    return f"{kind}:{row.pk}"
