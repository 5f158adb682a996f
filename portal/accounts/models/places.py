"""Hospital > department > location; and the teams that serve a hospital."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import permissions_of


class Hospital(models.Model):
    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60, default="Europe/London")
    currency = models.CharField(max_length=3, default="GBP")
    language = models.CharField(max_length=10, default="en-gb")
    phone = models.CharField(max_length=30, blank=True)
    holidays = models.CharField(
        max_length=10,
        blank=True,
        help_text=_(
            "country and region of its public holidays, as in GB-ENG or DE-NW; empty: by the time zone"
        ),
    )
    odoo_company_id = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["code"]
        permissions = permissions_of("hospital")

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="departments")
    code = models.CharField(max_length=10)
    name = models.CharField(max_length=120)
    cost_centre = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["hospital", "code"]
        permissions = permissions_of("department")
        constraints = [
            models.UniqueConstraint(fields=["hospital", "code"], name="department_code_once_per_hospital")
        ]

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """A room or point where something is delivered, picked up or repaired."""

    class Kind(models.TextChoices):
        BAY = "B", _("Bay")
        SIDE_ROOM = "S", _("Side room")
        CLEAN_UTILITY = "CU", _("Clean utility")
        DIRTY_UTILITY = "DU", _("Dirty utility")
        TREATMENT_ROOM = "TR", _("Treatment room")
        NURSES_STATION = "NS", _("Nurses' station")
        STORE_ROOM = "ST", _("Ward store room")
        LINEN_STORE = "LS", _("Linen store")
        OFFICE = "OFF", _("Office")
        PLANT_ROOM = "PLT", _("Plant room")
        GOODS_IN = "DOCK", _("Goods-in bay")
        LIBRARY = "LIB", _("Equipment library")

    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="locations")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="locations"
    )
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    delivery_point = models.BooleanField(default=False)
    phone = models.CharField(max_length=30, blank=True)
    acute = models.BooleanField(
        default=False,
        help_text=_("theatre, resuscitation, intensive care: repairs and cleaning here go one step up"),
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["hospital", "code"], name="location_code_once_per_hospital")
        ]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    # Codes of the teams that serve lines from the store, and all others; and of those who move.
    STORE, BUYING = "stores", "buying"
    PORTERS = "porters"

    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="teams")
    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=120)
    calendar = models.SlugField(
        max_length=30,
        blank=True,
        help_text=_("code of the service calendar of its hours; kept for reference, no clock reads it yet"),
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["hospital", "code"]
        permissions = permissions_of("team")
        constraints = [
            models.UniqueConstraint(fields=["hospital", "code"], name="team_code_once_per_hospital")
        ]

    def __str__(self) -> str:
        return self.name
