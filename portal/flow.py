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
from portal.desk import bundles, notices
from portal.desk import receivers as desk
from requests_app import receivers as core
from requests_app import signals as facts
from sla import receivers as sla
from sla import signals as sla_facts

Receiver = Callable[..., Any]

TABLE: tuple[tuple[Signal, tuple[Receiver, ...]], ...] = (
    (
        facts.request_submitted,
        (approvals.on_request_submitted, desk.on_request_submitted, core.on_move_submitted),
    ),
    (approval_facts.step_opened, (sla.on_step_opened, notices.on_step_opened)),
    (approval_facts.step_closed, (sla.on_step_closed, notices.on_step_closed)),
    (facts.request_extended, (approvals.on_request_extended, notices.on_request_extended)),
    (
        facts.request_returned,
        (
            approvals.on_request_returned,
            sla.on_request_returned,
            notices.on_request_returned,
            desk.on_request_returned,
        ),
    ),
    (
        facts.request_approved,
        (
            bundles.on_request_approved,
            integrations.on_request_approved,
            sla.on_request_approved,
            notices.on_request_approved,
        ),
    ),
    (facts.work_released, (sla.on_work_released,)),
    (facts.request_reopened, (bundles.on_request_reopened, notices.on_request_reopened)),
    (
        facts.request_rejected,
        (
            bundles.on_request_ended,
            sla.on_request_rejected,
            notices.on_request_rejected,
            desk.on_request_rejected,
            notices.on_followed_ended,
            core.on_move_ended,
        ),
    ),
    (
        facts.request_cancelled,
        (
            bundles.on_request_cancelled,
            approvals.on_request_cancelled,
            integrations.on_request_cancelled,
            sla.on_request_cancelled,
            notices.on_request_cancelled,
            desk.on_request_cancelled,
            notices.on_followed_ended,
            core.on_move_ended,
        ),
    ),
    (facts.fulfilment_started, (sla.on_fulfilment_started, desk.on_fulfilment_started)),
    (facts.line_on_the_way, (notices.on_line_on_the_way,)),
    (facts.request_fulfilled, (sla.on_request_fulfilled,)),
    (facts.request_closed, (bundles.on_request_ended, notices.on_request_closed, notices.on_followed_ended)),
    (facts.exception_opened, (notices.on_exception_opened,)),
    (facts.attachment_infected, (notices.on_attachment_infected,)),
    (facts.outage_ended, (notices.on_outage_ended,)),
    (facts.item_stopped, (notices.on_item_stopped,)),
    (facts.list_drafted, (notices.on_list_drafted,)),
    (facts.harm_reported, (notices.on_harm_reported,)),
    (sla_facts.clock_warned, (notices.on_clock_warned,)),
    (sla_facts.clock_breached, (notices.on_clock_breached,)),
    (account_facts.membership_granted, (audit.on_membership_granted,)),
    (account_facts.membership_revoked, (audit.on_membership_revoked,)),
    (account_facts.membership_began, (audit.on_membership_began,)),
    (account_facts.membership_ended, (audit.on_membership_ended,)),
    (account_facts.duty_taken, (audit.on_duty_taken,)),
    (account_facts.grants_repaired, (audit.on_grants_repaired,)),
    (account_facts.pass_issued, (audit.on_pass_issued,)),
    (account_facts.pass_ended, (audit.on_pass_ended,)),
    (account_facts.token_made, (audit.on_token_made,)),
    (account_facts.token_revoked, (audit.on_token_revoked,)),
)


def connect() -> None:
    """Subscribe every receiver of the table, in its order. Safe to call twice."""
    for fact, receivers in TABLE:
        for receiver in receivers:
            fact.connect(receiver, weak=False, dispatch_uid=f"{receiver.__module__}.{receiver.__name__}")
