"""What Odoo's maintenance is promised of a repair, and what it gave back."""

from collections.abc import Iterator

from integrations.models import ExternalReference, OutboxMessage
from portal.desk.consistency import outbox, rows
from portal.desk.consistency.cases import Case
from portal.desk.consistency.finding import Finding
from requests_app.models import CaseException
from requests_app.states import TEAM_STATES, Kind, RequestState

K, M = OutboxMessage.Kind, OutboxMessage.State


def check(case: Case) -> Iterator[Finding]:
    made = [one for one in case.messages if one.kind == K.MAINTENANCE_REQUEST]
    stages = [one for one in case.messages if one.kind == K.MAINTENANCE_STAGE]
    agreed = any(change.to_state == RequestState.APPROVED for change in case.changes)
    if case.request.category__kind == Kind.REPAIR and agreed and not made:
        yield case.wrong("maintenance.missing", "it was agreed, and nobody told Odoo's maintenance.")
    for message in made:
        yield from _content(case, message)
        yield from outbox.result(case, message, ExternalReference.MAINTENANCE)
    for message in stages:
        yield from outbox.result(case, message, "")
    for message in (*made, *stages):
        yield from outbox.attempts(case, message)
    for record in case.references:
        if record.model == ExternalReference.MAINTENANCE:
            yield from _record(case, record, made, stages)


def _content(case: Case, message: rows.Message) -> Iterator[Finding]:
    request, payload = case.request, message.payload
    expected = {
        "key": (message.key, f"odoo.mr:{request.public_id}"),
        "external_id": (payload["external_id"], f"hsp.mr_{request.public_id}"),
        "number": (payload["number"], request.number),
    }
    for name, (said, wanted) in expected.items():
        if said != wanted:
            subject = f"message:{message.id}"
            yield case.finding("maintenance.content", subject, f"its {name} is {said}, not {wanted}.")


def _record(
    case: Case, record: rows.Reference, made: list[rows.Message], stages: list[rows.Message]
) -> Iterator[Finding]:
    subject = f"reference:{record.id}"
    message = next((one for one in made if one.id == record.message_id), None)
    if message is None or message.payload["external_id"] != record.external_id:
        yield case.finding("reference.link", subject, f"{record.external_id} is not what was sent.")
    on_its_way = any(one.state in (M.PENDING, M.CLAIMED, M.DEAD) for one in stages)
    if record.closed_at and not record.gone_at and case.state in TEAM_STATES and not on_its_way:
        yield case.finding("reference.closed", subject, "nobody asks any more, and the repair goes on.")
    told = {one.key for one in case.exceptions if one.kind == CaseException.Kind.DRIFT}
    if (record.drift or record.gone_at) and record.external_id not in told:
        yield case.finding("reference.drift", subject, "the repair was changed there, and nobody was told.")
