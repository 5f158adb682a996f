"""Damage to approvals, decisions and clocks. Each returns the subject that must be named."""

import json
from datetime import timedelta
from types import SimpleNamespace

from approvals.models import ApprovalStep, Decision, StepApprover
from portal.accounts.models import Membership
from portal.notify.models import Notice
from sla.models import Clock, ClockEvent
from tests.consistency.damage import again, clock, damage, event, line, named, remove, set_columns, step


@damage("approval.running", "clock.astray")
def a_running_approval_is_closed(p: SimpleNamespace) -> str:
    approval = p.asked.approvals.get()
    set_columns(approval, status="withdrawn", closed_at=p.asked.submitted_at)
    for one in approval.steps.all():
        set_columns(one, state="withdrawn", closed_at=p.asked.submitted_at)
    StepApprover.objects.filter(step__approval=approval).update(open=False)
    Notice.objects.filter(kind="step_waiting", case=p.asked.public_id).update(read_at=p.asked.submitted_at)
    return named(p.asked, "request")


@damage("approval.outcome", "approval.steps")
def an_approval_is_turned_round(p: SimpleNamespace) -> str:
    set_columns(p.waiting.approvals.get(), status="rejected")
    return named(p.waiting, "request")


@damage("approval.steps", "decision.count", "inbox.open")
def a_step_is_passed_without_a_decision(p: SimpleNamespace) -> str:
    waiting = step(p.asked, "waiting")
    set_columns(waiting, state="approved", opened_at=p.asked.submitted_at, closed_at=p.asked.submitted_at)
    return named(p.asked.approvals.get(), "approval")


@damage("approval.routing", "record.exceptions")
def nobody_owns_what_nobody_can_decide(p: SimpleNamespace) -> str:
    exception = p.unrouted.exceptions.get()
    set_columns(exception, closed_at=exception.opened_at, closed_by_id=p.unrouted.filed_by_id)
    return named(p.unrouted.approvals.get(), "approval")


@damage("decision.four_eyes", "decision.authority", "record.decisions")
def somebody_decides_their_own_request(p: SimpleNamespace) -> str:
    decided = Decision.objects.get(step__approval__request=p.second)
    set_columns(decided, actor_id=p.second.requester_id, authority_id=p.second.requester_id)
    return named(decided.step, "step")


@damage("decision.same_person", "decision.authority", "record.decisions")
def one_person_decides_two_steps(p: SimpleNamespace) -> str:
    first, second = Decision.objects.filter(step__approval__request=p.closed).order_by("pk")
    set_columns(second, actor_id=first.actor_id, authority_id=first.actor_id)
    return named(second.step, "step")


@damage("decision.count", "record.decisions")
def a_decision_is_deleted(p: SimpleNamespace) -> str:
    decided = Decision.objects.get(step__approval__request=p.rejected)
    remove(decided)
    return named(decided.step, "step")


@damage("decision.content", "record.sending")
def a_quantity_is_changed_after_the_decision(p: SimpleNamespace) -> str:
    held = line(p.second, "NPW-KIT")
    set_columns(held, quantity=1, unit_price=held.unit_price * 2)
    return named(step(p.second, "approved"), "step")


@damage("decision.content")
def it_is_delivered_elsewhere_after_the_decision(p: SimpleNamespace) -> str:
    set_columns(p.second, deliver_to_id=None)
    return named(step(p.second, "approved"), "step")


@damage("decision.authority")
def a_role_is_taken_away_before_it_was_used(p: SimpleNamespace) -> str:
    decided = Decision.objects.get(step__approval__request=p.second)
    for held in Membership.objects.filter(user=decided.actor, role="head"):
        set_columns(held, valid_until=held.valid_from)
    return named(decided.step, "step")


@damage("decision.round", "decision.count")
def a_step_is_set_back_to_an_earlier_round(p: SimpleNamespace) -> str:
    decided = Decision.objects.filter(step__approval__request=p.second).get()
    set_columns(decided, round=2)
    return named(decided.step, "step")


@damage("decision.undone")
def a_decision_is_taken_back_an_hour_later(p: SimpleNamespace) -> str:
    back = Decision.objects.get(step__approval__request=p.undone, outcome="withdrawn")
    set_columns(back.withdraws, decided_at=back.decided_at - timedelta(hours=1))
    return named(back.step, "step")


