"""What every test stands on; fixtures of one area live in that area's own conftest."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase

from tests import emptying, tables

TransactionTestCase._fixture_teardown = emptying.empty  # type: ignore[attr-defined]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# marker -> (can it run here?, what to do about it)
NEEDS: dict[str, tuple[Callable[[], bool], str]] = {
    "postgres": (lambda: connection.vendor == "postgresql", "needs PostgreSQL: make test-pg"),
    "workers": (lambda: bool(settings.REDIS_URL), "needs Redis and real workers: make test-pg"),
    "long": (
        lambda: bool(os.environ.get("TEST_LONG") or os.environ.get("TEST_DEEP")),
        "takes long: make test-long",
    ),
    "thorough": (
        lambda: bool(os.environ.get("TEST_THOROUGH") or os.environ.get("TEST_DEEP")),
        "takes minutes: make test-thorough",
    ),
    "browser": (lambda: bool(CHROMIUM) and settings.STATIC_MANIFEST, "needs Chromium: make test-browser"),
}


# Modules that took nine seconds and more on PostgreSQL: `make test` leaves them to `make test-pg` and `make test-all`.
SLOW = frozenset((Path(__file__).parent / "slow.txt").read_text().split())


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow, before `-m` chooses."""
    for item in items:
        if item.nodeid.partition("::")[0] in SLOW:
            item.add_marker("slow")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, with the remedy, what cannot run here; fail instead where REQUIRED_TESTS names its marker."""
    for marker, (possible, remedy) in NEEDS.items():
        if item.get_closest_marker(marker) and not possible():
            if marker in os.environ.get("REQUIRED_TESTS", "").split(","):
                pytest.fail(f"required here, but it {remedy}", pytrace=False)
            pytest.skip(remedy)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None, django_db_blocker: Any) -> bool:
    """SQLite begins with the tables of the last run, where the migrations are the same (tests/tables.py)."""
    return connection.vendor == "sqlite" and tables.put_back(connection.creation._get_test_db_name())


@pytest.fixture(scope="session")
def django_db_setup(django_db_keepdb: bool, django_db_setup: None, django_db_blocker: Any) -> None:
    """As pytest-django's own; new tables are kept for the next run."""
    if connection.vendor == "sqlite" and not django_db_keepdb:
        with django_db_blocker.unblock():
            connection.ensure_connection()
            tables.keep(connection.connection)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """The cache holds rate limits: one test must not use up the tries of the next."""
    cache.clear()


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    """A hospital with people in all roles, its catalogue, policy and service hours; and a stranger of another one."""
    from tests import personas

    return personas.world()
