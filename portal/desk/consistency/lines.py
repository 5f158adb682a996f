"""The lines: where they stand for the state of the request, how much of them, and for how much."""

from collections.abc import Iterator

from portal.desk.consistency.cases import Case
from portal.desk.consistency.finding import Finding
from portal.desk.consistency.rows import Line
from requests_app.models.item import line_amount
from requests_app.states import FINISHED_LINES, LineState, RequestState, Source

L = LineState
NOT_AGREED = (L.DRAFT, L.ASKED, L.REJECTED, L.CANCELLED)
FROM_STORE = (L.TO_PICK, L.PICKED, L.ON_THE_WAY)
FROM_SUPPLIER = (L.WITH_BUYER, L.ORDERED, L.AT_GOODS_IN, L.PART_RECEIVED, L.SUPPLIER_CANCELLED)
AS_ORDERED = (L.ORDERED, L.AT_GOODS_IN, L.PART_RECEIVED, L.RECEIVED, L.SUPPLIER_CANCELLED)
WHILE = {
    RequestState.DRAFT: {L.DRAFT},
    RequestState.SUBMITTED: {L.ASKED},
    RequestState.RETURNED: {L.ASKED, L.DRAFT},
    RequestState.APPROVED: {L.TO_PICK, L.WITH_BUYER, L.SUPPLIER_CANCELLED},
    RequestState.IN_FULFILMENT: {*FROM_STORE, *FROM_SUPPLIER, L.RECEIVED},
    RequestState.FULFILLED: {L.RECEIVED, L.SUPPLIER_CANCELLED},
    RequestState.CLOSED: {L.RECEIVED, L.SUPPLIER_CANCELLED},
    RequestState.REJECTED: {L.REJECTED},
    RequestState.CANCELLED: {L.CANCELLED, L.SUPPLIER_CANCELLED},
}


def check(case: Case) -> Iterator[Finding]:
    if case.request.is_supply:
        yield from _together(case)
    fits = WHILE[RequestState(case.state)]
    referred = {reference.line_id for reference in case.references}
    for line in case.lines:
        if line.state not in fits:
            yield _of(case, line, "line.state", f"is “{line.state}” in a request that is “{case.state}”.")
        if line.state in (FROM_SUPPLIER if line.source == Source.STORE else FROM_STORE):
            yield _of(case, line, "line.way", f"({line.source}) is “{line.state}”.")
        if why := _quantities(line):
            yield _of(case, line, "line.quantity", why)
        if line.amount != line_amount(line.quantity, line.unit_price):
            yield _of(
                case, line, "line.amount", f"costs {line.amount}: {line.quantity} at {line.unit_price}."
            )
        if line.source != Source.STORE and line.state in AS_ORDERED and line.id not in referred:
            yield _of(case, line, "line.ordered", f"is “{line.state}” without an order.")
        if line.team_id is None and case.changes and "no_team" not in {one.kind for one in case.exceptions}:
            yield _of(case, line, "line.team", "has no team and no exception.")


def _of(case: Case, line: Line, code: str, what: str) -> Finding:
    return case.finding(code, f"line:{line.id}", f"{line.code} {what}")


def _together(case: Case) -> Iterator[Finding]:
    states = {line.state for line in case.lines}
    if not states and case.state != RequestState.DRAFT:
        yield case.wrong("line.state", "it was sent and has no lines.")
    if case.state in (RequestState.APPROVED, RequestState.IN_FULFILMENT) and states <= set(FINISHED_LINES):
        yield case.wrong("line.state", f"every line has ended, and it is “{case.state}”.")
    if case.state in (RequestState.FULFILLED, RequestState.CLOSED) and L.RECEIVED not in states:
        yield case.wrong("line.state", "it is all here, and nothing arrived.")
    if case.state == RequestState.CANCELLED and len(states) > 1:
        yield case.wrong("line.state", "some lines were cancelled by the ward, others by the supplier.")


def _quantities(line: Line) -> str:
    """What cannot be so, or ''."""
    agreed, came, here = line.approved_quantity, line.goods_in_quantity, line.received_quantity
    if line.state in NOT_AGREED:
        wrong = "was not agreed and has quantities." if (agreed, came, here) != (None, 0, 0) else ""
    elif agreed is None or not 1 <= agreed <= line.quantity:
        wrong = f"has {agreed} agreed of {line.quantity}."
    elif not 0 <= here <= agreed:
        wrong = f"has {here} arrived of {agreed}."
    elif (line.state == L.RECEIVED) != (here == agreed):
        wrong = f"is “{line.state}” with {here} of {agreed}."
    elif line.state in (L.WITH_BUYER, L.ORDERED, L.SUPPLIER_CANCELLED) and (came or here):
        wrong = f"is “{line.state}”, and {came or here} came."
    elif line.state == L.PART_RECEIVED and not here:
        wrong = "has arrived in part, and nothing is here."
    elif line.state == L.AT_GOODS_IN and not came:
        wrong = "is at goods-in, and nothing came."
    elif line.source == Source.STORE and came:
        wrong = f"is from the store and came at goods-in {came} times."
    else:
        wrong = ""
    return wrong
