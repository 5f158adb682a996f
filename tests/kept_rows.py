"""Keeps the rows of a world that was built once, so that the next test inserts them table by table.

Building takes 600 queries through the verbs; putting kept rows back takes one statement per table, written once: most
tests begin with it. Keys are kept too: a sequence of PostgreSQL never goes back with a rolled back test, so they are not
given out twice.
"""

from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection, models, transaction

from approvals.models import BudgetEntry
from portal.accounts.models import User

APPS = ("accounts", "audit", "requests_app", "approvals", "sla", "integrations", "notify")
_kept: dict[
    str, tuple[object, list[tuple[str, list[tuple[Any, ...]]]]]
] = {}  # a statement, and the values of each row


def keep(name: str) -> None:
    """Remember every row of the tables of APPS under `name`, for this process."""
    found = [(model, list(model._base_manager.all())) for model in _tables()]
    _kept[name] = (_numbering(), [_written(model, rows) for model, rows in found if rows])


def put_back(name: str) -> bool:
    """Insert the rows kept under `name`; False where there are none, or where the tables are not empty."""
    numbering, tables = _kept.get(name, (None, []))
    if not tables or numbering != _numbering() or User.objects.exists() or Group.objects.exists():
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        for statement, rows in tables:
            cursor.executemany(statement, rows)
    return True


def _written(model: type[models.Model], rows: list[models.Model]) -> tuple[str, list[tuple[Any, ...]]]:
    """One INSERT for rows of `model`, and what it takes for each of them."""
    fields, quoted = model._meta.concrete_fields, connection.ops.quote_name
    names = ", ".join(quoted(field.column) for field in fields)
    marks = ", ".join("%s" for _field in fields)
    statement = f"INSERT INTO {quoted(model._meta.db_table)} ({names}) VALUES ({marks})"  # noqa: S608 (names of columns)
    return statement, [
        tuple(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields)
        for row in rows
    ]


def _tables() -> list[type[models.Model]]:
    own = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in APPS]
    own.sort(
        key=lambda model: model is not BudgetEntry
    )  # first, for the database adds them to periods that stand
    return [Group, *(model for model in own if model._meta.managed and not model._meta.proxy)]


def _numbering() -> object:
    """The keys of the permissions that kept rows point at: emptying the tables gives them new ones."""
    return tuple(Permission.objects.filter(codename="work_here").order_by("pk").values_list("pk", flat=True))
