"""What every test stands on; fixtures of one area live in that area's own conftest."""

import os
import shutil
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# marker -> (can it run here?, what to do about it)
NEEDS: dict[str, tuple[Callable[[], bool], str]] = {
    "postgres": (lambda: connection.vendor == "postgresql", "needs PostgreSQL: make test-pg"),
    "workers": (lambda: bool(settings.REDIS_URL), "needs Redis and real workers: make test-pg"),
    "long": (
        lambda: bool(os.environ.get("TEST_LONG") or os.environ.get("TEST_DEEP")),
        "takes long: make test-long",
    ),
    "browser": (lambda: bool(CHROMIUM) and settings.STATIC_MANIFEST, "needs Chromium: make test-browser"),
}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, with the remedy, what cannot run here; fail instead where REQUIRED_TESTS names its marker."""
    for marker, (possible, remedy) in NEEDS.items():
        if item.get_closest_marker(marker) and not possible():
            if marker in os.environ.get("REQUIRED_TESTS", "").split(","):
                pytest.fail(f"required here, but it {remedy}", pytrace=False)
            pytest.skip(remedy)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """The cache holds rate limits: one test must not use up the tries of the next."""
    cache.clear()


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    """A hospital with people in all roles, its catalogue, policy and service hours; and a stranger of another one."""
    from tests import personas

    return personas.world()