@damage("decision.carried")
def a_step_carries_on_from_one_that_nobody_agreed_to(p: SimpleNamespace) -> str:
    carried = ApprovalStep.objects.get(approval__request=p.kept, carried_from__isnull=False)
    set_columns(carried, carried_from_id=step(p.rejected, "rejected").pk)
    return named(carried, "step")


@damage("decision.lent")
def a_right_is_lent_only_after_it_was_used(p: SimpleNamespace) -> str:
    decided = Decision.objects.get(step__approval__request=p.lent)
    set_columns(decided.delegation, starts_at=decided.decided_at + timedelta(hours=1))
    return named(decided.step, "step")


@damage("decision.lent")
def a_right_is_used_beyond_the_amount_up_to_which_it_was_lent(p: SimpleNamespace) -> str:
    decided = Decision.objects.get(step__approval__request=p.lent)
    set_columns(decided.delegation, limit=p.lent.base_amount)
    return named(decided.step, "step")


@damage("decision.four_eyes", "inbox.asked")
def who_decided_had_written_in_it(p: SimpleNamespace) -> str:
    decided = Decision.objects.get(step__approval__request=p.second)
    set_columns(p.second, editors=json.dumps([*p.second.editors, decided.actor_id]))
    return named(decided.step, "step")


@damage("decision.same_person")
def two_deciders_are_one_person(p: SimpleNamespace) -> str:
    first, second = Decision.objects.filter(step__approval__request=p.closed).order_by("pk")
    for account in (first.actor, second.actor):
        set_columns(account, person_key="payroll 17")
    return named(second.step, "step")


@damage("glass.use")
def nobody_was_told_that_the_glass_was_broken(p: SimpleNamespace) -> str:
    told = p.broken.exceptions.get(kind="policy_deviation")
    set_columns(told, key="another")
    return named(p.broken, "request")


@damage("decision.received")
def who_decided_also_confirmed(p: SimpleNamespace) -> str:
    told = event(p.closed, "lines.received")
    decided = Decision.objects.filter(step__approval__request=p.closed).order_by("pk")[0]
    set_columns(told, actor_id=decided.actor_id)
    return named(told, "event")


@damage("inbox.open")
def a_decided_step_is_back_in_an_inbox(p: SimpleNamespace) -> str:
    decided = step(p.second, "approved")
    set_columns(StepApprover.objects.filter(step=decided)[0], open=True)
    return named(decided, "step")


@damage("inbox.asked")
def somebody_is_asked_about_their_own_request(p: SimpleNamespace) -> str:
    opened = step(p.asked, "open")
    again(StepApprover.objects.filter(step=opened)[0], user_id=p.asked.requester_id)
    return named(opened, "step")


@damage("clock.astray", "clock.events", "clock.times")
def a_stopped_clock_runs_again(p: SimpleNamespace) -> str:
    stopped = clock(p.rejected, "approval")
    set_columns(stopped, state="running", stopped_at=None, outcome="")
    set_columns(p.rejected, due_at=stopped.due_at, warn_at=stopped.warn_at)
    return named(stopped, "clock")


@damage("clock.missing", "request.shown_due", "record.clocks", "record.subjects")
def a_running_clock_is_deleted(p: SimpleNamespace) -> str:
    running = clock(p.asked, "approval")
    for told in (*running.events.all(), *running.rungs.all()):
        remove(told)
    remove(running)
    return named(p.asked, "request")


@damage("clock.twice", "clock.events")
def a_clock_is_there_twice(p: SimpleNamespace) -> str:
    stopped = clock(p.closed, "fulfilment")
    again(stopped)
    return named(p.closed, "request")


@damage("clock.events")
def what_happened_to_a_clock_is_forgotten(p: SimpleNamespace) -> str:
    running = clock(p.asked, "approval")
    remove(ClockEvent.objects.get(clock=running, kind="warned"))
    return named(running, "clock")


@damage("clock.times")
def a_clock_is_never_looked_at_again(p: SimpleNamespace) -> str:
    running = clock(p.held_back, "fulfilment")
    set_columns(running, next_check_at=None)
    return named(running, "clock")


@damage("clock.outcome")
def a_late_clock_is_made_to_be_in_time(p: SimpleNamespace) -> str:
    stopped = clock(p.closed, "fulfilment")
    set_columns(stopped, outcome="late")
    return named(stopped, "clock")


@damage("record.clocks")
def a_breach_is_wiped_off_the_record(p: SimpleNamespace) -> str:
    late = Clock.objects.filter(request=p.asked, breached_at__isnull=False)[0]
    remove(event(p.asked, "clock.breached"))
    return named(late, "clock")
