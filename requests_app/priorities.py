"""Priority from the ward's answer, raised by facts and never lowered. PURE."""

from requests_app.states import Priority

HIGH, MEDIUM, LOW = "high", "medium", "low"  # impact
NOW, TODAY, CAN_WAIT = "now", "today", "can_wait"  # urgency
MATRIX = {
    (HIGH, NOW): Priority.EMERGENCY,
    (HIGH, TODAY): Priority.URGENT,
    (MEDIUM, NOW): Priority.URGENT,
    (MEDIUM, TODAY): Priority.URGENT,
}
ORDER = (Priority.PLANNED, Priority.ROUTINE, Priority.URGENT, Priority.EMERGENCY)


def of(impact: str, urgency: str) -> Priority:
    """What the matrix says; everything that is not in it is routine."""
    return MATRIX.get((impact, urgency), Priority.ROUTINE)


def at_least(priority: Priority, least: Priority) -> Priority:
    """The higher of both."""
    return max(priority, least, key=ORDER.index)


def one_up(priority: Priority) -> Priority:
    return ORDER[min(ORDER.index(priority) + 1, len(ORDER) - 1)]
