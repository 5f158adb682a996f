"""Damage to outbox and references. Each returns the subject that must be named."""

from types import SimpleNamespace

from integrations.models import DeliveryAttempt, ExternalReference, OutboxMessage
from requests_app.models import CaseException
from tests.consistency.damage import again, damage, line, message, named, remove, set_columns


@damage("outbox.missing")
def a_promise_is_deleted(p: SimpleNamespace) -> str:
    remove(message(p.waiting))
    return named(line(p.waiting, "SPO-SEN"), "line")


@damage("outbox.unreleased", "outbox.content")
def an_order_is_promised_before_it_is_agreed(p: SimpleNamespace) -> str:
    promised = message(p.waiting)
    key = f"odoo.po:{p.second.public_id}:KES:1"
    payload = promised.payload | {
        "external_id": f"hsp.po_{p.second.public_id}_KES_1",
        "origin": p.second.number,
    }
    again(promised, request_id=p.second.pk, key=key, payload=payload)
    return named(p.second, "request")


@damage("outbox.content")
def a_payload_orders_more(p: SimpleNamespace) -> str:
    promised = message(p.waiting)
    promised.payload["lines"][0]["quantity"] = "200"
    OutboxMessage.objects.filter(pk=promised.pk).update(payload=promised.payload)
    return named(promised, "message")


@damage("outbox.twice")
def a_line_is_promised_twice(p: SimpleNamespace) -> str:
    promised = message(p.waiting)
    payload = promised.payload | {"external_id": promised.payload["external_id"][:-1] + "2"}
    again(promised, key=promised.key[:-1] + "2", payload=payload)
    return named(OutboxMessage.objects.latest("pk"), "message")


@damage("outbox.result", "outbox.attempts", "record.deliveries")
def a_message_is_marked_as_sent(p: SimpleNamespace) -> str:
    set_columns(message(p.failed), state="done", done_at=p.failed.submitted_at)
    return named(message(p.failed), "message")


@damage("outbox.result", "outbox.attempts", "record.deliveries")
def a_sent_message_is_to_be_sent_again(p: SimpleNamespace) -> str:
    set_columns(message(p.ordered), state="pending", done_at=None)
    return named(message(p.ordered), "message")


@damage("outbox.attempts")
def a_try_is_wiped_off(p: SimpleNamespace) -> str:
    remove(DeliveryAttempt.objects.get(message=message(p.failed)))
    return named(message(p.failed), "message")


@damage("outbox.refused", "record.exceptions")
def a_refusal_has_no_owner(p: SimpleNamespace) -> str:
    exception = p.refused.exceptions.get()
    set_columns(exception, closed_at=exception.opened_at, closed_by_id=p.refused.filed_by_id)
    return named(message(p.refused), "message")


@damage("reference.link")
def a_reference_points_at_another_line(p: SimpleNamespace) -> str:
    reference = ExternalReference.objects.get(request=p.ordered, model=ExternalReference.ORDER_LINE)
    set_columns(reference, external_id="hsp.pol_another")
    return named(reference, "reference")


@damage("reference.closed")
def an_awaited_order_is_no_longer_asked_about(p: SimpleNamespace) -> str:
    reference = ExternalReference.objects.get(request=p.placed, model=ExternalReference.ORDER)
    set_columns(reference, closed_at=p.placed.submitted_at)
    return named(reference, "reference")


@damage("reference.drift", "record.subjects")
def nobody_is_told_of_a_lost_order(p: SimpleNamespace) -> str:
    remove(p.gone.exceptions.get())
    return named(ExternalReference.objects.get(request=p.gone, model=ExternalReference.ORDER), "reference")


@damage("exception.over", "record.exceptions")
def a_settled_exception_is_open_again(p: SimpleNamespace) -> str:
    settled = CaseException.objects.get(request=p.linked_later)
    set_columns(settled, closed_at=None, closed_by_id=None)
    return named(settled, "exception")


@damage("maintenance.missing")
def a_repair_loses_its_promise(p: SimpleNamespace) -> str:
    remove(message(p.repair))
    return named(p.repair, "request")


@damage("maintenance.content")
def a_maintenance_request_of_another_repair(p: SimpleNamespace) -> str:
    promised = message(p.repair)
    OutboxMessage.objects.filter(pk=promised.pk).update(payload=promised.payload | {"number": p.call.number})
    return named(promised, "message")
