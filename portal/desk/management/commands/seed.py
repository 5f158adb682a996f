"""The demonstration hospital group: `manage.py seed`. Run it as often as you like: it adds what is missing."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from integrations import linking
from integrations.odoo.errors import OdooError
from portal.accounts import scopes
from portal.accounts.models import Membership
from portal.clock import now
from portal.desk.seed.sowing import sow
from portal.desk.seed.tables import rows_of, table


class Command(BaseCommand):
    help = "Adds what is missing of the demonstration hospitals; prints their accounts (SEED_PASSWORD: portal-demo)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--quiet-accounts", action="store_true", help="do not print the table of accounts"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "seed makes accounts with a known password: it is refused where PORTAL_ENV=production."
            )
        for row in table("hospitals"):
            sow(code=row["code"], password=settings.SEED_PASSWORD, say=self.stdout.write)
        self.link()
        if not options["quiet_accounts"]:
            self.print_accounts()

    def link(self) -> None:
        """Odoo's ids for vendors and products, where an Odoo is named. Without them nothing can be ordered."""
        if not settings.ODOO_URL:
            return
        try:
            linked = linking.link_catalogue(by=scopes.system_user())
        except OdooError as failure:
            self.stdout.write(f"Odoo at {settings.ODOO_URL} did not answer: {failure} Seed again later.")
            return
        self.stdout.write(f"Odoo: {linked.items} items and {linked.vendors} suppliers linked")
        unknown = [*linked.missing_items, *linked.missing_vendors]
        if unknown:
            self.stdout.write(f"Odoo does not know: {', '.join(unknown)}")

    def print_accounts(self) -> None:
        held = Membership.objects.current(now())
        roles: dict[str, list[str]] = {}
        for membership in held.select_related("user", "hospital", "department", "team").order_by("pk"):
            roles.setdefault(membership.user.username, []).append(str(membership))
        self.stdout.write(f"\nAccounts (password of those made by the seed: {settings.SEED_PASSWORD})")
        for hospital in table("hospitals"):
            self.stdout.write(hospital["name"])
            for name in (row["username"] for row in rows_of("people", hospital["code"])):
                if name in roles:
                    self.stdout.write(f"  {name:<16} {'; '.join(roles[name])}")
