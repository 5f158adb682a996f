"""What became true of a step. Values are plain, so that who listens needs no model of this app."""

from django.dispatch import Signal

step_opened = Signal()  # request, step_ref ("step:<id>"), approver_ids, calendar (code), by
lines_adjusted = (
    Signal()
)  # request, changes (adjusting.Change), decider_ids (who decided before), by; less of some lines
step_passed = Signal()  # request, step_ref, to_id, reason, by
# request, step_ref, outcome (approved | rejected | withdrawn), unanswered (may the ward still be asked about it?), by
step_closed = Signal()
step_kept = Signal()  # request, step_ref (of the earlier round), round, decider_ids, changes (sentences), by
price_answered = Signal()  # request, approval, agreed (bool), reason, by; of an order dearer than agreed
glass_broken = Signal()  # request, broken, by; it did not wait for its approval
glass_reviewed = Signal()  # broken, by
glass_overdue = Signal()  # broken; nobody reviewed it in time
# request, since, reopened (step_refs asked again), recalled (asked no more), again_ids (whose agreement fell too), by
decision_undone = Signal()
step_reasked = Signal()  # request, step_ref, joined and left (ids: who is asked as well, and who no more), by
decided_for = Signal()  # request, step_ref, outcome, of (who lent the right), by
cover_given = Signal()  # delegation, by
cover_ended = Signal()  # delegation, by; taken back, given back, or its time is over
duty_decided = (
    Signal()
)  # request, step_ref, duty, by; whoever was on duty decided in place of who is asked by day
