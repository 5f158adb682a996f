"""`manage.py serve`: check everything, then run the portal's processes and keep them running."""

import socket
import sys
from argparse import ArgumentParser
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal.celery import BEATS
from portal.desk.demo.playing import broke_off
from portal.supervision import Program, Supervisor
from requests_app.models import ServiceRequest

ROLES = ("web", "worker", "beat")
LOOPBACK = "127.0.0.1"
AFRESH = (
    "make reset begins anew (empty a database named by DATABASE_URL yourself); "
    "DEMO=empty starts with what is there."
)
PICK = "The sign-in page lets you pick whom to be (password of those made by the seed: {})."


class Command(BaseCommand):
    help = (
        "Run the portal: web, background work and, unless ODOO_URL is set, a stand-in Odoo. "
        "Refuses to start while a system check fails. Stops cleanly on Ctrl-C or SIGTERM."
    )
    requires_system_checks: list[str] = []  # handle() runs them, with the database

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="first migrate, and seed the demonstration hospital"
        )
        parser.add_argument(
            "--only", choices=ROLES, help="run one role on this machine (production, with REDIS_URL)"
        )

    def handle(self, *args: Any, only: str | None = None, demo: bool = False, **options: Any) -> None:
        if demo:
            call_command("migrate", interactive=False, verbosity=0)
            self.play_once()
            call_command("seed", quiet_accounts=True, stdout=self.stdout)
        self.refuse_if_not_ready(only)
        self.check(include_deployment_checks=settings.PRODUCTION, databases=["default"])
        connection.close()
        address = f"http://{LOOPBACK}:{settings.PORTAL_PORT}/"
        web = only in (None, "web")
        whom = f"\n{PICK.format(settings.SEED_PASSWORD)}" if demo else ""

        def announce() -> None:
            self.say(f"The portal is at {address} (Ctrl-C stops it).{whom}" if web else f"The {only} runs.")

        needed = [settings.PORTAL_PORT] if web else []
        needed += [stand_in_port()] if stand_in_wanted(only) else []
        Supervisor(programs(only, demo=demo), self.say).run(
            ready=lambda: all(answers(port) for port in needed), announce=announce
        )

    def play_once(self) -> None:
        """The first start of the demonstration: half a year of requests, before anything else runs."""
        if not (settings.DEMO_PLAYED and stand_in_wanted(None)):
            return
        if answers(stand_in_port()):
            raise CommandError(
                f"Port {stand_in_port()} is taken, and the stand-in Odoo needs it. Set PORTAL_PORT."
            )
        if ServiceRequest.objects.exists():
            if broke_off():
                raise CommandError(
                    f"The demonstration was interrupted: its requests stop in the middle of the past. {AFRESH}"
                )
            return
        self.say(
            "The first start plays half a year of requests (a minute or two). DEMO=empty starts without."
        )
        connection.close()
        odoo, play = demonstration()
        try:
            odoo.start()
            play.start()
            assert play.process
            code = play.process.wait()
        except KeyboardInterrupt:
            code = 1
        finally:
            play.stop()
            odoo.stop()
        if code:
            raise CommandError(f"The demonstration broke off. {AFRESH}")

    def refuse_if_not_ready(self, only: str | None) -> None:
        if only == "worker" and not settings.REDIS_URL:
            raise CommandError("A worker needs REDIS_URL. Without it the beats do the work: manage.py serve.")
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError("The database is not up to date. Run: manage.py migrate")
        if only in (None, "web"):
            if settings.STATIC_MANIFEST and not (settings.STATIC_ROOT / "staticfiles.json").exists():
                raise CommandError(
                    "The static files are not collected. Run: manage.py collectstatic --noinput"
                )
            if answers(settings.PORTAL_PORT):
                raise CommandError(
                    f"Port {settings.PORTAL_PORT} is taken. Stop what runs there, or set PORTAL_PORT."
                )
        if stand_in_wanted(only) and answers(stand_in_port()):
            raise CommandError(
                f"Port {stand_in_port()} is taken, and the stand-in Odoo needs it. Set PORTAL_PORT."
            )

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def programs(only: str | None, *, demo: bool = False) -> list[Program]:
    """What to run, in the order to stop it: web first, so that nobody asks for anything more; Odoo last.

    With `demo` the pages let a visitor pick whom to be.
    """
    odoo = odoo_settings() if stand_in_wanted(only) else {}
    found: list[Program] = []
    if only in (None, "web"):
        shown = {**odoo, "PORTAL_DEMO": "1"} if demo else odoo
        found.append(Program("web", python("gunicorn", "portal.wsgi", *gunicorn_options()), shown))
    if settings.REDIS_URL and only in (None, "worker"):
        worker = python(
            "celery",
            "-q",
            "--skip-checks",
            "-A",
            "portal",
            "worker",
            "-l",
            "INFO",
            "--without-gossip",
            "--without-mingle",
        )
        found.append(Program("worker", worker, odoo, grace=30))
    if only in (None, "beat"):
        beats = {"beat": ",".join(BEATS)} if settings.REDIS_URL else {name: name for name in BEATS}
        # Nothing to remember between two starts: each tick is seconds away, so the schedule stays in memory.
        beat = python(
            "celery",
            "-q",
            "-A",
            "portal",
            "beat",
            "-l",
            "WARNING",
            "--pidfile=",
            "-S",
            "celery.beat:Scheduler",
        )
        for name, entries in beats.items():
            found.append(Program(name, beat, {**odoo, "PORTAL_BEAT": entries}, grace=25))
    if odoo:
        found.append(Program("stand-in Odoo", python("tests.fake_odoo", *stand_in_options())))
    return found


def demonstration() -> tuple[Program, Program]:
    """The stand-in Odoo and what plays the past against it, one after the other."""
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py"), "seed_demo"]
    odoo = Program("stand-in Odoo", python("tests.fake_odoo", *stand_in_options()))
    return odoo, Program("demonstration", manage, odoo_settings())


def odoo_settings() -> dict[str, str]:
    """What the portal's processes are told about the stand-in."""
    url = f"http://{LOOPBACK}:{stand_in_port()}"
    return {"ODOO_URL": url, "ODOO_DB": "hospital", "ODOO_USER": "portal_sync", "ODOO_PASSWORD": "portal"}


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def gunicorn_options() -> list[str]:
    return [
        "--bind", f"{LOOPBACK}:{settings.PORTAL_PORT}", "--worker-class", "gthread",
        "--workers", str(settings.PORTAL_PROCESSES), "--threads", str(settings.PORTAL_THREADS),
        "--timeout", "60", "--graceful-timeout", "10", "--keep-alive", "5", "--log-level", "warning",
        "--no-control-socket",
    ]  # fmt: skip


def stand_in_options() -> list[str]:
    sown = (
        settings.BASE_DIR / "portal" / "desk" / "seed"
    )  # what the seed sows, so that both know the same codes
    files = {f"--{name}": sown / f"{name}.csv" for name in ("catalogue", "vendors", "teams", "equipment")}
    known = [word for option, path in files.items() if path.exists() for word in (option, str(path))]
    return ["--port", str(stand_in_port()), "--store", str(settings.VAR_DIR / "odoo"), "--auto", *known]


def stand_in_wanted(only: str | None) -> bool:
    """A stand-in is for trying the portal out: never in production, and never beside a real Odoo."""
    return (
        only is None
        and not settings.ODOO_URL
        and not settings.PRODUCTION
        and bool(find_spec("tests.fake_odoo"))
    )


def stand_in_port() -> int:
    return settings.PORTAL_PORT + 69


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((LOOPBACK, port)) == 0
