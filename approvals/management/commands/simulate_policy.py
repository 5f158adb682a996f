"""Runs rules over past requests and says what they would change. Reads only."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from approvals.models import ApprovalPolicy
from approvals.proof.drafted import by_hospital
from approvals.simulation import Report, simulate
from portal.clock import now

BAR = 40


class Command(BaseCommand):
    help = (
        "Runs a version of an approval policy over the requests that were sent before, and says which steps it would add or "
        "take away, who would be asked more, how long it would take, and which requests would find nobody. Changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "examples:\n"
            "  manage.py simulate_policy supply-purchases           the version in force: 0 changed where it decided itself\n"
            "  manage.py simulate_policy supply-purchases 3 --days 90\n"
            "  manage.py simulate_policy supply-purchases 3 --most 1000 --list 50"
        )
        parser.add_argument("policy", metavar="CODE", help="code of the policy")
        parser.add_argument(
            "number",
            nargs="?",
            type=int,
            metavar="VERSION",
            help="this version, also a draft; without it the one in force",
        )
        parser.add_argument("--days", type=int, help="only requests of so many days")
        parser.add_argument("--most", type=int, help="only so many requests, the latest")
        parser.add_argument("--list", type=int, default=10, help="how many changed requests are listed (10)")

    def handle(self, *args: Any, **options: Any) -> None:
        policy = chosen(options["policy"], options["number"])
        since = now() - timedelta(days=options["days"]) if options["days"] else None
        report = simulate(
            by_hospital(policy),
            category=policy.category.code,
            hospital=policy.hospital.code if policy.hospital else None,
            since=since,
            most=options["most"],
            say=self._progress if options["verbosity"] else None,
        )
        self.stdout.write(
            "\n".join([f"{policy} ({policy.get_status_display()})", *told(report, options["list"])])
        )

    def _progress(self, done: int, of: int) -> None:
        filled = BAR * done // (of or 1)
        line = f"[{'#' * filled}{'.' * (BAR - filled)}] {done:,} of {of:,} requests"
        self.stderr.write(line, ending="\r" if self.stderr.isatty() and done < of else "\n")


def chosen(code: str, version: int | None) -> ApprovalPolicy:
    """The version of this number, or the one in force."""
    found = ApprovalPolicy.objects.filter(code=code).select_related("category", "hospital")
    wanted = {"version": version} if version else {"status": ApprovalPolicy.Status.PUBLISHED}
    policy = found.filter(**wanted).first()
    if policy is None:
        known = ", ".join(sorted(set(ApprovalPolicy.objects.values_list("code", flat=True))))
        raise CommandError(f"There is no such version of “{code}”. Policies: {known}.")
    return policy


def told(report: Report, most: int) -> list[str]:
    """The report as lines."""
    by_others = sum(not one.same_version for one in report.changes)
    part = f", the latest of {report.of:,}" if report.partial else ""
    lines = [
        f"{report.requests:,} requests{part} in {report.seconds:.1f} s; {len(report.changes):,} would go another way"
        + (f" ({by_others:,} of them were planned by another version than is in force)" if by_others else ""),
        f"  steps added {report.added:,}, removed {report.removed:,}; "
        f"decided by the policy {report.decided[0]:,} -> {report.decided[1]:,}; the same steps by other rules: "
        f"{len(report.reworded):,}",
        f"  expected time to decide, on average: {report.hours[0]:.1f} h -> {report.hours[1]:.1f} h",
        f"  asked although they have a part in it: {len(report.conflicts):,}; would find nobody: {len(report.nobody):,}",
    ]
    lines += [
        f"  not recorded, taken as not so: {name} ({n:,})" for name, n in sorted(report.assumed.items())
    ]
    for title, loads in (("role", report.roles), ("person", report.people)):
        lines.append(f"  {'asked, by ' + title:<34} {'before':>8} {'after':>8}")
        lines += [f"    {one.name[:32]:<32} {one.before:>8,} {one.after:>8,}" for one in loads[:12]]
    for one in report.changes[:most]:
        before, after = (", ".join(route.roles) or "(policy)" for route in (one.before, one.after))
        lines.append(f"  {one.number}  {one.amount}: {before} -> {after}")
    return lines
