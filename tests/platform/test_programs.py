"""Which programs `serve` runs in which configuration, in the order in which they stop."""

import pytest

from portal.management.commands.serve import programs


def names(only: str | None = None) -> list[str]:
    return [program.name for program in programs(only)]


@pytest.fixture
def configured(settings):
    settings.REDIS_URL = settings.ODOO_URL = ""
    return settings


def test_embedded(configured) -> None:
    assert names() == ["web", "clock", "world", "stand-in Odoo"]
    beats = {program.name: program.environment["PORTAL_BEAT"] for program in programs(None)[1:3]}
    assert beats == {"clock": "clock", "world": "world"}


def test_only_the_demonstration_lets_a_visitor_pick_a_person(configured) -> None:
    assert programs(None, demo=True)[0].environment["PORTAL_DEMO"] == "1"
    assert not any("PORTAL_DEMO" in program.environment for program in programs(None))


def test_everybody_knows_the_stand_in(configured) -> None:
    configured.PORTAL_PORT = 8000
    web, clock, world, odoo = programs(None)
    for program in (web, clock, world):
        assert program.environment["ODOO_URL"] == "http://127.0.0.1:8069"
        assert program.environment["ODOO_PASSWORD"]
    assert odoo.command[odoo.command.index("--port") + 1] == "8069"


def test_no_stand_in_beside_an_odoo(configured) -> None:
    configured.ODOO_URL = "https://odoo.example"
    assert names() == ["web", "clock", "world"]
    assert "ODOO_URL" not in programs(None)[0].environment


def test_with_a_broker(configured) -> None:
    configured.REDIS_URL = "redis://127.0.0.1"
    configured.PRODUCTION = True
    assert names() == ["web", "worker", "beat"]
    assert programs(None)[2].environment["PORTAL_BEAT"] == "clock,world"


@pytest.mark.parametrize("role", ["web", "worker", "beat"])
def test_one_role_a_machine(configured, role: str) -> None:
    configured.REDIS_URL = "redis://127.0.0.1"
    assert names(role) == [role]


def test_the_web_listens_on_the_loopback_only(configured) -> None:
    command = " ".join(programs("web")[0].command)
    assert "--bind 127.0.0.1:" in command
    assert "--worker-class gthread" in command
