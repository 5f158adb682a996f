"""What became true in the core. Published inside the transaction, after the save; heard as portal/flow.py says."""

from django.dispatch import Signal

request_submitted = Signal()  # request, by
request_extended = Signal()  # request, by; its ward added to a line before anybody decided
request_returned = Signal()  # request, by, reason
request_approved = Signal()  # request, by
work_released = Signal()  # request, by; its agreed time came, or it went back to its team
request_reopened = Signal()  # request, by, reason
request_rejected = Signal()  # request, by, reason
request_cancelled = Signal()  # request, by, reason
fulfilment_started = Signal()  # request, by
line_on_the_way = Signal()  # request, by
request_fulfilled = Signal()  # request, by
request_closed = Signal()  # request, by
exception_opened = Signal()  # exception
item_stopped = Signal()  # stop, wards, by
list_drafted = Signal()  # draft, usual, by; a list came again, its owner has a draft
harm_reported = Signal()  # request, by; somebody was or could have been harmed by what is to be repaired
outage_ended = Signal()  # outage, by
attachment_infected = Signal()  # request, attachment
