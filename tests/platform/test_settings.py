"""A value that cannot be meant stops the start and says what to write instead."""

import os
import re
import runpy

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.architecture.code import ROOT, python_files

SETTINGS = ROOT / "portal" / "settings.py"
KEY = "x9Qv7Lr2Tz5Wm8Kp4Yc1Bn6Hs3Jd0Fg-Ua_Ei-Xo9Rt7Mw2Nk5Lb8Pq4"
PRODUCTION = {
    "PORTAL_ENV": "production",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "portal.example, www.portal.example",
    "DATABASE_URL": "postgresql://portal:secret@db:5432/portal",
    "REDIS_URL": "redis://broker:6379/0",
}
READ = re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', SETTINGS.read_text())
# Read somewhere else than in the settings, by the environment of other programs.
OF_OTHERS = {"PYTEST_VERSION", "PYTEST_XDIST_WORKER", "DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE"}
DIRECT = r'\benviron(?:\.get\(|\.setdefault\(|\[)"([A-Z_]+)"|"([A-Z_]+)" in os\.environ|"(ODOO_TEST_[A-Z]+)"'


@pytest.fixture
def settings_with(monkeypatch, tmp_path):
    """What settings.py makes of an environment that holds only the given variables."""
    for name in READ:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORTAL_TESTING", "0")

    def read(**variables: str) -> dict:
        for name, value in {"VAR_DIR": str(tmp_path / "var"), **variables}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))

    return read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_ENV", "prod"),
        ("PORTAL_PORT", "eight thousand"),
        ("PORTAL_PORT", "70000"),
        ("PORTAL_THREADS", "0"),
        ("STATIC_MANIFEST", "maybe"),
        ("DEBUG", "2"),
        ("LOG_LEVEL", "chatty"),
        ("DATABASE_URL", "mysql://portal:secret@db/portal"),
        ("DATABASE_URL", "postgresql://"),
        ("DATABASE_URL", "portal"),
        ("DATABASE_URL", "sqlite://:memory:"),
        ("REDIS_URL", "broker:6379"),
        ("REDIS_URL", "amqp://user:secret@broker"),
        ("ODOO_URL", "odoo.example"),
        ("ODOO_TIMEOUT", "-1"),
        ("EMAIL_URL", "mail.example"),
    ],
)
def test_a_bad_value_is_refused_with_its_name_and_a_remedy(settings_with, name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=rf"{name}=.*cannot be used\. Write ") as refusal:
        settings_with(**{name: value})
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_production_demands(settings_with, missing: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{missing} is not set"):
        settings_with(**{name: value for name, value in PRODUCTION.items() if name != missing})


def test_production_never_debugs(settings_with) -> None:
    with pytest.raises(ImproperlyConfigured, match="DEBUG"):
        settings_with(**PRODUCTION, DEBUG="1")


def test_production_is_never_a_demonstration(settings_with) -> None:
    assert not settings_with()["DEMO"]
    assert settings_with(PORTAL_DEMO="1")["DEMO"]
    with pytest.raises(ImproperlyConfigured, match="PORTAL_DEMO"):
        settings_with(**PRODUCTION, PORTAL_DEMO="1")


def test_production(settings_with) -> None:
    made = settings_with(**PRODUCTION)
    assert made["ALLOWED_HOSTS"] == ["portal.example", "www.portal.example"]
    assert made["DATABASES"]["default"]["OPTIONS"]["pool"] == {"min_size": 0, "max_size": 10, "timeout": 20}
    assert made["SESSION_COOKIE_SECURE"] and made["CSRF_COOKIE_SECURE"] and made["SECURE_SSL_REDIRECT"]
    assert not made["CELERY_TASK_ALWAYS_EAGER"]
    assert made["CELERY_BROKER_TRANSPORT_OPTIONS"]["visibility_timeout"] > made["CELERY_TASK_TIME_LIMIT"]


def test_embedded_needs_nothing(settings_with, tmp_path) -> None:
    made = settings_with()
    database = made["DATABASES"]["default"]
    assert database["NAME"] == str(tmp_path / "var" / "portal.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]
    assert made["CELERY_TASK_ALWAYS_EAGER"] and not made["DEBUG"]
    assert made["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]


def test_the_key_is_made_once_and_is_nobody_elses(settings_with, tmp_path) -> None:
    key = settings_with()["SECRET_KEY"]
    assert len(key) >= 50
    assert settings_with()["SECRET_KEY"] == key
    assert os.stat(tmp_path / "var" / "secret_key").st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]


def test_the_top_of_the_settings_names_every_variable() -> None:
    opening = SETTINGS.read_text().split('"""')[1]
    assert {name for name in READ if name not in opening} == {
        "STATIC_MANIFEST",
        "PORTAL_TESTING",
    }  # for tests


def test_the_reference_names_every_variable_and_no_other() -> None:
    """docs/configuration.md: the first cells of its tables, against what is read anywhere."""
    first_cells = re.findall(r"^\| ([^|]+) \|", (ROOT / "docs" / "configuration.md").read_text(), re.M)
    described = [name for cell in first_cells for name in re.findall(r"`([A-Z][A-Z_]+)`", cell)]
    made = re.findall(r"^(TEST_[A-Z_]+) \?=", (ROOT / "Makefile").read_text(), re.M)
    found = {
        name for path in python_files() for names in re.findall(DIRECT, path.read_text()) for name in names
    }
    assert "PORTAL_BEAT" in found and "FAKE_ODOO_AUTO" in found
    assert sorted(described) == sorted(({*READ, *made, *found} - OF_OTHERS) - {""})
