"""Writes the policies that decide now as a text bundle. Reads only."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from approvals.governing import exporting


class Command(BaseCommand):
    help = (
        "Writes the approval policies that decide now as one text (JSON, UTF-8), to keep them under version control or to take "
        "them to another environment. The same rules give the same bytes. Changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "examples:\n"
            "  manage.py export_policies > policies.json              everything that decides now\n"
            "  manage.py export_policies --category supply -o s.json  one type, with what hospitals do otherwise\n"
            "  manage.py export_policies --drafts                     what is on its way: drafts, in review, scheduled"
        )
        parser.add_argument("--category", default="", metavar="CODE", help="only this type of request")
        parser.add_argument(
            "--hospital", default="", metavar="CODE", help="only what this hospital does otherwise"
        )
        parser.add_argument(
            "--drafts", action="store_true", help="what is on its way instead of what decides"
        )
        parser.add_argument(
            "-o", "--output", metavar="FILE", help="write to this file instead of standard output"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        write = exporting.drafts if options["drafts"] else exporting.in_force
        text = write(options["category"], options["hospital"])
        if not options["output"]:
            self.stdout.write(text, ending="")
            return
        try:
            Path(options["output"]).write_text(text, encoding="utf-8", newline="\n")
        except OSError as problem:
            raise CommandError(f"{options['output']} cannot be written: {problem.strerror}.") from None
