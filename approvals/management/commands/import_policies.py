"""Makes drafts of the policies in a text bundle. Nothing decides before a second person has published it."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from approvals.governing import importing
from approvals.governing.bundle import Refused
from portal.accounts.models import User
from portal.errors import DomainError


class Command(BaseCommand):
    help = (
        "Makes a draft of every policy in a bundle of export_policies that says something else than what decides here. All of "
        "them, or nothing: what this portal does not know (a group, role, calendar, type, condition) is refused with its line."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "examples:\n"
            "  manage.py import_policies policies.json --by peter.hansen --note 'From the test environment'\n"
            "  manage.py export_policies | ssh other manage.py import_policies - --by peter.hansen --note Weekly\n\n"
            "The drafts are then reviewed and published in the portal by another policy owner."
        )
        parser.add_argument("file", help="the bundle; - reads standard input")
        parser.add_argument(
            "--by", required=True, metavar="LOGIN", help="the policy owner who answers for the drafts"
        )
        parser.add_argument(
            "--note", required=True, help="why they are changed: everybody who reviews them reads it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if by is None:
            raise CommandError(f"There is nobody with the sign-in name {options['by']}.")
        try:
            made = importing.import_bundle(text=_read(options["file"]), note=options["note"], by=by)
        except Refused as refusal:
            raise CommandError("\n".join(["Nothing was imported.", *refusal.lines])) from None
        except DomainError as refusal:
            raise CommandError(refusal.message) from None
        for one in made:
            self.stdout.write(f"Draft: {one} ({one.name})")
        if not made:
            self.stdout.write("Everything decides here already as the bundle says: no draft was made.")


def _read(name: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return raw.decode("utf-8")
    except OSError as problem:
        raise CommandError(f"{name} cannot be read: {problem.strerror}.") from None
    except UnicodeDecodeError:
        raise CommandError(f"{name} is not text in UTF-8.") from None
