"""Keeps the rows of a world that was built once, so that the next test inserts them table by table.

Building takes 600 queries through the verbs; putting kept rows back takes one per table. Keys are kept too: a sequence
of PostgreSQL never goes back with a rolled back test, so they are not given out twice.
"""

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import models, transaction

from portal.accounts.models import User

APPS = ("accounts", "audit", "requests_app", "approvals", "sla", "integrations", "notify")
_kept: dict[str, tuple[object, list[tuple[type[models.Model], list[models.Model]]]]] = {}


def keep(name: str) -> None:
    """Remember every row of the tables of APPS under `name`, for this process."""
    found = [(model, list(model._base_manager.all())) for model in _tables()]
    _kept[name] = (_numbering(), [(model, rows) for model, rows in found if rows])


def put_back(name: str) -> bool:
    """Insert the rows kept under `name`; False where there are none, or where the tables are not empty."""
    numbering, tables = _kept.get(name, (None, []))
    if not tables or numbering != _numbering() or User.objects.exists() or Group.objects.exists():
        return False
    with transaction.atomic():
        for model, rows in tables:
            model._base_manager.bulk_create(rows)
    return True


def _tables() -> list[type[models.Model]]:
    own = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in APPS]
    return [Group, *(model for model in own if model._meta.managed and not model._meta.proxy)]


def _numbering() -> object:
    """The keys of the permissions that kept rows point at: emptying the tables gives them new ones."""
    return tuple(Permission.objects.filter(codename="work_here").order_by("pk").values_list("pk", flat=True))
