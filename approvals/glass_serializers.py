"""Break-glass and its review as the API shows and reads them."""

from rest_framework import serializers

from approvals.glass_rules import LONGEST, SHORTEST
from approvals.models import BreakGlass
from portal.drf import Text
from requests_app.serializers import FreeText, RequestBrief


class UsedShown(serializers.Serializer):
    """That a request did not wait for its approval, and what was said of it."""

    ref = serializers.CharField()
    who = serializers.CharField(source="by.get_full_name")
    duty = serializers.CharField(help_text="the duty that allowed it")
    reason = serializers.ChoiceField(choices=BreakGlass.Reason.choices)
    words = serializers.CharField()
    used_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(help_text="what has not left by then needs the usual approval")
    review_due_at = serializers.DateTimeField()
    reviewed_at = serializers.DateTimeField(allow_null=True)
    reviewed_by = serializers.CharField(source="reviewed_by.get_full_name", allow_null=True, default=None)
    verdict = serializers.ChoiceField(choices=BreakGlass.Verdict.choices, allow_blank=True)
    review_words = serializers.CharField()


class GlassShown(serializers.Serializer):
    """One use with what its review needs."""

    request = RequestBrief(source="broken.request")
    used = UsedShown(source="broken")
    amount = serializers.DecimalField(
        source="broken.amount", max_digits=14, decimal_places=2, help_text="in the base currency"
    )
    ceiling = serializers.DecimalField(
        source="broken.ceiling", max_digits=14, decimal_places=2, help_text="it was below this"
    )
    told = serializers.ListField(child=serializers.CharField(), help_text="who heard of it at once")
    overdue = serializers.BooleanField(help_text="nobody reviewed it in time")
    yours = serializers.BooleanField(help_text="it waits for your review")
    why_not = serializers.CharField(help_text="why you do not review it")


class GlassListShown(serializers.Serializer):
    results = GlassShown(many=True)


class GlassUseBody(FreeText):
    reason = serializers.ChoiceField(
        choices=BreakGlass.Reason.choices, help_text="what makes it an emergency"
    )
    words = Text(
        max_length=LONGEST,
        allow_blank=True,
        help_text=f"why it cannot wait, {SHORTEST} characters at least; no data of patients",
    )


class GlassReviewBody(FreeText):
    verdict = serializers.ChoiceField(choices=BreakGlass.Verdict.choices)
    words = Text(
        max_length=LONGEST,
        required=False,
        default="",
        allow_blank=True,
        help_text="needed where it was not justified",
    )
