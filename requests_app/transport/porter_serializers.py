"""What the API reads of a porter."""

from portal.drf import Body, Text, YesNo


class PickUpBody(Body):
    wristband = YesNo(
        required=False, default=False, help_text="nurse and porter checked it; no patient goes without"
    )
    scanned = Text(
        max_length=200,
        required=False,
        allow_blank=True,
        default="",
        help_text="what a scanner read: number of the request, or the number on the label of what is moved",
    )


class DeliverBody(Body):
    handed_to = Text(
        max_length=30,
        required=False,
        allow_blank=True,
        default="",
        help_text="code of who took it over; needed for a patient, blood, equipment and an urgent sample",
    )


class NotReadyBody(Body):
    reason = Text(max_length=30, help_text="code of why it cannot go on")


class FailBody(Body):
    outcome = Text(max_length=40, help_text="code of how it ended without being handed over")
