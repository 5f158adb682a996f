"""The states and choices of a request and its lines: plain values, no queries."""

from datetime import UTC, datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RequestState(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Sent")
    RETURNED = "returned", _("Waiting for you: to be changed")
    APPROVED = "approved", _("Agreed")
    IN_FULFILMENT = "in_fulfilment", _("In progress")
    ON_HOLD = "on_hold", _("Waiting")
    FULFILLED = "fulfilled", _("All here")
    CLOSED = "closed", _("Closed")
    REJECTED = "rejected", _("Said no")
    CANCELLED = "cancelled", _("Cancelled")


UNTIL_SAID = datetime(
    9000, 1, 1, tzinfo=UTC
)  # `queue_at` of what waits for somebody's word, not for a moment
EDITABLE_STATES = (RequestState.DRAFT, RequestState.RETURNED)
OPEN_STATES = (
    RequestState.SUBMITTED,
    RequestState.RETURNED,
    RequestState.APPROVED,
    RequestState.IN_FULFILMENT,
    RequestState.ON_HOLD,
    RequestState.FULFILLED,
)
TAKEN_STATES = (RequestState.IN_FULFILMENT, RequestState.ON_HOLD)  # somebody of the team has it
TEAM_STATES = (RequestState.APPROVED, *TAKEN_STATES)  # work of a team that is not done
ENDED_STATES = (RequestState.CLOSED, RequestState.REJECTED, RequestState.CANCELLED)


class LineState(TextChoices):
    DRAFT = "draft", _("Draft")
    ASKED = "asked", _("Asked for")
    REJECTED = "rejected", _("Said no")
    TO_PICK = "to_pick", _("In the store's list")
    PICKED = "picked", _("Picked in the store")
    TO_FOLLOW = "to_follow", _("To follow")
    WITH_BUYER = "with_buyer", _("With the buyer")
    ORDERED = "ordered", _("Ordered from the supplier")
    AT_GOODS_IN = "at_goods_in", _("At goods-in, on its way to you")
    ON_THE_WAY = "on_the_way", _("On its way")
    PART_RECEIVED = "part_received", _("Some has arrived")
    RECEIVED = "received", _("Arrived")
    SUPPLIER_CANCELLED = "supplier_cancelled", _("The order was cancelled")
    CANCELLED = "cancelled", _("Cancelled")


FINISHED_LINES = (LineState.RECEIVED, LineState.REJECTED, LineState.CANCELLED, LineState.SUPPLIER_CANCELLED)


class Priority(TextChoices):
    EMERGENCY = "emergency", _("Emergency")
    URGENT = "urgent", _("Urgent")
    ROUTINE = "routine", _("Routine")
    PLANNED = "planned", _("For an agreed date")


class Source(TextChoices):
    STORE = "store", _("From the central store")
    BUY = "buy", _("Bought for you")
    HIRE = "hire", _("Hired for you")
    SERVICE = "service", _("A service")


class RunOut(TextChoices):
    """When will you run out? Asked in the ward's words; the priority is derived from the answer."""

    NOW = "now", _("Out now, a patient needs it within the hour")
    BEFORE_DELIVERY = "before_delivery", _("Before the next delivery")
    FINE = "fine", _("We are fine until the next delivery")
    ON_DATE = "on_date", _("I need it on a date")


PRIORITY_OF = {
    RunOut.NOW: Priority.EMERGENCY,
    RunOut.BEFORE_DELIVERY: Priority.URGENT,
    RunOut.FINE: Priority.ROUTINE,
    RunOut.ON_DATE: Priority.PLANNED,
}


class EmergencyReason(TextChoices):
    """Why it is an emergency: one of these is on record with every emergency."""

    PATIENT_AT_RISK = "patient_at_risk", _("Patient at risk")
    PROCEDURE_WAITING = "procedure_waiting", _("Procedure waiting")
    NO_STOCK = "no_stock", _("None left")
    SAFETY_SYSTEM = "safety_system", _("Safety system down")
    INFECTION = "infection", _("Infection control")
    EVACUATION = "evacuation", _("Area cannot be used")


class Kind(TextChoices):
    """How a type of request is asked: what its form looks like, and what becomes of the answers."""

    SUPPLY = "supply", _("Supplies")
    REPAIR = "repair", _("Repair")
    IT = "it", _("IT fault")
    ACCESS = "access", _("IT access")
    TRANSPORT = "transport", _("Move")
    FORM = "form", _("Questions of its own")
    BUNDLE = "bundle", _("Several tasks for several teams")
    COST = "cost", _("Cost of a repair")


# A control flag means that a person must decide; the other flags only inform (defaults of the catalogue).
CONTROL_FLAGS = frozenset(
    "capital regulated hazardous off_contract new_vendor rationed hire personal_data safety_critical free_text".split()
)
