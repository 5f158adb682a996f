"""What would fail silently later is said at the start."""

import pytest
from django.core.checks import run_checks
from django.dispatch import Signal

from portal import checks
from requests_app import signals


def ids(found) -> list[str]:
    return [message.id for message in found]


def test_the_project_passes() -> None:
    assert not run_checks(tags=["portal"])


def test_a_fact_nobody_hears(monkeypatch) -> None:
    monkeypatch.setattr(signals, "request_forgotten", Signal(), raising=False)
    (error,) = checks.every_fact_is_heard()
    assert error.id == "portal.E001"
    assert "requests_app.signals.request_forgotten" in error.msg
    assert "portal/flow.py" in error.hint


def test_a_sweep_that_does_not_exist(monkeypatch) -> None:
    monkeypatch.setattr(checks, "BEATS", {"moon": {"sla.tasks.sweep_tides": 30, "nowhere.tasks.run": 5}})
    assert ids(checks.every_scheduled_task_exists()) == ["portal.E002", "portal.E002"]


@pytest.mark.parametrize("missing", ["ODOO_URL", "ODOO_DB", "ODOO_USER", "ODOO_PASSWORD"])
def test_half_an_odoo(settings, missing: str) -> None:
    for name in ("ODOO_URL", "ODOO_DB", "ODOO_USER", "ODOO_PASSWORD"):
        setattr(settings, name, "" if name == missing else "http://odoo.example")
    (error,) = checks.odoo_is_whole_or_absent()
    assert error.id == "portal.E003"
    assert f"{missing} missing" in error.msg


def test_production_is_demanding(settings, monkeypatch) -> None:
    settings.PRODUCTION = True
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    settings.REDIS_URL = settings.ODOO_URL = ""
    assert ids(checks.production_is_meant()) == [
        "portal.E005",
        "portal.E006",
        "portal.E007",
        "portal.E008",
        "portal.W009",
    ]


def test_production_is_never_a_demonstration(settings) -> None:
    """The settings refuse it already; whoever sets it behind their back is told."""
    settings.PRODUCTION = True
    assert "portal.E012" not in ids(checks.production_is_meant())
    settings.DEMO = True
    assert "portal.E012" in ids(checks.production_is_meant())


def test_before_migrate_there_is_nothing_to_complain_about(monkeypatch) -> None:
    monkeypatch.setattr(checks, "_migrated", lambda database: False)
    assert not checks.requests_find_a_policy_and_a_calendar(databases=["default"])


@pytest.mark.django_db
def test_no_policy_and_no_calendar() -> None:
    from requests_app.models import Category

    Category.objects.all().delete()
    Category.objects.create(code="supply", name="Supply")
    Category.objects.create(code="closed", name="Closed", active=False)
    found = checks.requests_find_a_policy_and_a_calendar(databases=["default"])
    assert ids(found) == ["portal.W010", "portal.W011"]
    assert "supply" in found[0].msg


@pytest.mark.django_db
def test_a_published_policy_is_enough() -> None:
    from approvals.models import ApprovalPolicy
    from requests_app.models import Category

    Category.objects.all().delete()
    supply = Category.objects.create(code="supply", name="Supply")
    policy = ApprovalPolicy.objects.create(code="supply", category=supply, name="Supply")
    assert "portal.W010" in ids(checks.requests_find_a_policy_and_a_calendar(databases=["default"]))
    ApprovalPolicy.objects.filter(pk=policy.pk).update(status=ApprovalPolicy.Status.PUBLISHED)
    assert "portal.W010" not in ids(checks.requests_find_a_policy_and_a_calendar(databases=["default"]))
