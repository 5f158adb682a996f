"""B9: what search costs beside the first page of the list, and beside `icontains`, which it must not be.

    DATABASE_URL=postgresql://... python -m tests.bench.search [rounds]

Runs on a database that `tests.bench.data` filled (or any other with many requests). Prints ms of wall time, median and p95 of
all calls in one process, both sides in turns; exit status 1 where a bar is missed.
"""

import sys
import time
from collections.abc import Callable
from statistics import median, quantiles

import django

django.setup()

from django.db import connection  # noqa: E402 (after the set-up, like everything below)
from django.db.models import Count, Q  # noqa: E402

from portal.accounts.models import Membership, User  # noqa: E402
from requests_app import listing, sources  # noqa: E402
from requests_app.finding import found, matching  # noqa: E402
from requests_app.models import ServiceRequest  # noqa: E402

OF_LIST, OF_ICONTAINS = 10.0, 0.02
WORDS = """SELECT word, ndoc FROM ts_stat('SELECT to_tsvector(''simple''::regconfig, search_text) FROM requests_app_servicerequest
 WHERE submitted_at IS NOT NULL') WHERE length(word) > 3 ORDER BY ndoc"""


def words() -> dict[str, str]:
    """A word that few requests have, one that one in a hundred has, and one that most have."""
    with connection.cursor() as cursor:
        cursor.execute(WORDS)
        known = cursor.fetchall()
    every = ServiceRequest.objects.exclude(submitted_at=None).count()
    return {
        name: min(known, key=lambda row: abs(row[1] - wanted))[0]
        for name, wanted in (("rare", 5), ("mid", every // 100), ("common", every // 3))
    }


def people() -> dict[str, User]:
    """Who sees a ward with much, and who sees everything."""
    wards = ServiceRequest.objects.exclude(submitted_at=None).values("department").annotate(n=Count("pk"))
    for row in wards.order_by("-n"):
        held = Membership.objects.filter(department=row["department"], role="requester").first()
        auditor = Membership.objects.filter(role="auditor").first()
        if held and auditor:
            return {"ward": held.user, "all": auditor.user}
    raise SystemExit("nobody to look")


def timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def main(rounds: int) -> int:
    missed, chosen, many = 0, words(), ServiceRequest.objects.count()
    print(f"{many:,} requests; words {chosen}")
    print(
        f"{'who':<5} {'word':<7} {'list p95':>9} {'search p50':>11} {'p95':>7} {'/ list':>7} {'icontains p50':>14} {'search / it':>12}"
    )
    for who, user in people().items():
        held = sources.reach(user)
        for name, word in chosen.items():
            asked = matching.Question([word], word)
            calls = {
                "list": lambda: list(
                    listing.listed(user, ended=False, held=held).first(26, "-created_at", "-pk")
                ),
                "search": lambda: list(
                    found.with_words(listing.listed(user, held=held), found.having(word, asked.words)).first(
                        13, "-created_at", "-pk"
                    )
                ),
            }
            naive = ServiceRequest.objects.visible_to(user).filter(
                Q(title__icontains=word) | Q(note__icontains=word) | Q(lines__name__icontains=word)
            )
            took: dict[str, list[float]] = {one: [] for one in calls}
            for _round in range(rounds):
                for one, act in calls.items():
                    took[one].append(timed(act))
            slow = median(timed(lambda: naive.distinct().count()) for _one in range(3))
            p95 = {one: quantiles(all_, n=20)[-1] for one, all_ in took.items()}
            of_list, of_slow = p95["search"] / p95["list"], median(took["search"]) / slow
            good = of_list <= OF_LIST and of_slow <= OF_ICONTAINS
            missed += not good
            print(
                f"{who:<5} {name:<7} {p95['list']:>9.1f} {median(took['search']):>11.1f} {p95['search']:>7.1f} {of_list:>7.2f}"
                f" {slow:>14.1f} {of_slow:>12.3f}  {'met' if good else 'MISSED'}"
            )
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 40))
