"""When services are open, what is promised, and the clocks that run on both."""

from .calendar import BusinessCalendar, Holiday
from .clock import Clock, ClockEvent, ClockRung
from .target import ApprovalTarget, SlaTarget

__all__ = ["ApprovalTarget", "BusinessCalendar", "Clock", "ClockEvent", "ClockRung", "Holiday", "SlaTarget"]
