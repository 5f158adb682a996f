"""Read this first: what happens when something became true, and in what order.

Each row is a fact and the receivers that hear it, in the order of the list. Facts wait in a queue (portal/facts.py)
until everybody heard the one before. A receiver writes its own tables and nothing else; it never raises because
something is missing (no calendar, no policy, nobody to ask), it records that with an owner. If it fails, the whole
verb rolls back.
"""

from collections.abc import Callable
from typing import Any

from django.dispatch import Signal

from approvals import receivers as approvals
from approvals import signals as approval_facts
from integrations import receivers as integrations
from portal.accounts import signals as account_facts
from portal.audit import receivers as audit
from portal.desk import notices
from requests_app import signals as facts
from sla import receivers as sla
from sla import signals as sla_facts

Receiver = Callable[..., Any]

TABLE: tuple[tuple[Signal, tuple[Receiver, ...]], ...] = (
    (facts.request_submitted, (approvals.on_request_submitted,)),
    (approval_facts.step_opened, (sla.on_step_opened, notices.on_step_opened)),
    (approval_facts.step_closed, (sla.on_step_closed, notices.on_step_closed)),
    (
        facts.request_approved,
        (integrations.on_request_approved, sla.on_request_approved, notices.on_request_approved),
    ),
    (facts.request_rejected, (sla.on_request_rejected, notices.on_request_rejected)),
    (
        facts.request_cancelled,
        (
            approvals.on_request_cancelled,
            integrations.on_request_cancelled,
            sla.on_request_cancelled,
            notices.on_request_cancelled,
        ),
    ),
    (facts.fulfilment_started, (sla.on_fulfilment_started,)),
    (facts.line_on_the_way, (notices.on_line_on_the_way,)),
    (facts.request_fulfilled, (sla.on_request_fulfilled,)),
    (facts.request_closed, (notices.on_request_closed,)),
    (facts.exception_opened, (notices.on_exception_opened,)),
    (sla_facts.clock_warned, (notices.on_clock_warned,)),
    (sla_facts.clock_breached, (notices.on_clock_breached,)),
    (account_facts.membership_granted, (audit.on_membership_granted,)),
    (account_facts.membership_revoked, (audit.on_membership_revoked,)),
    (account_facts.membership_began, (audit.on_membership_began,)),
    (account_facts.membership_ended, (audit.on_membership_ended,)),
    (account_facts.duty_taken, (audit.on_duty_taken,)),
    (account_facts.grants_repaired, (audit.on_grants_repaired,)),
    (account_facts.token_made, (audit.on_token_made,)),
    (account_facts.token_revoked, (audit.on_token_revoked,)),
)


def connect() -> None:
    """Subscribe every receiver of the table, in its order. Safe to call twice."""
    for fact, receivers in TABLE:
        for receiver in receivers:
            fact.connect(receiver, weak=False, dispatch_uid=f"{receiver.__module__}.{receiver.__name__}")
