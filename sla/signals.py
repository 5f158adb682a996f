"""What became true about clocks. Published by the sweep, inside the transaction; heard as portal/flow.py says."""

from django.dispatch import Signal

clock_breached = Signal()  # request, clock_kind, about, due_at, started_at
rung_reached = (
    Signal()
)  # request, rung, to, ref, clock_kind, about, due_at; people have to hear of it (sla.ladder)
