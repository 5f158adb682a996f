"""What Odoo is promised and what it gave back: messages, tries, references, against the lines that were agreed."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from integrations import gate
from integrations.models import DeliveryAttempt, ExternalReference, OutboxMessage
from portal.desk.consistency import rows
from portal.desk.consistency.background import Background
from portal.desk.consistency.cases import Case
from portal.desk.consistency.finding import Finding
from requests_app.models import CaseException
from requests_app.states import FINISHED_LINES, LineState, RequestState

M, R = OutboxMessage.State, DeliveryAttempt.Outcome
ORDER = OutboxMessage.Kind.PURCHASE_ORDER
KIND = CaseException.Kind
LAST_TRY = {M.DONE: {R.DELIVERED}, M.DEAD: {R.REFUSED}, M.PENDING: {R.FAILED, R.REFUSED}, M.VOID: set(R)}
CANCELLED_IN_ODOO = "cancel"
UNWANTED = (RequestState.CANCELLED, RequestState.REJECTED)


def check(case: Case, background: Background) -> Iterator[Finding]:
    orders = [one for one in case.messages if one.kind == ORDER]
    yield from _promised(case, orders)
    for message in orders:
        yield from _content(case, message, background)
        yield from result(case, message, ExternalReference.ORDER)
        yield from attempts(case, message)
    by_id = {message.id: message for message in case.messages}
    for reference in case.references:
        yield from _reference(case, reference, by_id.get(reference.message_id))
    yield from _exceptions(case)


def _promised(case: Case, orders: list[rows.Message]) -> Iterator[Finding]:
    """Every agreed line that is bought is in one order, or its buyer knows why not."""
    if case.request.released_at is None and any(one.state != M.VOID for one in orders):
        yield case.wrong("outbox.unreleased", "an order was promised, and nobody agreed to it.")
    covered: dict[str, int] = {}
    for message in orders:
        for line in message.payload["lines"] if message.state != M.VOID else ():
            if line["line"] in covered:
                also = f"message:{covered[line['line']]}"
                yield _of(case, message, "outbox.twice", f"{line['code']} stands in {also} too.")
            covered[line["line"]] = message.id
    told = case.open_exceptions(KIND.NO_PRODUCT)
    for held in _held_back(case):
        if held.code not in told:
            yield case.finding("outbox.missing", f"line:{held.id}", f"nobody orders {held.code}.")


def _held_back(case: Case) -> list[rows.Line]:
    """Lines that are with the buyer and in no order."""
    payloads = (one.payload for one in case.messages if one.state != M.VOID and one.kind == ORDER)
    covered = {line["line"] for payload in payloads for line in payload["lines"]}
    with_buyer = [line for line in case.lines if line.state == LineState.WITH_BUYER]
    return [line for line in with_buyer if line.public_id not in covered]


def _of(case: Case, message: rows.Message, code: str, what: str) -> Finding:
    return case.finding(code, f"message:{message.id}", what)


def _content(case: Case, message: rows.Message, background: Background) -> Iterator[Finding]:
    payload, request = message.payload, case.request
    vendor = payload["vendor"]["code"]
    generation = message.key.rpartition(":")[2]
    mark = background.vendor_marks.get(vendor, vendor)
    expected = {
        "key": (message.key, f"odoo.po:{request.public_id}:{vendor}:{generation}"),
        "external_id": (payload["external_id"], f"hsp.po_{request.public_id}_{mark}_{generation}"),
        "origin": (payload["origin"], request.number),
    }
    for name, (said, wanted) in expected.items():
        if said != wanted:
            yield _of(case, message, "outbox.content", f"its {name} is {said}, and should be {wanted}.")
    if not payload["lines"]:
        yield _of(case, message, "outbox.content", "it orders nothing.")
    lines = {line.public_id: line for line in case.lines}
    for ordered in payload["lines"] if message.state != M.VOID else ():
        if why := _differs(ordered, lines.get(ordered["line"]), vendor):
            yield _of(case, message, "outbox.content", f"{ordered['code']} {why}")


def _differs(ordered: dict[str, Any], line: rows.Line | None, vendor: str) -> str:
    """How a line of the payload is not the line that was agreed, or ''."""
    if line is None:
        return "is no line of this request."
    pairs = {
        "code": (ordered["code"], line.code),
        "external id": (ordered["external_id"], f"hsp.pol_{line.public_id}"),
        "quantity": (Decimal(ordered["quantity"]), Decimal(line.quantity)),
        "price": (Decimal(ordered["price_unit"]), line.unit_price),
        "supplier": (vendor, line.vendor__code),
    }
    wrong = [f"{name} {said} and not {agreed}" for name, (said, agreed) in pairs.items() if said != agreed]
    return f"has {', '.join(wrong)}." if wrong else ""


def result(case: Case, message: rows.Message, model: str) -> Iterator[Finding]:
    """What a message made (one record of `model`; none where it is '') and its claim are as its state says."""
    made = [one for one in case.references if one.message_id == message.id and one.model == model]
    done = message.state == M.DONE
    if len(made) != int(done and bool(model)) or (message.done_at is not None) != done:
        yield _of(
            case, message, "outbox.result", f"it is “{message.state}” with {len(made)} records in Odoo."
        )
    claimed = message.state == M.CLAIMED
    if (message.claimed_until is not None) != claimed or (claimed and not message.token):
        yield _of(case, message, "outbox.result", f"it is “{message.state}”, and its claim says otherwise.")
    if model and message.state == M.PENDING and not message.attempts and case.state in UNWANTED:
        yield _of(case, message, "outbox.result", f"it waits to be sent, and the request is “{case.state}”.")


def attempts(case: Case, message: rows.Message) -> Iterator[Finding]:
    tries = [one for one in case.attempts if one.message_id == message.id]
    ended = message.attempts - (message.state == M.CLAIMED)  # a claim gets its row when it ends
    if sorted(one.number for one in tries) != list(range(1, ended + 1)):
        yield _of(
            case,
            message,
            "outbox.attempts",
            f"{message.attempts} tries were counted, {len(tries)} are on record.",
        )
    elif tries and message.state != M.CLAIMED:
        last = max(tries, key=lambda one: one.number).outcome
        if last not in LAST_TRY[M(message.state)]:
            yield _of(
                case, message, "outbox.attempts", f"it is “{message.state}”, its last try was “{last}”."
            )


def _reference(case: Case, reference: rows.Reference, message: rows.Message | None) -> Iterator[Finding]:
    subject = f"reference:{reference.id}"
    if message is None:
        yield case.finding("reference.link", subject, "its message is of another request.")
        return
    if reference.model == ExternalReference.ORDER_LINE:
        yield from _order_line(case, reference)
        return
    if reference.model != ExternalReference.ORDER:
        return
    if reference.external_id != message.payload["external_id"]:
        yield case.finding("reference.link", subject, f"{reference.external_id} is not what was sent.")
    parts = {one.line_id for one in case.references if one.parent_id == reference.id}
    awaited = [line.code for line in case.lines if line.id in parts and line.state not in FINISHED_LINES]
    if reference.closed_at and awaited and not reference.gone_at and reference.state != CANCELLED_IN_ODOO:
        yield case.finding(
            "reference.closed", subject, f"nobody asks any more, and {', '.join(awaited)} is awaited."
        )
    told = {one.key for one in case.exceptions if one.kind == KIND.DRIFT}
    dearer = {one.key for one in case.exceptions if one.kind == KIND.PRICE_ABOVE_APPROVAL}
    known = reference.external_id in told or (reference.name in dearer and not reference.gone_at)
    if (reference.drift or reference.gone_at) and not known:
        yield case.finding("reference.drift", subject, "the order was changed, and no buyer knows.")


def _order_line(case: Case, reference: rows.Reference) -> Iterator[Finding]:
    parent = next((one for one in case.references if one.id == reference.parent_id), None)
    line = next((one for one in case.lines if one.id == reference.line_id), None)
    if (
        parent is None
        or line is None
        or parent.message_id != reference.message_id
        or reference.external_id != f"hsp.pol_{line.public_id}"
    ):
        yield case.finding(
            "reference.link", f"reference:{reference.id}", f"{reference.external_id} is astray."
        )


def _exceptions(case: Case) -> Iterator[Finding]:
    """A refusal has an owner; an exception that nobody can close by hand is closed with its cause."""
    refused = {message.key for message in case.messages if message.state == M.DEAD}
    told = case.open_exceptions(KIND.SYNC_REJECTED)
    told |= {
        one.key for one in case.exceptions if one.kind in gate.KINDS
    }  # held back: its owner may have settled it
    for message in case.messages:
        if message.key in refused - told:
            yield _of(case, message, "outbox.refused", "it was refused, and no exception is open.")
    unlinked = {line.code for line in _held_back(case)}
    routing = {""} if any(one.status == "needs_routing" for one in case.approvals) else set()
    causes = {KIND.SYNC_REJECTED: refused, KIND.NO_PRODUCT: unlinked, KIND.NEEDS_ROUTING: routing}
    for one in case.exceptions:
        if one.closed_at is None and one.kind in causes and one.key not in causes[KIND(one.kind)]:
            yield case.finding(
                "exception.over", f"exception:{one.id}", f"“{one.kind}” is open without its cause."
            )
        if (one.closed_at is None) != (one.closed_by_id is None):
            yield case.finding("exception.over", f"exception:{one.id}", f"“{one.kind}” was closed by nobody.")
