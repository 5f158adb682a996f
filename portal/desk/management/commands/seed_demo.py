"""`manage.py seed_demo`: half a year of the demonstration hospitals, played through the verbs against the stand-in Odoo."""

import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from portal.clock import now
from portal.desk.demo.buyer import BrokeOff, NoStandIn, StandIn
from portal.desk.demo.playing import Asked, TooYoung, play
from portal.desk.demo.stories import STORIES
from requests_app.models import ServiceRequest
from requests_app.states import RequestState

HOW = (
    "Start it in another terminal:\n"
    "  .venv/bin/python -m tests.fake_odoo --port 8069 --store var/odoo \\\n"
    "    --catalogue portal/desk/seed/catalogue.csv --vendors portal/desk/seed/vendors.csv\n"
    "and name it:\n"
    "  ODOO_URL=http://127.0.0.1:8069 ODOO_DB=hospital ODOO_USER=portal_sync ODOO_PASSWORD=portal \\\n"
    "    .venv/bin/python manage.py seed_demo\n"
    "Or let `make run` do all of it on its first start."
)
EPILOG = f"""
The same --seed and --until give the same rows, to the id (except passwords: their hashes are salted), in an empty
database with a new store of the stand-in.
The portal must not run meanwhile: its sweeps would act in the middle of the past.

{HOW}
"""


class Command(BaseCommand):
    help = (
        "Plays half a year of the demonstration hospitals: sows them if they are missing, lets people ask, decide, pick, "
        "order and receive through the portal's own verbs against the stand-in Odoo, and lists the stories to look at. "
        "About two minutes. Refused in production, and where requests exist."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(
            prog_name, subcommand, epilog=EPILOG, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--seed", type=int, default=7, metavar="N", help="another one, another half year (default: 7)"
        )
        parser.add_argument(
            "--days", type=int, default=182, metavar="N", help="how long it lasts (default: 182)"
        )
        parser.add_argument(
            "--play", type=int, default=400, metavar="N",
            help="how many requests are played, the stories among them (default: 400)",
        )  # fmt: skip
        parser.add_argument(
            "--until",
            type=_moment,
            metavar="ISO",
            help="when it ends, as 2026-11-22T10:00 (default: this hour; UTC)",
        )
        parser.add_argument(
            "--requests", type=int, default=0, metavar="N",
            help="add so many copies of the played requests, for figures; alone where a demonstration exists",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "seed_demo makes accounts with a known password: it is refused where PORTAL_ENV=production."
            )
        if options["requests"] < 0:
            raise CommandError("--requests says how many copies to add: 0 or more.")
        there = ServiceRequest.objects.exists()
        if there and not options["requests"]:
            raise CommandError(
                "There are requests already. The demonstration begins in an empty database: make reset"
            )
        if not there:
            self.play(options)
        if options["requests"]:
            from portal.desk.demo.bulk import copy_requests

            copy_requests(count=options["requests"], seed=options["seed"], say=self.stdout.write)

    def play(self, options: dict[str, Any]) -> None:
        began = time.monotonic()
        until = options["until"] or now().replace(minute=0, second=0, microsecond=0)
        if options["days"] < 1 or until > now():
            raise CommandError("The demonstration lies in the past: --days from 1, --until not after now.")
        if not settings.ODOO_URL:
            raise CommandError(f"The demonstration needs the stand-in Odoo, and ODOO_URL is not set.\n{HOW}")
        asked = Asked(
            seed=options["seed"], until=until, days=options["days"], requests=options["play"],
            password=settings.SEED_PASSWORD,
        )  # fmt: skip
        odoo = StandIn(settings.ODOO_URL)
        told = Progress(self.stdout)
        try:
            play(asked, odoo, say=self.stdout.write, tell=told)
        except NoStandIn as absent:
            raise CommandError(f"{absent}\n{HOW}") from absent
        except TooYoung as young:
            raise CommandError(
                f"{young} Begin with an empty database (make reset), or with fewer --days."
            ) from young
        except BrokeOff as failed:
            raise CommandError(f"{failed} Start again with an empty database: make reset") from failed
        told.end()
        self.report(time.monotonic() - began)

    def report(self, seconds: float) -> None:
        found = dict(ServiceRequest.objects.values_list("state").annotate(Count("pk")).order_by())
        self.stdout.write(f"\n{sum(found.values())} requests in {seconds:.0f} s")
        for state in RequestState:
            self.stdout.write(f"  {state.label!s:<14} {found.get(state.value, 0):>4}")
        self.stdout.write("\nStories: sign in as, and open")
        for story in STORIES:
            self.stdout.write(f"  {story.look_as:<16} {story.address() or '(not played)':<44} {story.title}")


class Progress:
    """One line that moves on a terminal; a line for every tenth elsewhere."""

    def __init__(self, out: Any) -> None:
        self.out, self.moves = out, bool(getattr(out, "isatty", lambda: False)())
        self.said = -1.0

    def __call__(self, part: float, where: str) -> None:
        step = 0.005 if self.moves else 0.1
        if part < 1 and part < self.said + step:
            return
        self.said = part if self.moves else int(part * 10) / 10
        line = f"{part * 100:3.0f} %  {where}"
        self.out.write(f"\r{line:<60}" if self.moves else line, ending="" if self.moves else "\n")
        self.out.flush()

    def end(self) -> None:
        if self.moves:
            self.out.write("")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
