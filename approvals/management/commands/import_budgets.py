"""Reads budgets from a table: `manage.py import_budgets budgets.csv`."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from approvals.budgets.importing import Refused, import_budgets
from portal.accounts import scopes
from portal.accounts.models import User


class Command(BaseCommand):
    help = """Makes and changes budgets as a CSV table says: all of it, or nothing with a sentence per mistake.

The first line names the columns, in any order:
  cost_centre  of a department; empty: the whole group
  spend_group  consumables, office, equipment, capital, repair or it
  period       month, quarter or year
  amount       net, for one period, such as 900.50
  currency     such as GBP
  check        advise (says so, stops nothing) or stop (nothing beyond it)
  owner        a sign-in name; the column may be left out

What is not in the table stays as it is; the same table again changes nothing. The running period follows. Less than what
is promised already of a budget that stops is refused."""

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", help="the CSV file, UTF-8; - reads what is piped in")
        parser.add_argument("--by", default="", help="sign-in name of whose table it is, for the record")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = import_budgets(lines=_lines(options["table"]), by=_person(options["by"]))
        except Refused as refused:
            said = "\n".join(f"line {number}: {sentence}" for number, sentence in refused.mistakes)
            raise CommandError(f"Nothing was changed.\n{said}") from None
        self.stdout.write(f"{done.new} new, {done.changed} changed, {done.same} as they were.")


def _lines(table: str) -> list[str]:
    if table == "-":
        return sys.stdin.read().splitlines()
    try:
        return Path(table).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{table} cannot be read: {error}") from None


def _person(username: str) -> User:
    if not username:
        return scopes.system_user()
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise CommandError(f"Nobody signs in as {username}.")
    return person
