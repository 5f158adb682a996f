"""Goes through the database once and collects what does not agree."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from portal.desk.consistency import (
    approvals,
    background,
    clocks,
    database,
    lines,
    notices,
    outbox,
    record,
    replay,
    requests,
    rights,
)
from portal.desk.consistency.cases import Case, cases
from portal.desk.consistency.codes import CODES
from portal.desk.consistency.finding import Finding
from portal.desk.consistency.snapshot import one_moment

PACE = 5.0  # seconds between two sentences about how far it is


@dataclass
class Report:
    findings: list[Finding] = field(default_factory=list)
    requests: int = 0
    events: int = 0
    seconds: float = 0.0


def find(*, only: Collection[str] | None = None, say: Callable[[str], object] | None = None) -> list[Finding]:
    """What does not agree, as of one moment; nothing is written and nobody is kept waiting. `only`, `say`: see `examine`."""
    return examine(only=only, say=say).findings


def examine(*, only: Collection[str] | None = None, say: Callable[[str], object] | None = None) -> Report:
    """Judge every request and all that belongs to it, then what belongs to none.

    `only`: codes, or their first part ('clock'); the others are not reported. `say` hears every few seconds how far it is.
    """
    began = heard = time.monotonic()
    report = Report()
    with one_moment():
        known = background.read()
        for found in cases():
            for case in found:
                report.events += len(case.events)
                report.findings += _wanted(_of_case(case, known), only)
            report.requests += len(found)
            if say and time.monotonic() - heard > PACE:
                heard = time.monotonic()
                say(f"{report.requests} requests looked at ...")
        report.findings += _wanted(_of_no_case(), only)
    report.seconds = time.monotonic() - began
    return report


def _of_case(case: Case, known: background.Background) -> Iterator[Finding]:
    return chain(
        requests.check(case),
        lines.check(case),
        approvals.check(case, known),
        clocks.check(case),
        outbox.check(case, known),
        record.check(case),
        replay.check(case),
    )


def _of_no_case() -> Iterator[Finding]:
    return chain(database.check(), record.of_no_request(), rights.check(), notices.check())


def _wanted(findings: Iterable[Finding], only: Collection[str] | None) -> list[Finding]:
    return [one for one in findings if only is None or {one.code, one.code.partition(".")[0]} & set(only)]


def areas() -> set[str]:
    """First parts of the codes."""
    return {code.partition(".")[0] for code in CODES}
