"""The lines once more, from the audit events alone: where each ended, how much came in and how much arrived."""

from collections.abc import Iterator

from portal.desk.consistency import rows
from portal.desk.consistency.cases import Case
from portal.desk.consistency.finding import Finding
from requests_app.states import LineState, Source

ALL_TO = {
    "request.submitted": LineState.ASKED,
    "request.undecided": LineState.ASKED,
    "request.rejected": LineState.REJECTED,
    "request.cancelled": LineState.CANCELLED,
}

COUNTED = {"lines.picked": "picked", "lines.on_the_way": "sent"}


def check(case: Case) -> Iterator[Finding]:
    states = {line.code: str(LineState.DRAFT) for line in case.lines}
    came: dict[str, int] = dict.fromkeys(states, 0)
    arrived: dict[str, int] = dict.fromkeys(states, 0)
    sent: dict[str, int] = dict.fromkeys(states, 0)  # from the store, and neither lost nor unfit for use
    picked: dict[str, int] = dict.fromkeys(states, 0)
    uncounted: set[str] = (
        set()
    )  # until part picks came, the record said that a line was picked, not how much of it
    struck: set[str] = set()  # by who decided
    for event in case.events:
        if event.action in ALL_TO:
            if event.action == "request.submitted":
                struck.clear()
            states = dict.fromkeys(states, str(ALL_TO[event.action]))
            if event.action == "request.undecided":
                states |= dict.fromkeys(struck, str(LineState.REJECTED))
        elif event.action == "request.approved":
            states = {line.code: _released(line) for line in case.lines}
            states |= dict.fromkeys(struck, str(LineState.REJECTED))
        elif event.action == "lines.adjusted":
            gone = {code for code, left in event.after["quantities"].items() if not left}
            struck |= gone
            states |= dict.fromkeys(gone, str(LineState.REJECTED))
        elif event.action == "step.withdrawn":
            back = struck & set(event.after.get("put_back", ()))
            struck -= back
            states |= dict.fromkeys(back, str(LineState.ASKED))
        elif event.action.startswith("lines."):
            was = {code: states.get(code) for code in event.before["lines"]}
            if was != event.before["lines"]:
                yield case.finding(
                    "record.lines",
                    f"event:{event.id}",
                    f"{event.action} was done to {event.before['lines']}, they were {was}.",
                )
            states.update(event.after["lines"])
            came.update(event.after.get("goods_in", {}))
            if event.action in COUNTED and COUNTED[event.action] not in event.after:
                uncounted.update(event.after["lines"])
            for name, sums, sign in (
                ("arrived", arrived, 1),
                ("lost", sent, -1),
                ("sent", sent, 1),
                ("sent", picked, -1),
                ("picked", picked, 1),
            ):
                for code, count in event.after.get(name, {}).items():
                    sums[code] = sums.get(code, 0) + sign * count
    for line in case.lines:
        if line.state != states[line.code]:
            yield case.finding(
                "record.lines",
                f"line:{line.id}",
                f"{line.code} is “{line.state}”, its events end with “{states[line.code]}”.",
            )
        told = (came[line.code], arrived[line.code])
        if (line.goods_in_quantity, line.received_quantity) != told:
            yield case.finding(
                "record.quantities",
                f"line:{line.id}",
                f"{line.code}: {line.goods_in_quantity} came, {line.received_quantity} arrived; on record {told[0]}, {told[1]}.",
            )
        told = (picked[line.code], sent[line.code])
        if line.code not in uncounted and (line.picked_quantity, line.sent_quantity) != told:
            yield case.finding(
                "record.quantities",
                f"line:{line.id}",
                f"{line.code}: {line.picked_quantity} picked, {line.sent_quantity} sent; on record {told[0]}, {told[1]}.",
            )


def _released(line: rows.Line) -> str:
    return str(LineState.TO_PICK if line.source == Source.STORE else LineState.WITH_BUYER)
