"""Read this first: what happens when something became true, and in what order.

Each row is a fact and the receivers that hear it, in the order of the list. Facts wait in a queue (portal/facts.py)
until everybody heard the one before. A receiver writes its own tables and nothing else; it never raises because
something is missing (no calendar, no policy, nobody to ask), it records that with an owner. If it fails, the whole
verb rolls back.
"""

from collections.abc import Callable
from typing import Any

from django.dispatch import Signal

from approvals import gate as decided_gate
from approvals import hours
from approvals import receivers as approvals
from approvals import signals as approval_facts
from approvals.governing import calendars as policy_calendars
from integrations import gate as leaving_gate
from integrations import receivers as integrations
from integrations import signals as integration_facts
from portal.accounts import signals as account_facts
from portal.audit import receivers as audit
from portal.desk import (
    bundles,
    equipment_watch,
    notices,
    notices_approvals,
    notices_case,
    notices_deciding,
    notices_glass,
    notices_ladder,
    notices_repairs,
    notices_supply,
)
from portal.desk import receivers as desk
from requests_app import receivers as core
from requests_app import signals as facts
from sla import calendars
from sla import receivers as sla
from sla import signals as sla_facts

Receiver = Callable[..., Any]

TABLE: tuple[tuple[Signal, tuple[Receiver, ...]], ...] = (
    (
        facts.request_submitted,
        (
            approvals.on_request_submitted,
            desk.on_request_submitted,
            core.on_move_submitted,
            core.on_cost_filed,
            equipment_watch.on_repair,
        ),
    ),
    (approval_facts.step_opened, (sla.on_step_opened, notices_approvals.on_step_opened)),
    (approval_facts.lines_adjusted, (notices_deciding.on_lines_adjusted, approvals.on_money_moved)),
    (approval_facts.step_passed, (notices_deciding.on_step_passed,)),
    (approval_facts.step_closed, (core.on_step_closed, sla.on_step_closed, notices.on_step_closed)),
    (approval_facts.step_reasked, (notices_approvals.on_step_reasked,)),
    (approval_facts.decided_for, (notices_approvals.on_decided_for,)),
    (approval_facts.duty_decided, (notices_approvals.on_duty_decided,)),
    (approval_facts.cover_given, (notices_approvals.on_cover_given,)),
    (approval_facts.cover_ended, (notices_approvals.on_cover_ended,)),
    (approval_facts.step_kept, (notices.on_step_kept,)),
    (approval_facts.glass_broken, (notices_glass.on_glass_broken,)),
    (approval_facts.glass_reviewed, (notices_glass.on_glass_reviewed,)),
    (approval_facts.glass_overdue, (notices_glass.on_glass_overdue,)),
    (
        approval_facts.decision_undone,
        (sla.on_decision_undone, notices_approvals.on_decision_undone, approvals.on_money_moved),
    ),
    (facts.request_extended, (approvals.on_request_extended, notices.on_request_extended)),
    (facts.file_removed, (approvals.on_file_removed,)),
    (
        facts.request_returned,
        (
            approvals.on_request_returned,
            sla.on_request_returned,
            notices.on_request_returned,
            desk.on_request_returned,
            approvals.on_money_moved,
        ),
    ),
    (
        facts.request_approved,
        (
            core.on_cost_agreed,
            bundles.on_request_approved,
            integrations.on_request_approved,
            sla.on_request_approved,
            notices.on_request_approved,
            core.on_supplies_agreed,
            core.on_move_queued,
            approvals.on_money_moved,
        ),
    ),
    (
        facts.request_undecided,
        (
            integrations.on_request_undecided,
            sla.on_request_undecided,
            notices.on_request_undecided,
            core.on_request_undecided,
            approvals.on_money_moved,
        ),
    ),
    (
        facts.work_released,
        (
            sla.on_work_released,
            core.on_move_queued,
        ),
    ),
    (
        facts.request_reopened,
        (
            bundles.on_request_reopened,
            core.on_repair_reopened,
            integrations.on_request_reopened,
            notices.on_request_reopened,
        ),
    ),
    (
        facts.request_rejected,
        (
            bundles.on_request_ended,
            sla.on_request_rejected,
            core.on_cost_refused,
            notices.on_request_rejected,
            desk.on_request_rejected,
            notices.on_followed_ended,
            core.on_move_ended,
            approvals.on_money_moved,
        ),
    ),
    (
        facts.request_cancelled,
        (
            bundles.on_request_cancelled,
            approvals.on_request_cancelled,
            integrations.on_request_cancelled,
            sla.on_request_cancelled,
            core.on_work_cancelled,
            core.on_cost_refused,
            core.on_repair_over,
            notices.on_request_cancelled,
            desk.on_request_cancelled,
            notices.on_followed_ended,
            core.on_move_ended,
            approvals.on_money_moved,
        ),
    ),
    (facts.fulfilment_started, (sla.on_fulfilment_started, core.on_move_taken, desk.on_fulfilment_started)),
    (integration_facts.order_priced, (approvals.on_order_priced,)),
    (
        approval_facts.price_answered,
        (approvals.on_price_answered, notices.on_price_answered, approvals.on_money_moved),
    ),
    (facts.work_assigned, (notices.on_work_assigned,)),
    (
        facts.work_paused,
        (
            sla.on_work_paused,
            notices.on_work_paused,
        ),
    ),
    (
        facts.work_resumed,
        (
            sla.on_work_resumed,
            notices.on_work_resumed,
        ),
    ),
    (facts.work_passed, (notices.on_work_passed,)),
    (facts.move_ready, (notices.on_move_ready,)),
    (facts.question_asked, (sla.on_question_asked, notices.on_question_asked)),
    (facts.question_answered, (sla.on_question_answered, notices.on_question_answered)),
    (facts.question_void, (notices_deciding.on_question_void,)),
    (facts.lines_to_follow, (notices_supply.on_lines_to_follow, core.on_lines_to_follow)),
    (facts.line_struck, (notices_supply.on_line_struck, approvals.on_money_moved)),
    (facts.lines_ordered, (approvals.on_money_moved,)),
    (facts.order_dropped, (approvals.on_money_moved,)),
    (facts.line_on_the_way, (notices.on_line_on_the_way,)),
    (facts.receipt_differed, (notices_supply.on_receipt_differed,)),
    (facts.supply_late, (notices_supply.on_supply_late,)),
    (
        facts.request_fulfilled,
        (
            integrations.on_work_ended,
            core.on_repair_over,
            equipment_watch.on_repair,
            sla.on_request_fulfilled,
            approvals.on_money_moved,
        ),
    ),
    (
        facts.request_closed,
        (bundles.on_request_ended, core.on_move_closed, notices.on_request_closed, notices.on_followed_ended),
    ),
    (facts.comment_added, (notices_case.on_comment_added,)),
    (facts.request_shared, (notices_case.on_request_shared,)),
    (facts.exception_opened, (notices_case.on_exception_opened,)),
    (facts.exception_escalated, (notices_case.on_exception_escalated,)),
    (facts.exception_closed, (notices_case.on_exception_closed,)),
    (facts.attachment_infected, (notices.on_attachment_infected,)),
    (facts.outage_ended, (notices.on_outage_ended,)),
    (facts.item_stopped, (notices.on_item_stopped,)),
    (facts.list_drafted, (notices.on_list_drafted,)),
    (facts.harm_reported, (notices.on_harm_reported,)),
    (facts.equipment_changed, (equipment_watch.on_equipment_changed,)),
    (facts.check_signed, (notices_repairs.on_check_signed,)),
    (facts.loan_given, (equipment_watch.on_loan, notices_repairs.on_loan_given)),
    (facts.loan_ended, (equipment_watch.on_loan,)),
    (facts.work_made_safe, (sla.on_work_made_safe, notices_repairs.on_work_made_safe)),
    (sla_facts.clock_breached, (approvals.on_decision_late, notices.on_clock_breached)),
    (
        sla_facts.rung_reached,
        (approvals.on_rung_reached, notices_ladder.on_rung_reached, notices_approvals.on_rung_reached),
    ),
    (account_facts.membership_granted, (audit.on_membership_granted, approvals.on_membership_changed)),
    (account_facts.membership_revoked, (audit.on_membership_revoked, approvals.on_membership_changed)),
    (account_facts.membership_began, (audit.on_membership_began, approvals.on_membership_changed)),
    (account_facts.membership_ended, (audit.on_membership_ended, approvals.on_membership_changed)),
    (account_facts.duty_taken, (audit.on_duty_taken, desk.on_duty_taken, approvals.on_duty_changed)),
    (account_facts.duty_given_up, (audit.on_duty_given_up, approvals.on_duty_changed)),
    (account_facts.grants_repaired, (audit.on_grants_repaired,)),
    (account_facts.pass_issued, (audit.on_pass_issued,)),
    (account_facts.pass_ended, (audit.on_pass_ended,)),
    (account_facts.token_made, (audit.on_token_made,)),
    (account_facts.token_revoked, (audit.on_token_revoked,)),
)


def connect() -> None:
    """Subscribe every receiver of the table, in its order, and what is asked before an order leaves. Safe to call twice."""
    hours.plug(calendars.is_open)
    policy_calendars.plug(calendars.names)
    for fact, receivers in TABLE:
        for receiver in receivers:
            fact.connect(receiver, weak=False, dispatch_uid=f"{receiver.__module__}.{receiver.__name__}")
    leaving_gate.judged_by(decided_gate.held_back)
