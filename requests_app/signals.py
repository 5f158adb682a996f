"""What became true in the core. Published inside the transaction, after the save; heard as portal/flow.py says."""

from django.dispatch import Signal

request_submitted = Signal()  # request, by
request_approved = Signal()  # request, by
request_rejected = Signal()  # request, by, reason
request_cancelled = Signal()  # request, by, reason
fulfilment_started = Signal()  # request, by
line_on_the_way = Signal()  # request, by
request_fulfilled = Signal()  # request, by
request_closed = Signal()  # request, by
exception_opened = Signal()  # exception
