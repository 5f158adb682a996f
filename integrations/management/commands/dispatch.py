from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrations import dispatch, outbox
from portal.accounts import scopes
from portal.errors import DomainError


class Command(BaseCommand):
    help = (
        "Send the orders that are due now, once. --again KEY --why REASON promises a refused one once more."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--again", metavar="KEY", help="key of the refused message, as the admin shows it"
        )
        parser.add_argument("--why", default="", help="what was put right; kept in the record")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"]:
            if not options["why"]:
                raise CommandError("Say with --why what was put right.")
            try:
                outbox.send_again(key=options["again"], by=scopes.system_user(), reason=options["why"])
            except DomainError as error:
                raise CommandError(error.message) from None
        counts = dispatch.run()
        self.stdout.write(
            ", ".join(f"{outcome}: {count}" for outcome, count in counts.items()) or "Nothing is due."
        )
