"""What became true in the core. Published inside the transaction, after the save; heard as portal/flow.py says."""

from django.dispatch import Signal

request_submitted = Signal()  # request, by
request_extended = Signal()  # request, by; its ward added to a line before anybody decided
file_removed = Signal()  # request, by; one that was attached when it was sent, before it was agreed to
request_returned = Signal()  # request, by, reason
request_approved = Signal()  # request, by
work_released = Signal()  # request, by; its agreed time came, or it went back to its team
request_reopened = Signal()  # request, by, reason
request_rejected = Signal()  # request, by, reason
request_undecided = Signal()  # request, since, by; who decided it at `since` took that back at once
request_cancelled = Signal()  # request, by, reason
fulfilment_started = Signal()  # request, by
lines_to_follow = Signal()  # request, lines, by; the store has not enough of them
line_struck = Signal()  # request, line, quantity, reason, by; the store gives up the rest of it
lines_ordered = Signal()  # request, by; an order was accepted for some of its lines
order_dropped = Signal()  # request, by; an order was cancelled, its lines end with what came
line_on_the_way = Signal()  # request, by
receipt_differed = Signal()  # request, differences, by
supply_late = Signal()  # request, line, by; the promised day is over, or too late
work_assigned = Signal()  # request, by; to `request.assignee`, who has not taken it yet
work_paused = Signal()  # request, wait, by
work_resumed = Signal()  # request, wait, by; the wait has ended
work_passed = Signal()  # request, passed, by; to another team, or back to the queue of its own
move_ready = Signal()  # request, by; what goes along, or what was not ready, is ready now
question_asked = Signal()  # question, by
question_answered = Signal()  # question, by
question_void = Signal()  # question; nobody waits for its answer any more
comment_added = Signal()  # comment, called (ids of people), by
request_shared = Signal()  # share, by
request_fulfilled = Signal()  # request, by
request_closed = Signal()  # request, by
exception_opened = Signal()  # exception
exception_escalated = Signal()  # exception; its time is over
exception_closed = Signal()  # exception, by
item_stopped = Signal()  # stop, wards, by
list_drafted = Signal()  # draft, usual, by; a list came again, its owner has a draft
harm_reported = Signal()  # request, by; somebody was or could have been harmed by what is to be repaired
outage_ended = Signal()  # outage, by
attachment_infected = Signal()  # request, attachment
equipment_changed = Signal()  # equipment, before (its former state), request, by
check_signed = Signal()  # check, by; it takes a second signature
loan_given = Signal()  # loan, by
loan_ended = Signal()  # loan, by
work_made_safe = (
    Signal()
)  # request, by; a loan or a work-around is in place, its priority is the next lower one
