"""The lines once more, from the audit events alone: where each ended, how much came in and how much arrived."""

from collections.abc import Iterator

from portal.desk.consistency import rows
from portal.desk.consistency.cases import Case
from portal.desk.consistency.finding import Finding
from requests_app.states import LineState, Source

ALL_TO = {
    "request.submitted": LineState.ASKED,
    "request.rejected": LineState.REJECTED,
    "request.cancelled": LineState.CANCELLED,
}


def check(case: Case) -> Iterator[Finding]:
    states = {line.code: str(LineState.DRAFT) for line in case.lines}
    came: dict[str, int] = dict.fromkeys(states, 0)
    arrived: dict[str, int] = dict.fromkeys(states, 0)
    for event in case.events:
        if event.action in ALL_TO:
            states = dict.fromkeys(states, str(ALL_TO[event.action]))
        elif event.action == "request.approved":
            states = {line.code: _released(line) for line in case.lines}
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
            for code, count in event.after.get("arrived", {}).items():
                arrived[code] = arrived.get(code, 0) + count
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


def _released(line: rows.Line) -> str:
    return str(LineState.TO_PICK if line.source == Source.STORE else LineState.WITH_BUYER)
