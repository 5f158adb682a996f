"""Compares guardian's rows and the groups with the memberships and mends what differs: `manage.py repair_grants`."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.accounts import scopes


class Command(BaseCommand):
    help = "Makes guardian's rows and the groups agree with the memberships; prints whose had drifted."

    def handle(self, *args: Any, **options: Any) -> None:
        drifted = scopes.repair(by=scopes.system_user())
        for user in drifted:
            self.stdout.write(f"mended: {user.username}")
        self.stdout.write(f"{len(drifted)} accounts had drifted." if drifted else "Nothing had drifted.")
