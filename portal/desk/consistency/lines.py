"""The lines: where they stand for the state of the request, how much of them, and for how much."""

from collections.abc import Iterator

from portal.desk.consistency.cases import Case
from portal.desk.consistency.finding import Finding
from portal.desk.consistency.rows import Line
from requests_app.models.item import line_amount
from requests_app.states import FINISHED_LINES, LineState, RequestState, Source

L = LineState
NOT_AGREED = (L.DRAFT, L.ASKED, L.REJECTED, L.CANCELLED)
FROM_STORE = (L.TO_PICK, L.TO_FOLLOW, L.PICKED, L.ON_THE_WAY)
FROM_SUPPLIER = (L.WITH_BUYER, L.ORDERED, L.AT_GOODS_IN, L.PART_RECEIVED, L.SUPPLIER_CANCELLED)
AS_ORDERED = (L.ORDERED, L.AT_GOODS_IN, L.PART_RECEIVED, L.RECEIVED, L.SUPPLIER_CANCELLED)
WHILE = {
    RequestState.DRAFT: {L.DRAFT},
    RequestState.SUBMITTED: {L.ASKED},
    RequestState.RETURNED: {L.ASKED, L.DRAFT},
    RequestState.APPROVED: {L.TO_PICK, L.WITH_BUYER, L.SUPPLIER_CANCELLED},
    RequestState.IN_FULFILMENT: {*FROM_STORE, *FROM_SUPPLIER, L.RECEIVED, L.CANCELLED},
    RequestState.ON_HOLD: set(),
    RequestState.FULFILLED: {L.RECEIVED, L.SUPPLIER_CANCELLED, L.CANCELLED},
    RequestState.CLOSED: {L.RECEIVED, L.SUPPLIER_CANCELLED, L.CANCELLED},
    RequestState.REJECTED: {L.REJECTED},
    RequestState.CANCELLED: {L.CANCELLED, L.SUPPLIER_CANCELLED},
}


def check(case: Case) -> Iterator[Finding]:
    if case.request.is_supply:
        yield from _together(case)
    fits = WHILE[RequestState(case.state)]
    referred = {reference.line_id for reference in case.references}
    for line in case.lines:
        if line.state not in fits and not (line.is_struck and case.state != RequestState.DRAFT):
            yield _of(case, line, "line.state", f"is “{line.state}” in a request that is “{case.state}”.")
        if line.state in (FROM_SUPPLIER if line.source == Source.STORE else FROM_STORE):
            yield _of(case, line, "line.way", f"({line.source}) is “{line.state}”.")
        if why := _quantities(line):
            yield _of(case, line, "line.quantity", why)
        if line.amount != (
            0
            if line.approved_quantity == 0 and not _struck(line)
            else line_amount(line.quantity, line.unit_price)
        ):
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
    states = {line.state for line in case.lines if not line.is_struck}
    if not states and case.state != RequestState.DRAFT:
        yield case.wrong("line.state", "it was sent and has no lines.")
    if case.state in (RequestState.APPROVED, RequestState.IN_FULFILMENT) and states <= set(FINISHED_LINES):
        yield case.wrong("line.state", f"every line has ended, and it is “{case.state}”.")
    if case.state in (RequestState.FULFILLED, RequestState.CLOSED) and L.RECEIVED not in states:
        yield case.wrong("line.state", "it is all here, and nothing arrived.")
    by_ward = {line.state for line in case.lines if not _struck(line) and not line.is_struck}
    if case.state == RequestState.CANCELLED and len(by_ward) > 1:
        yield case.wrong("line.state", "some lines were cancelled by the ward, others by the supplier.")


def _struck(line: Line) -> bool:
    """Agreed, and given up by the store before anything of it was sent."""
    return line.state == L.CANCELLED and line.source == Source.STORE and line.approved_quantity == 0


def _struck_and_cancelled(line: Line) -> bool:
    """Who decided left nothing of it, then the ward no longer needed the rest either."""
    return line.state == L.CANCELLED and line.approved_quantity == 0 and line.asked_quantity is not None


def _quantities(line: Line) -> str:
    """What cannot be so, or ''."""
    agreed, came, here = line.approved_quantity, line.goods_in_quantity, line.received_quantity
    if line.asked_quantity is not None and line.asked_quantity < line.quantity:
        wrong = f"has {line.quantity}, more than the {line.asked_quantity} that were asked for."
    elif _struck(line) or line.is_struck or _struck_and_cancelled(line):
        wrong = "was given up and has quantities." if came or here or _of_store(line) != (0, 0, 0) else ""
    elif line.state in NOT_AGREED:
        some = (agreed, came, here) != (None, 0, 0) or _of_store(line) != (0, 0, 0)
        wrong = "was not agreed and has quantities." if some else ""
    elif agreed is None or not 1 <= agreed <= line.quantity:
        wrong = f"has {agreed} agreed of {line.quantity}."
    elif not 0 <= here <= agreed:
        wrong = f"has {here} arrived of {agreed}."
    elif (line.state == L.RECEIVED) != (here == agreed):
        wrong = f"is “{line.state}” with {here} of {agreed}."
    elif line.source == Source.STORE:
        wrong = _in_store(line, agreed)
    else:
        wrong = _bought(line)
    return wrong


def _of_store(line: Line) -> tuple[int, int, int]:
    return line.follow_quantity, line.picked_quantity, line.sent_quantity


def _in_store(line: Line, agreed: int) -> str:
    """Every order unit agreed is to pick, to follow, picked, on its way or here; the nearest to the ward is the state."""
    follow, picked, sent = _of_store(line)
    here, to_pick = line.received_quantity, agreed - follow - picked - sent
    if line.goods_in_quantity:
        return f"is from the store and came at goods-in {line.goods_in_quantity} times."
    if to_pick < 0 or sent < here:
        return f"has {follow} to follow, {picked} picked, {sent} sent and {here} arrived of {agreed}."
    where = (
        (sent - here, L.ON_THE_WAY),
        (picked, L.PICKED),
        (to_pick, L.TO_PICK),
        (follow, L.TO_FOLLOW),
        (here, L.RECEIVED),
    )
    should = next(state for count, state in where if count)
    return "" if line.state == should else f"is “{line.state}”, by its quantities it is “{should}”."


def _bought(line: Line) -> str:
    came, here = line.goods_in_quantity, line.received_quantity
    if _of_store(line) != (0, 0, 0):
        return "is bought and has quantities of the store."
    if line.state in (L.WITH_BUYER, L.ORDERED, L.SUPPLIER_CANCELLED) and (came or here):
        return f"is “{line.state}”, and {came or here} came."
    if line.state == L.PART_RECEIVED and not here:
        return "has arrived in part, and nothing is here."
    if line.state == L.AT_GOODS_IN and not came:
        return "is at goods-in, and nothing came."
    return ""
