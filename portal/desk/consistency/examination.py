"""Goes through the database once and collects what does not agree."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from portal.desk.consistency import (
    approvals,
    background,
    budgets,
    clocks,
    database,
    decided,
    equipment,
    lines,
    maintenance,
    notices,
    outbox,
    record,
    replay,
    requests,
    rights,
    work,
)
from portal.desk.consistency.cases import Case, cases
from portal.desk.consistency.codes import CODES
from portal.desk.consistency.finding import Finding
from portal.desk.consistency.snapshot import one_moment

PACE = 5.0  # seconds between two sentences about how far it is
UNREADABLE = "record.unreadable"
# What reading a damaged value raises.
DAMAGED = (KeyError, IndexError, ValueError, TypeError, AttributeError, ArithmeticError)


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

    `only`: codes, or their first part ('clock'); of the others only `record.unreadable` is reported.
    `say` hears every few seconds how far it is.
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
    checks = {
        "requests": requests.check(case),
        "lines": lines.check(case),
        "approvals": approvals.check(case, known),
        "decisions": decided.check(case, known),
        "clocks": clocks.check(case),
        "outbox": outbox.check(case, known),
        "maintenance": maintenance.check(case),
        "record": record.check(case),
        "replay": replay.check(case),
    }
    for name, findings in checks.items():
        yield from _to_its_end(name, findings, f"request:{case.request.id}", f"{case.name}: ")


def _of_no_case() -> Iterator[Finding]:
    checks = {
        "database": database.check(),
        "record": record.of_no_request(),
        "rights": rights.check(),
        "notices": notices.check(),
        "work": work.check(),
        "equipment": equipment.check(),
        "budgets": budgets.check(),
    }
    for name, findings in checks.items():
        yield from _to_its_end(name, findings, f"check:{name}")


def _to_its_end(check: str, findings: Iterator[Finding], subject: str, where: str = "") -> Iterator[Finding]:
    """What a check finds; where a value stops it, that is its last finding, and the other checks go on."""
    try:
        yield from findings
    except DAMAGED as error:
        # The checks read rows as the verbs write them. A script or a hand may have left any value (a state that does not
        # exist, a payload without lines), and one such row must not hide what is wrong with all the others. This is the
        # one place where that is caught; what the database itself raises is not.
        yield Finding(
            UNREADABLE, subject, f"{where}the check “{check}” stopped at a damaged value: {error!r}."
        )


def _wanted(findings: Iterable[Finding], only: Collection[str] | None) -> list[Finding]:
    """Those of `only`, and always where a check stopped: what was asked for may be behind it."""
    if only is None:
        return list(findings)
    wanted = {UNREADABLE, *only}
    return [one for one in findings if {one.code, one.code.partition(".")[0]} & wanted]


def areas() -> set[str]:
    """First parts of the codes."""
    return {code.partition(".")[0] for code in CODES}
