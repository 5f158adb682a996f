"""What is moved, from where to where, and how: the row beside a request of the kind *transport*."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from requests_app.states import UNTIL_SAID

if TYPE_CHECKING:
    from requests_app.models.request import ServiceRequest

ESCORT_BEFORE = timedelta(
    minutes=10
)  # of the agreed time: from then on porters set out also where nobody said Ready
MOST_BED, MOST_INITIALS = 4, 3  # characters: enough to find somebody in a bay, too few to say who it is


class Move(models.Model):
    """Written when its request is sent (`requests_app.kinds.transport`).

    `bed` and `initials` find the patient and are all that is known of one. They stand on the page of the request for
    those who see it and on the card of the porter who may take it, and nowhere else: in no title, list, notice, mail or record.

    The times are those of the porter who has it now; `requests_app.transport.carrying` writes them.
    """

    request = models.OneToOneField(
        "requests_app.ServiceRequest", on_delete=models.CASCADE, related_name="move"
    )
    what = models.CharField(max_length=20)
    origin = models.ForeignKey(
        "accounts.Location", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    destination = models.ForeignKey(
        "accounts.Location", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    how = models.CharField(max_length=20, blank=True)
    escort = models.CharField(max_length=20, blank=True)
    bed = models.CharField(max_length=MOST_BED, blank=True)
    initials = models.CharField(max_length=MOST_INITIALS, blank=True)
    comes_along = models.CharField(max_length=160, blank=True, help_text=_("codes, space separated"))
    oxygen_litres = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("per minute"))
    tell = models.CharField(max_length=160, blank=True, help_text=_("codes, space separated"))
    ready_at = models.DateTimeField(null=True, blank=True, help_text=_("the ward said Ready, or Ready now"))
    not_ready_at = models.DateTimeField(null=True, blank=True, help_text=_("the porter found it not ready"))
    not_ready_why = models.SlugField(max_length=30, blank=True)
    handed_back_at = models.DateTimeField(
        null=True, blank=True, help_text=_("not ready for too long: the porter went on to something else")
    )
    place_at = models.DateTimeField(
        null=True, blank=True, help_text=_("its place in the queue, where that is no longer its due time")
    )
    at_pick_up_at = models.DateTimeField(null=True, blank=True)
    wristband_at = models.DateTimeField(null=True, blank=True, help_text=_("nurse and porter checked it"))
    wristband_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    picked_up_at = models.DateTimeField(null=True, blank=True)
    at_destination_at = models.DateTimeField(null=True, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    handed_to = models.CharField(max_length=60, blank=True, help_text=_("the role that took it over"))
    rank = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("porter control's order; empty: by due")
    )
    return_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="returns",
        help_text=_("the way there, where this is the way back"),
    )
    cleaning = models.OneToOneField(
        "requests_app.ServiceRequest",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cleans_after",
        help_text=_("asked for by the portal because of the precautions"),
    )

    class Meta:
        verbose_name = _("move")
        verbose_name_plural = _("moves")
        constraints = [
            models.CheckConstraint(
                condition=Q(what="patient") | Q(bed="", initials=""), name="move_bed_of_a_patient"
            )
        ]

    def __str__(self) -> str:
        return str(self.request)

    @property
    def escorted(self) -> bool:
        """Somebody of the ward goes along."""
        return self.escort not in ("", "none")

    def ready_for(self, request: "ServiceRequest", moment: datetime) -> bool:
        """May a porter set out at `moment`? With an escort from 10 min before the agreed time, or when the ward said so."""
        if not self.escorted or self.ready_at or request.queue_at == UNTIL_SAID:
            return True
        return request.agreed_at is not None and moment >= request.agreed_at - ESCORT_BEFORE
