"""`make bench`: what pages cost beside floors that do the least, side by side, in rounds. Prints a table; see docs/benchmarks.md.

    python -m tests.bench.run [--small] [--rounds N] [--json FILE]

DATABASE_URL names a PostgreSQL where databases may be made; portal_bench_10000 and portal_bench_100000 are made there and
kept for the next run (--fresh makes them again).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.bench.measure import Line, Page, Server, calls_of, measure
from tests.fake_odoo.fixtures import running
from tests.platform.processes import ROOT, answers, environment, free_port, wait_for

SEED = ROOT / "portal" / "desk" / "seed"
KEY = "only-for-the-bench-only-for-the-bench-only-for-the-bench"
AT_ONCE = 40  # forms that eight people send at the same time, in a round
SLACK = 1.25  # the worst round may be so far behind the bar


@dataclass
class Bar:
    """`page` costs at most `most` times what `floor` costs, or (`control`) has to cost more than that."""

    code: str
    says: str
    page: Page
    floor: Page
    most: float
    control: bool = False

    def ratios(self) -> list[float]:
        return [one.cost / other.cost for one, other in zip(self.page.rounds, self.floor.rounds, strict=True)]

    @property
    def ratio(self) -> float:
        return median(self.ratios())

    @property
    def met(self) -> bool:
        return self.ratio <= self.most and max(self.ratios()) <= self.most * SLACK


# --- what runs ------------------------------------------------------------------------------------------------------
@contextmanager
def gunicorn(module: str, url: str) -> Iterator[Server]:
    """Two sync workers on these settings and this database."""
    port = free_port()
    own = {
        "DATABASE_URL": url,
        "SECRET_KEY": KEY,
        "STATIC_MANIFEST": "0",
        "LOG_LEVEL": "ERROR",
        "VAR_DIR": _var(),
    }
    run = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "portal.wsgi:application",
            "--workers",
            "2",
            "--bind",
            f"127.0.0.1:{port}",
            "--log-level",
            "error",
        ],
        cwd=ROOT,
        env=environment(**own, DJANGO_SETTINGS_MODULE=module),
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: run.poll() is not None or answers(port), 60)
        assert run.poll() is None, "gunicorn did not start"
        yield Server(run.pid, port, lambda: backends(url))
    finally:
        run.terminate()
        run.wait(30)


def _var() -> str:
    return os.environ.get("VAR_DIR") or str(ROOT / "var")


def backends(url: str) -> list[int]:
    """The processes of PostgreSQL that serve this database, ours aside. It has to run on this machine."""
    with psycopg.connect(url) as line:
        rows = line.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in rows if Path(f"/proc/{pid}").exists()]


def database(server: str, size: int, *, fresh: bool) -> str:
    name = f"portal_bench_{size}"
    with psycopg.connect(server, autocommit=True) as line:
        if fresh:
            line.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if not line.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            line.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def prepare(url: str, *numbers: int) -> dict[str, Any]:
    """Fill the database and learn who looks at what (`data.main`)."""
    with tempfile.TemporaryDirectory() as folder:
        files = {"vendors_csv": SEED / "vendors.csv", "catalogue_csv": SEED / "catalogue.csv"}
        with running(version=19, store=Path(folder), **files) as odoo:
            own = {
                "ODOO_URL": odoo.url,
                "ODOO_DB": odoo.db,
                "ODOO_USER": odoo.user,
                "ODOO_PASSWORD": odoo.password,
            }
            told = subprocess.run(
                [sys.executable, "-m", "tests.bench.data", *(str(number) for number in numbers)],
                cwd=ROOT,
                env=environment(
                    **own,
                    DATABASE_URL=url,
                    SECRET_KEY=KEY,
                    VAR_DIR=_var(),
                    DJANGO_SETTINGS_MODULE="tests.bench.settings",
                ),
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
    return dict(json.loads(told.stdout.splitlines()[-1]))


# --- what is compared -----------------------------------------------------------------------------------------------
@dataclass
class Site:
    """One database with its two servers and what `data` knows of it."""

    size: int
    known: dict[str, Any]
    portal: Server
    bare: Server

    def page(
        self, name: str, path: str, who: str = "dense", *, bare: bool = False, posts: Any = None
    ) -> Page:
        server = self.bare if bare else self.portal
        return Page(f"{name} {self.size:,}", server, path, self.known["sessions"][who], posts)

    def sendings(self, count: int) -> list[tuple[str, str]]:
        return self.taken("forms", count)

    def taken(self, name: str, count: int) -> list[tuple[str, str]]:
        """The next forms of this kind; each is sent once."""
        forms = self.known[name]
        taken, self.known[name] = forms[:count], forms[count:]
        assert len(taken) == count, "too few drafts were made"
        return taken

    def deciding(self, name: str) -> Page:
        """A yes of the head: to the `first` of two steps, or to the `last`."""
        return self.page(f"decide, {name}", "", who="head", posts=lambda count: self.taken(name, count))


def bars(sites: list[Site]) -> list[Bar]:
    """What performance.md asks; a page that stands in several bars is called once a round."""
    first, last = sites[0], sites[-1]
    found = []
    for site in sites:
        at = f"{site.size:,}"
        one, page = site.page("one", "/one/", bare=True), site.page("page", "/page/", bare=True)
        twelve = site.page("sub_seq", "/sub_seq/", bare=True, posts=lambda count: [("/sub_seq/", "")] * count)
        found += [
            Bar(
                "B1",
                f"send, of 12 raw inserts, {at}",
                site.page("send", "", posts=site.sendings),
                twelve,
                2.5,
            ),
            Bar("B1", f"decide the first step, of 12 raw inserts, {at}", site.deciding("first"), twelve, 2.5),
            Bar("B1", f"decide the last step, of 12 raw inserts, {at}", site.deciding("last"), twelve, 2.5),
            Bar("B5", f"list, of a bare page, {at}", site.page("list", "/requests/"), page, 2.0),
            Bar("B16", f"empty page, of a bare one, {at}", site.page("empty", "/bench/empty/"), one, 1.5),
            Bar(
                "-",
                f"list by OR and EXISTS, of a bare page, {at}",
                site.page("naive", "/bench/naive/"),
                page,
                2.0,
                control=True,
            ),
        ]
    lists = {
        site.size: {bar.code: bar.page for bar in found if bar.page.server is site.portal} for site in sites
    }
    if last is not first:
        found.append(
            Bar(
                "B6", "list of a ward, 100,000 / 10,000", lists[last.size]["B5"], lists[first.size]["B5"], 1.3
            )
        )
        for who, path, says in (
            ("sparse", "/requests/?scope=mine", "one's own"),
            ("all", "/requests/", "all of it"),
        ):
            small, large = (site.page(f"list, {who}", path, who) for site in sites)
            found.append(Bar("B6", f"list of {says}, 100,000 / 10,000", large, small, 1.3))
    for who in ("dense", "all"):
        ended = last.page(f"ended, {who}", "/requests/?tab=closed", who)
        deep = last.page(f"ended, {who}, deep", f"/requests/?tab=closed&after={last.known['deep'][who]}", who)
        found.append(Bar("B6", f"a deep page / the first, {who}, {last.size:,}", deep, ended, 1.3))
    few, many = (last.page(f"inbox, {who}", "/approvals/", who) for who in ("few", "many"))
    waiting = last.known["waiting"]
    found.append(Bar("B7", f"inbox, {waiting['many']:,} / {waiting['few']:,} waiting", many, few, 1.3))
    return found


def several_at_once(page: Page, count: int, *, at_once: int = 8) -> float:
    """Answers a second to so many people at once."""
    calls = calls_of(page, count)

    def work(own: list[tuple[str, str | None]]) -> None:
        line = Line(page)
        for one in own:
            line.call(*one)

    workers = [threading.Thread(target=work, args=(calls[place::at_once],)) for place in range(at_once)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return count / (time.perf_counter() - began)


# --- what is printed ------------------------------------------------------------------------------------------------
def table(found: list[Bar]) -> list[str]:
    head = f"{'bar':<4} {'what':<48} {'ms CPU':>14} {'ratio':>6} {'worst':>6} {'bar':>5}  {'p50 ms':>13} {'p95 ms':>13}"
    lines = [head, "-" * len(head)]
    for bar in found:
        said = "met" if bar.met else "MISSED"
        if bar.control:
            said = "a control: has to miss, " + ("and MET" if bar.met else "and did")
        lines.append(
            f"{bar.code:<4} {bar.says:<48} {bar.page.cost:>6.1f} /{bar.floor.cost:>6.1f} {bar.ratio:>6.2f} {max(bar.ratios()):>6.2f} "
            f"{bar.most:>5.1f}  {bar.page.p50:>5.1f} /{bar.floor.p50:>6.1f} {bar.page.p95:>5.1f} /{bar.floor.p95:>6.1f}  {said}"
        )
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--small", action="store_true", help="2,000 requests only, 2 rounds")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--calls", type=int, default=40, help="of each page in a round (40)")
    parser.add_argument("--fresh", action="store_true", help="make the databases again")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    asked = parser.parse_args()
    server = os.environ["DATABASE_URL"]
    rounds = asked.rounds or (2 if asked.small else 5)
    sizes = [2_000] if asked.small else [10_000, 100_000]
    many = 2_000 if asked.small else 100_000
    sendings = asked.calls * (rounds + 1) + AT_ONCE * rounds
    with ExitStack() as stack:
        sites = []
        for size in sizes:
            url = database(server, size, fresh=asked.fresh)
            known = prepare(url, size, 1000, many if size == sizes[-1] else 1000, sendings)
            portal = stack.enter_context(gunicorn("tests.bench.settings", url))
            sites.append(
                Site(size, known, portal, stack.enter_context(gunicorn("tests.bench.bare_settings", url)))
            )
        found = bars(sites)
        pages = list({id(page): page for bar in found for page in (bar.page, bar.floor)}.values())
        rates: list[float] = []
        for number in range(rounds + 1):
            for page in pages:
                measure(page, min(2, asked.calls) if page.name.startswith("naive") else asked.calls)
            if not number:  # the first round only warms up
                for page in pages:
                    page.rounds.clear()
                continue
            send, twelve = (several_at_once(page, AT_ONCE) for page in (found[0].page, found[0].floor))
            rates.append(send / twelve)
            print(f"  round {number} of {rounds}", file=sys.stderr, flush=True)
    print("\n".join(table(found)))
    rate = median(rates)
    print(
        f"B1   sent a second by 8 people at once, of 12 raw inserts: {rate:.2f} of it (at least 0.40: {'met' if rate >= 0.4 else 'MISSED'})"
    )
    subprocess.run(
        [sys.executable, "-m", "tests.bench.search"],
        cwd=ROOT,
        env=environment(
            DATABASE_URL=url, SECRET_KEY=KEY, VAR_DIR=_var(), DJANGO_SETTINGS_MODULE="tests.bench.settings"
        ),
        check=False,
    )
    if asked.json:
        asked.json.write_text(json.dumps([{"bar": bar.code, "what": bar.says, "ratio": bar.ratio, "ratios": bar.ratios(),
            "most": bar.most, "met": bar.met, "control": bar.control, "cpu": [bar.page.cost, bar.floor.cost],
            "p95": [bar.page.p95, bar.floor.p95]} for bar in found], indent=1))  # fmt: skip
    return int(any(bar.control and bar.met and bar.page.name.endswith("100,000") for bar in found))


if __name__ == "__main__":
    sys.exit(main())
