"""How a request moved: one append-only row a move, with the time spent in the state that ended."""

from django.db import connection, models, transaction

from portal.clock import now


class StateChange(models.Model):
    request = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, related_name="changes"
    )
    from_state = models.CharField(max_length=20)
    to_state = models.CharField(max_length=20)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT)
    at = models.DateTimeField()
    seconds = models.PositiveBigIntegerField(help_text="wall clock, in the state that ended")

    class Meta:
        indexes = [models.Index(fields=["request", "id"], name="state_change_request")]


class NumberCounter(models.Model):
    """Only where the database has no sequences (SQLite)."""

    last = models.PositiveBigIntegerField(default=0)


NUMBER_SEQUENCE = "requests_app_number"


def next_number() -> str:
    """SR-<year>-<6 digits>, for people. Gaps are allowed, repeats are not."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(%s)", [NUMBER_SEQUENCE])
            value = cursor.fetchone()[0]
    else:
        with transaction.atomic():
            counter, _ = NumberCounter.objects.get_or_create(pk=1)
            NumberCounter.objects.filter(pk=1).update(last=models.F("last") + 1)
            counter.refresh_from_db()
            value = counter.last
    return f"SR-{now().year}-{value:06d}"
