"""Who holds which role, where, from when until when: the truth that guardian's rows follow."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models.places import Department, Hospital, Team
from portal.accounts.roles import ROLES

PLACE_KINDS = ("hospital", "department", "team")
_no_place = Q(hospital__isnull=True, department__isnull=True, team__isnull=True)


def _held_once(place: str) -> models.UniqueConstraint:
    """A role without an end is held once at a place; `scopes.grant` refuses periods that overlap."""
    condition = Q(valid_until__isnull=True) & (
        Q(**{f"{place}__isnull": False}) if place in PLACE_KINDS else _no_place
    )
    fields = ["user", "role"] + ([place] if place in PLACE_KINDS else [])
    return models.UniqueConstraint(fields=fields, condition=condition, name=f"membership_held_once_{place}")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, moment: datetime) -> "MembershipQuerySet":
        """Those in force at `moment`: from its first instant, and no longer at its last."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=moment), valid_from__lte=moment)


class Membership(models.Model):
    """Written by `scopes.grant`, `scopes.revoke` and the expiry sweep only. `in_force`.

    Guardian's rows were written.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=[(role.code, role.label) for role in ROLES.values()])
    hospital = models.ForeignKey(
        Hospital, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True, help_text=_("the first moment without it"))
    in_force = models.BooleanField(default=False, editable=False)
    skills = models.CharField(
        max_length=160, blank=True, help_text=_("of a member of a team: codes of its skills, space separated")
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["user", "role", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=list(ROLES)), name="membership_role_known"),
            models.CheckConstraint(
                condition=_no_place
                | Q(hospital__isnull=False, department__isnull=True, team__isnull=True)
                | Q(hospital__isnull=True, department__isnull=False, team__isnull=True)
                | Q(hospital__isnull=True, department__isnull=True, team__isnull=False),
                name="membership_one_place_at_most",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("valid_from")),
                name="membership_ends_after_it_begins",
            ),
            *(_held_once(place) for place in (*PLACE_KINDS, "group")),
        ]
        indexes = [models.Index(fields=["in_force", "valid_until"], name="membership_expiry")]

    def __str__(self) -> str:
        return f"{ROLES[self.role].label}, {self.place}" if self.place else str(ROLES[self.role].label)

    @property
    def place(self) -> Hospital | Department | Team | None:
        return self.hospital or self.department or self.team

    @property
    def kind(self) -> str:
        """'hospital', 'department', 'team', or 'group' for a role held everywhere."""
        return next((kind for kind in PLACE_KINDS if getattr(self, f"{kind}_id")), "group")
