"""What a rehearsal of 10,000 requests costs beside reading the same rows.

    DATABASE_URL=postgresql://... python -m tests.bench.rehearsal [rounds]

Runs on a database that `tests.bench.data` filled (or any other with many requests). Prints seconds of wall time of both sides in
turns, and their ratio; exit status 1 where the rehearsal takes a minute or changes a route of the version in force.
"""

import sys
import time
from statistics import median

import django

django.setup()

from approvals.in_force import in_force  # noqa: E402 (after the set-up, like everything below)
from approvals.simulation import past, simulate  # noqa: E402
from portal.accounts.models import Hospital  # noqa: E402
from requests_app.models import Category  # noqa: E402

CATEGORY, REQUESTS, MOST_SECONDS = "supply", 10_000, 60.0


def read() -> float:
    """The same rows as JSON has them, and their steps; nothing is planned."""
    began = time.perf_counter()
    count = sum(len(chunk) for chunk in past.read(past.runs(CATEGORY)[:REQUESTS]))
    assert count, "no requests: fill the database first"
    return time.perf_counter() - began


def main(rounds: int) -> int:
    category, hospital = Category.objects.get(code=CATEGORY), Hospital.objects.order_by("pk").first()
    assert hospital
    rules = in_force(category.pk, hospital.pk).rules
    pairs, missed = [], 0
    for _round in range(rounds):
        floor = read()
        report = simulate(rules, category=CATEGORY, most=REQUESTS)
        changed = sum(one.same_version for one in report.changes)
        missed += report.seconds > MOST_SECONDS or changed > 0
        pairs.append((floor, report.seconds))
        print(
            f"{report.requests:,} requests: read {floor:.2f} s, rehearsed {report.seconds:.2f} s, "
            f"{report.seconds / floor:.2f} times; {changed} routes of the version in force differ"
        )
    print(f"median: {median(one / floor for floor, one in pairs):.2f} times; bar {MOST_SECONDS:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3))
