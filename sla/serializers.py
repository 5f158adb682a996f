"""What is promised for a request, as the API shows it."""

from rest_framework import serializers

from sla.models import Clock


class ClockShown(serializers.Serializer):
    kind = serializers.ChoiceField(
        choices=Clock.Kind.choices, help_text="decision, somebody takes it, or on the ward"
    )
    started_at = serializers.DateTimeField()
    likely_late_at = serializers.DateTimeField(source="warn_at")
    due_at = serializers.DateTimeField(
        source="promised_at", allow_null=True, help_text="null while the work waits and the time stands still"
    )
    stands_still_since = serializers.DateTimeField(source="paused_at", allow_null=True)
    stopped_at = serializers.DateTimeField(allow_null=True, help_text="null while it runs")
    outcome = serializers.ChoiceField(
        choices=Clock.Outcome.choices, allow_blank=True, help_text="empty while it runs"
    )
