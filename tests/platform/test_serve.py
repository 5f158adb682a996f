"""`manage.py serve`: refuses what cannot work, runs everything, and leaves nobody behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from importlib.util import module_from_spec, spec_from_file_location
from io import StringIO
from pathlib import Path
from types import ModuleType

import pytest
from django.core.management import CommandError, call_command

from portal.accounts import scopes
from portal.audit import events
from portal.desk.demo.playing import BEGUN, ENDED
from portal.management.commands import serve
from tests import journeys
from tests.platform.processes import ROOT, answers, descendants, environment, free_port, manage, wait_for

pytestmark = pytest.mark.timeout(240)


def walk() -> ModuleType:
    """What reads the announcement: .ci/walk.py."""
    spec = spec_from_file_location("walk", ROOT / ".ci" / "walk.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Serving:
    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.log = folder / "serve.log"
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=environment(VAR_DIR=str(folder), PORTAL_PORT=str(self.port), STATIC_MANIFEST="0"),
            stdin=subprocess.DEVNULL,
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
        )

    def said(self) -> str:
        return self.log.read_text()

    def ready(self) -> bool:
        assert self.process.poll() is None, self.said()
        return "The portal is at" in self.said()


@pytest.fixture
def serving(tmp_path):
    made = manage("migrate", "--noinput", "-v", "0", VAR_DIR=str(tmp_path))
    assert made.returncode == 0, made.stderr
    run = Serving(tmp_path)
    yield run
    for pid in descendants(run.process.pid) if run.process.poll() is None else []:
        os.kill(pid, signal.SIGKILL)
    run.process.kill()
    run.process.wait()


def test_it_starts_restarts_and_stops(serving) -> None:
    wait_for(serving.ready)
    health = f"http://127.0.0.1:{serving.port}/health/"
    assert urllib.request.urlopen(health, timeout=10).status == 200
    assert answers(serving.port + 69), "the stand-in Odoo"
    everybody = descendants(serving.process.pid)

    beats = [p for p in everybody if b"celery" in Path(f"/proc/{p}/cmdline").read_bytes()]
    assert len(beats) == 2
    os.kill(beats[0], signal.SIGKILL)
    wait_for(
        lambda: re.search(r"(clock|world) ended \(killed by SIGKILL\); starting it again", serving.said())
    )
    wait_for(lambda: len(descendants(serving.process.pid)) == len(everybody))

    everybody = descendants(serving.process.pid)
    serving.process.send_signal(signal.SIGINT)
    assert serving.process.wait(40) == 0
    assert "Stopping ..." in serving.said() and "Stopped." in serving.said()
    assert "Traceback" not in serving.said()
    assert not [pid for pid in everybody if Path(f"/proc/{pid}").exists()]
    assert not answers(serving.port) and not answers(serving.port + 69)


def test_it_refuses_a_value_that_cannot_be_meant(tmp_path) -> None:
    refused = manage("serve", VAR_DIR=str(tmp_path), PORTAL_PORT="0")
    assert refused.returncode != 0
    assert "PORTAL_PORT='0' cannot be used" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_it_refuses_a_database_that_is_not_migrated(tmp_path) -> None:
    refused = manage("serve", VAR_DIR=str(tmp_path), STATIC_MANIFEST="0")
    assert refused.returncode != 0
    assert "manage.py migrate" in refused.stderr


@pytest.mark.django_db
class TestRefusals:
    """Before anything is started, so that these run here."""

    @pytest.fixture(autouse=True)
    def nothing_starts(self, monkeypatch, settings) -> None:
        monkeypatch.setattr(serve.Supervisor, "run", lambda *args, **options: pytest.fail("it started"))
        settings.REDIS_URL = settings.ODOO_URL = ""
        settings.PORTAL_PORT = free_port()

    def refusal(self, *arguments: str) -> str:
        with pytest.raises(CommandError) as refused:
            call_command("serve", *arguments)
        return str(refused.value)

    def test_a_failing_check(self, settings) -> None:
        settings.ODOO_URL = "http://odoo.example"
        assert "Odoo is configured by half" in self.refusal()

    def test_static_files_that_are_not_collected(self, settings, tmp_path) -> None:
        settings.STATIC_MANIFEST, settings.STATIC_ROOT = True, tmp_path
        assert "collectstatic" in self.refusal()

    def test_a_worker_without_a_broker(self) -> None:
        assert "REDIS_URL" in self.refusal("--only", "worker")

    @pytest.mark.parametrize("above", [0, 69])
    def test_a_taken_port(self, settings, above: int) -> None:
        with socket.create_server(("127.0.0.1", settings.PORTAL_PORT + above)):
            assert f"Port {settings.PORTAL_PORT + above} is taken" in self.refusal()


@pytest.mark.django_db
class TestFirstStart:
    """Whether the demonstration is played, and what becomes of its two programs. What it plays: tests/seed/test_demo.py."""

    @pytest.fixture(autouse=True)
    def embedded(self, settings) -> None:
        settings.REDIS_URL = settings.ODOO_URL = ""
        settings.PRODUCTION, settings.DEMO_PLAYED, settings.PORTAL_PORT = False, True, free_port()

    @pytest.fixture
    def programs(self, monkeypatch, tmp_path):
        """A stand-in that waits, and a play that writes a file and ends as `ends` says."""

        def short(ends: int) -> tuple[serve.Program, serve.Program]:
            play = (
                f"import pathlib, sys; pathlib.Path({str(tmp_path / 'played')!r}).touch(); sys.exit({ends})"
            )
            made = (
                serve.Program("stand-in Odoo", [sys.executable, "-c", "import time; time.sleep(60)"]),
                serve.Program("demonstration", [sys.executable, "-c", play]),
            )
            monkeypatch.setattr(serve, "demonstration", lambda: made)
            return made

        return short

    def test_it_is_played_and_nobody_is_left(self, programs, tmp_path) -> None:
        odoo, play = programs(ends=0)
        serve.Command().play_once()
        assert (tmp_path / "played").exists()
        assert odoo.process and odoo.process.poll() is not None
        assert play.process and play.process.poll() == 0

    def test_one_that_breaks_off_says_what_to_do(self, programs) -> None:
        odoo, _play = programs(ends=3)
        with pytest.raises(CommandError, match="make reset"):
            serve.Command().play_once()
        assert odoo.process and odoo.process.poll() is not None

    @pytest.mark.parametrize("why", ["empty", "own odoo", "production", "played already"])
    def test_it_is_not_played(self, why: str, settings, programs, tmp_path, world) -> None:
        programs(ends=0)
        if why == "empty":
            settings.DEMO_PLAYED = False
        elif why == "own odoo":
            settings.ODOO_URL = "https://odoo.example"
        elif why == "production":
            settings.PRODUCTION = True
        else:
            journeys.draft(world, GLV_NIT_M=1)
        serve.Command().play_once()
        assert not (tmp_path / "played").exists()

    @pytest.mark.parametrize("marks", [(), (BEGUN, ENDED), (BEGUN, BEGUN, ENDED)])
    def test_requests_made_by_hand_or_by_a_whole_play_are_kept(
        self, marks: tuple[str, ...], programs, tmp_path, world
    ) -> None:
        programs(ends=0)
        journeys.draft(world, GLV_NIT_M=1)
        for action in marks:
            events.record(action=action, by=scopes.system_user())
        serve.Command().play_once()
        assert not (tmp_path / "played").exists()

    def test_a_play_that_was_interrupted_is_not_taken_for_a_whole_one(
        self, settings, programs, tmp_path, world
    ) -> None:
        programs(ends=0)
        events.record(action=BEGUN, by=scopes.system_user())
        journeys.draft(world, GLV_NIT_M=1)
        with pytest.raises(CommandError, match=r"interrupted.*make reset"):
            serve.Command().play_once()
        settings.DEMO_PLAYED = False
        serve.Command().play_once()  # DEMO=empty: with what is there
        assert not (tmp_path / "played").exists()

    def test_one_that_was_interrupted_before_its_first_request_is_played_again(
        self, programs, tmp_path
    ) -> None:
        programs(ends=0)
        events.record(action=BEGUN, by=scopes.system_user())
        serve.Command().play_once()
        assert (tmp_path / "played").exists()

    def test_it_says_where_and_the_password_and_no_table(self, settings, monkeypatch, world) -> None:
        settings.DEMO_PLAYED = settings.STATIC_MANIFEST = False
        settings.SEED_PASSWORD = "one (for all)"
        monkeypatch.setattr(serve.Supervisor, "run", lambda self, ready, announce: announce())
        out = StringIO()
        call_command("serve", "--demo", stdout=out)
        said = out.getvalue()
        assert f"http://127.0.0.1:{settings.PORTAL_PORT}/" in said
        assert walk().account(said) == ("asha.menon", "one (for all)")
        assert "Accounts" not in said and "asha.menon" not in said

    def test_what_is_started(self, settings) -> None:
        odoo, play = serve.demonstration()
        assert str(settings.PORTAL_PORT + 69) in odoo.command
        assert play.command[-1] == "seed_demo"
        assert play.environment["ODOO_URL"].endswith(str(settings.PORTAL_PORT + 69))
