"""What became true of a step. Values are plain, so that who listens needs no model of this app."""

from django.dispatch import Signal

step_opened = Signal()  # request, step_ref ("step:<id>"), approver_ids, calendar (code), by
step_closed = Signal()  # request, step_ref, outcome (approved | rejected | withdrawn), by
