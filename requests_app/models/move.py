"""What is moved, from where to where, and how: the row beside a request of the kind *transport*."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

MOST_BED, MOST_INITIALS = 4, 3  # characters: enough to find somebody in a bay, too few to say who it is


class Move(models.Model):
    """Written when its request is sent (`requests_app.kinds.transport`).

    `bed` and `initials` find the patient and are all that is known of one. They stand on the page of the request for
    those who see it, and nowhere else: in no title, list, notice, mail or record.
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
    return_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="returns",
        help_text=_("the way there, where this is the way back"),
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
