"""Who stands in for whom: absences, and rights lent to somebody else for a while."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal import ids


class Absence(models.Model):
    """Somebody is away: nothing new is asked of them, and what was asked goes to who stands in. Written by `cover`."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    called_off_at = models.DateTimeField(null=True, blank=True, help_text=_("back earlier, or never gone"))
    made_at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    begun = models.BooleanField(default=False, help_text=_("the sweep passed open decisions on"))
    over = models.BooleanField(default=False, help_text=_("the sweep gave them back"))

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="absence_ends_after_it_starts"
            )
        ]
        indexes = [models.Index(fields=["user", "ends_at"], name="absence_of")]


def away_at(moment: datetime) -> Q:
    """A filter of absences that are in force at `moment`."""
    return Q(starts_at__lte=moment, ends_at__gt=moment, called_off_at=None)


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def in_force(self, moment: datetime) -> Self:
        """Not revoked, begun and not over; standing ones have no end."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=moment), starts_at__lte=moment, revoked_at=None)


class Delegation(models.Model):
    """`grantor` lets `delegate` decide in their name: never more than the grantor may at that moment, and no further.

    A *standing* one names the alternate: it counts only while the grantor is away, or once they did not decide in time.
    Written by `cover`.
    """

    ref = models.CharField(max_length=30, unique=True, default=ids.token, editable=False)
    grantor = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="delegations")
    delegate = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True, help_text=_("empty: standing"))
    standing = models.BooleanField(default=False)
    limit = models.DecimalField(
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("only below this amount, in the base currency; empty: whatever the grantor may"),
    )
    categories = models.JSONField(default=list, blank=True, help_text=_("codes of types; empty: all"))
    absence = models.ForeignKey(
        Absence, on_delete=models.PROTECT, null=True, blank=True, related_name="delegations"
    )
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    begun = models.BooleanField(default=False, help_text=_("the sweep asked the delegate as well"))
    over = models.BooleanField(default=False, help_text=_("the sweep asks the delegate no more"))

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(grantor=F("delegate")), name="delegation_to_somebody_else"),
            models.CheckConstraint(
                condition=Q(standing=True, ends_at=None) | Q(standing=False, ends_at__gt=F("starts_at")),
                name="delegation_ends_unless_standing",
            ),
            models.UniqueConstraint(
                fields=["grantor"],
                condition=Q(standing=True, revoked_at=None),
                name="delegation_one_alternate",
            ),
        ]
        indexes = [
            models.Index(fields=["grantor"], condition=Q(revoked_at=None), name="delegation_of"),
            models.Index(fields=["delegate"], condition=Q(revoked_at=None), name="delegation_to"),
        ]


class ApproverGroup(models.Model):
    """A named group of people that a policy may ask, such as a committee. Master data."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    members = models.ManyToManyField("accounts.User", blank=True, related_name="approver_groups")

    def __str__(self) -> str:
        return self.name
