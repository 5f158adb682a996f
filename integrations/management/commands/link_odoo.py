from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrations import linking, outbox
from integrations.odoo.errors import OdooError
from portal.accounts import scopes


class Command(BaseCommand):
    help = (
        "Find the items and vendors of the catalogue in Odoo by their codes, the teams and equipment of its maintenance by "
        "name and serial number, and send what waited for that."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        by = scopes.system_user()
        try:
            linked = linking.link_catalogue(by=by)
        except OdooError as error:
            raise CommandError(str(error)) from None
        repairs = linked.maintenance
        self.stdout.write(
            f"Linked {linked.items} items, {linked.vendors} vendors, {repairs.teams} teams and {repairs.equipment} pieces."
        )
        missing = (
            ("items", linked.missing_items),
            ("vendors", linked.missing_vendors),
            ("maintenance teams", repairs.missing_teams),
        )
        for what, codes in missing:
            if codes:
                self.stdout.write(f"Odoo does not know these {what}, or knows them twice: {', '.join(codes)}")
        orders = outbox.retry_unlinked(by=by)
        if orders:
            self.stdout.write(f"{orders} orders and repairs that waited for this go out now.")
