"""Do state, decisions, clocks, lines, outbox, references, rights and the record agree? Reads only; 1 if they do not."""

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import defaultdict
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.desk.consistency.codes import CODES
from portal.desk.consistency.examination import Report, areas, examine
from portal.desk.consistency.finding import Finding


class Command(BaseCommand):
    help = (
        "Checks that state, decisions, clocks, lines, outbox, references, rights and the record agree. Changes nothing, "
        "may run beside a working portal. Exit status 1 when something is found."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = "what can be found:\n" + "\n".join(_listed())
        parser.add_argument("--list", action="store_true", help="say what can be found, and stop")
        parser.add_argument(
            "--only", action="append", metavar="CODE", help="report this code or area; may be repeated"
        )
        parser.add_argument("--most", type=int, default=50, help="sentences printed for one code (50)")
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            self.stdout.write("\n".join(_listed()))
            return
        unknown = sorted(set(options["only"] or ()) - set(CODES) - areas())
        if unknown:
            raise CommandError(f"There is no {', '.join(unknown)}: see --list.")
        quiet = options["json"] or not options["verbosity"]
        report = examine(only=options["only"], say=None if quiet else self.stderr.write)
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report), indent=2))
        else:
            self._print(report, options["most"])
        if report.findings:
            raise SystemExit(1)

    def _print(self, report: Report, most: int) -> None:
        by_code: dict[str, list[Finding]] = defaultdict(list)
        for finding in report.findings:
            by_code[finding.code].append(finding)
        for code, findings in by_code.items():
            self.stdout.write(f"{code}: {CODES[code].means} ({len(findings)})")
            for finding in findings[:most]:
                self.stdout.write(f"  {finding.subject:<16} {finding.sentence}")
            if len(findings) > most:
                self.stdout.write(f"  and {len(findings) - most} more: --most {len(findings)}")
            self.stdout.write(f"  What to do: {CODES[code].do}\n")
        found = f"{len(report.findings)} findings." if report.findings else "nothing wrong."
        looked_at = f"{report.requests} requests and {report.events} events"
        self.stdout.write(f"Checked {looked_at} in {report.seconds:.1f} s: {found}")


def _listed() -> list[str]:
    return [f"  {code:<22} {meaning.means}" for code, meaning in CODES.items()]
