"""What became true about clocks. Published by the sweep, inside the transaction; heard as portal/flow.py says."""

from django.dispatch import Signal

clock_warned = Signal()  # request, clock_kind, about, due_at
clock_breached = Signal()  # request, clock_kind, about, due_at, started_at
