"""Looks for what is wrong with the rules of a policy, in every case that there can be. Reads only; 1 if something is."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand

from approvals.management.commands.simulate_policy import chosen
from approvals.models import ApprovalPolicy
from approvals.proof.drafted import prove_version


class Command(BaseCommand):
    help = (
        "Proves a version of an approval policy: rules and steps that never count, amounts that nobody decides, bands that "
        "overlap, steps that nobody may decide or only who asks. Each finding comes with the smallest case that shows it. "
        "Changes nothing. Exit status 1 when something is found."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "examples:\n"
            "  manage.py prove_policy                                everything that decides now\n"
            "  manage.py prove_policy supply-purchases 3   one version, also a draft"
        )
        parser.add_argument(
            "policy", nargs="?", metavar="CODE", help="code of the policy; without it all in force"
        )
        parser.add_argument(
            "number", nargs="?", type=int, metavar="VERSION", help="this version; without it the one in force"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["policy"]:
            policies = [chosen(options["policy"], options["number"])]
        else:
            held = ApprovalPolicy.objects.filter(status=ApprovalPolicy.Status.PUBLISHED).order_by("code")
            policies = list(held.select_related("category", "hospital"))
        count = 0
        for policy in policies:
            found = prove_version(policy)
            count += len(found)
            self.stdout.write(f"{policy}: {len(found)} findings")
            for one in found:
                self.stdout.write(f"  {one.code:<18} {one.sentence}\n{'':<21}{one.example}")
        if count:
            raise SystemExit(1)
