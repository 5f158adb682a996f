"""System checks: what would fail silently later is said at the start, with the remedy. `manage.py serve` obeys them."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from celery import Task
from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.db.models import QuerySet
from django.dispatch import Signal
from django.utils.module_loading import import_string

from portal.celery import BEATS

SPEAKERS = ("portal.accounts", "portal.notify", "requests_app", "approvals", "sla", "integrations")
CATEGORY, POLICY, CALENDAR = "requests_app.Category", "approvals.ApprovalPolicy", "sla.BusinessCalendar"


def facts() -> dict[str, Signal]:
    """Every fact that an app can publish, by its dotted name."""
    modules = [import_module(f"{app}.signals") for app in SPEAKERS if find_spec(f"{app}.signals")]
    return {
        f"{module.__name__}.{name}": value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, Signal)
    }


@register("portal")
def every_fact_is_heard(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"Nobody hears the fact {name}.",
            hint="Give it a row in portal/flow.py; if it has one, portal.apps.PortalConfig.ready() did not run.",
            id="portal.E001",
        )
        for name, fact in facts().items()
        if not fact.has_listeners()
    ]


@register("portal")
def every_scheduled_task_exists(**kwargs: Any) -> list[CheckMessage]:

    # Not app.loader.import_default_modules(): Celery would run the checks again, for ever.
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.tasks"):
            import_module(f"{config.name}.tasks")
    return [
        Error(
            f"The beat {beat} asks for the task {task}, which does not exist.",
            hint="Mend its name in portal/celery.py, or write the task.",
            id="portal.E002",
        )
        for beat, entries in BEATS.items()
        for task in entries
        if not _exists(task)
    ]


@register("portal")
def odoo_is_whole_or_absent(**kwargs: Any) -> list[CheckMessage]:
    names = ("ODOO_URL", "ODOO_DB", "ODOO_USER", "ODOO_PASSWORD")
    missing = [name for name in names if not getattr(settings, name)]
    if missing and len(missing) < len(names):
        return [
            Error(
                f"Odoo is configured by half: {', '.join(missing)} missing.",
                hint=f"Set all of {', '.join(names)}, or none of them.",
                id="portal.E003",
            )
        ]
    return []


@register("portal")
def files_are_served_by_nobody_else(**kwargs: Any) -> list[CheckMessage]:
    """What people attach is handed out by its own view; a folder that is served as it is would go round it."""
    media = Path(settings.MEDIA_ROOT).resolve()
    dirs = [folder[1] if isinstance(folder, tuple) else folder for folder in settings.STATICFILES_DIRS]
    served = [Path(str(folder)).resolve() for folder in (settings.STATIC_ROOT, *dirs)]
    open_to_all = [folder for folder in served if media == folder or folder in media.parents]
    if not open_to_all and settings.MEDIA_URL in ("", "/"):
        return []
    return [
        Error(
            f"Attachments in {media} would be served without asking who may see them.",
            hint="Keep MEDIA_ROOT outside the static files, and leave MEDIA_URL empty.",
            id="portal.E014",
        )
    ]


@register(Tags.security, deploy=True)
def attachments_are_scanned(**kwargs: Any) -> list[CheckMessage]:
    if settings.CLAMD_URL:
        return []
    return [
        Warning(
            "No virus scanner is set: attachments are handed out unscanned.",
            hint="Set CLAMD_URL=tcp://host:3310 or unix:/path, so that they wait until they are found clean.",
            id="portal.W015",
        )
    ]


@register(Tags.security, deploy=True)
def production_is_meant(**kwargs: Any) -> list[CheckMessage]:
    """What PORTAL_ENV=production demands beyond Django's own deploy checks."""
    found: list[CheckMessage] = []
    if not settings.PRODUCTION:
        return [Warning("PORTAL_ENV is not production.", hint="Set PORTAL_ENV=production.", id="portal.W004")]
    if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        found.append(
            Error(
                "Production keeps its data in SQLite.",
                hint="Set DATABASE_URL=postgresql://...",
                id="portal.E005",
            )
        )
    if not settings.REDIS_URL:
        found.append(Error("Production has no broker.", hint="Set REDIS_URL=redis://...", id="portal.E006"))
    if len(settings.SECRET_KEY) < 50 or len(set(settings.SECRET_KEY)) < 5:
        found.append(
            Error(
                "SECRET_KEY can be guessed.",
                hint="Make one of at least 50 random characters.",
                id="portal.E007",
            )
        )
    if settings.DEMO:
        found.append(
            Error(
                "Anybody could sign in as anybody of the demonstration.",
                hint="Leave PORTAL_DEMO out.",
                id="portal.E012",
            )
        )
    if not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE and settings.SECURE_SSL_REDIRECT):
        found.append(
            Error("Cookies would travel without HTTPS.", hint="Leave them as they are.", id="portal.E008")
        )
    if not settings.ODOO_URL:
        found.append(
            Warning(
                "No Odoo is configured: orders wait here.",
                hint="Set ODOO_URL and the others.",
                id="portal.W009",
            )
        )
    return found


@register(Tags.database)
def requests_find_a_policy_and_a_calendar(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warnings, not errors: a request without them is not lost, it is owned by somebody as an exception."""
    found: list[CheckMessage] = []
    for database in databases or []:
        if not _migrated(database):
            continue
        ruled = _rows(POLICY, database).filter(status="published").values("category")
        for category in _rows(CATEGORY, database).filter(active=True).exclude(pk__in=ruled):
            found.append(
                Warning(
                    f"No approval policy is published for the category {category.code}.",
                    hint="Publish one, or run manage.py seed. Until then each such request waits for a policy owner.",
                    id="portal.W010",
                )
            )
        if not _rows(CALENDAR, database).exists():
            found.append(
                Warning(
                    "There is no business calendar, so no clock can run.",
                    hint="Add one, or run manage.py seed.",
                    id="portal.W011",
                )
            )
    return found


def _exists(task: str) -> bool:
    try:
        return isinstance(import_string(task), Task)
    except ImportError:
        return False


def _rows(model: str, database: str) -> QuerySet[Any]:
    return apps.get_model(model)._default_manager.using(database).all()


def _migrated(database: str) -> bool:
    """False before `migrate`, when there is nothing to complain about yet."""
    wanted = {apps.get_model(name)._meta.db_table for name in (CATEGORY, POLICY, CALENDAR)}
    return wanted <= set(connections[database].introspection.table_names())
