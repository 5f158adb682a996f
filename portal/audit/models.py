"""The record: one row per verb, added and never touched again."""

from typing import Any, NoReturn

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

REFUSAL = "audit events are only ever added"


class EventQuerySet(models.QuerySet["Event"]):
    """Refuses what would rewrite the record; database triggers refuse the rest."""

    def update(self, **values: Any) -> NoReturn:
        raise TypeError(REFUSAL)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(REFUSAL)

    def delete(self) -> NoReturn:
        raise TypeError(REFUSAL)

    def update_or_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(REFUSAL)


class Event(models.Model):
    at = models.DateTimeField()
    action = models.CharField(max_length=60)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    case = models.CharField(max_length=30, blank=True)  # public id of the request, '' for everything else
    subject = models.CharField(max_length=80, blank=True)  # 'kind:id'
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    reason = models.TextField(blank=True)
    policy = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=20, blank=True)  # web, api, task, command
    address = models.CharField(max_length=45, blank=True)
    correlation = models.CharField(max_length=64, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["case", "id"], name="event_case"),
            models.Index(fields=["action", "at"], name="event_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.case or self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(REFUSAL)
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(REFUSAL)
