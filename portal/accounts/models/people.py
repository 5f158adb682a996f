"""A person, or the system acting by itself."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Accounts are deactivated, never deleted: the record names them."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        SYSTEM = "system", _("System")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PERSON)

    person_key = models.CharField(
        _("same person as"),
        max_length=40,
        blank=True,
        help_text=_("staff number; accounts with the same one are one person where four eyes are asked for"),
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["person", "system"]), name="user_kind_known")
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """The name that people see; the account's name where no other is known."""
        return super().get_full_name() or self.username

    @property
    def is_system(self) -> bool:
        """The portal itself: only verbs act in its name."""
        return self.kind == self.Kind.SYSTEM
