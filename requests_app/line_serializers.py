"""Lines on their way to the ward, as the API shows and reads them: to pick, picked, sent, arrived."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from portal.accounts.serializers import LocationShown
from portal.drf import Body, Text, Whole
from requests_app.models import ReceiptDifference
from requests_app.serializers import FreeText, LineShown, RequestBrief
from requests_app.supplies import differing, drafting


class PickShown(serializers.Serializer):
    request = RequestBrief()
    deliver_to = LocationShown(source="request.deliver_to", allow_null=True)
    to_pick = LineShown(many=True)
    picked = LineShown(many=True)
    follow = LineShown(many=True, help_text="of which the store has none yet")


class PicksShown(serializers.Serializer):
    results = PickShown(many=True, help_text="the fifty that are due first")


class Counted(Body):
    id = Text(max_length=30, help_text="`id` of the line")
    quantity = Whole(min_value=0, max_value=drafting.MOST, help_text="in order units")


class Arrived(Counted):
    difference = serializers.ChoiceField(
        choices=ReceiptDifference.Kind.choices,
        required=False,
        allow_blank=True,
        default="",
        help_text="what is not right; `quantity` is then how many are here and right, for `over` all that came",
    )
    note = Text(max_length=differing.LONGEST_NOTE, required=False, allow_blank=True, default="")


class ReceiveBody(FreeText):
    lines = Arrived(
        many=True,
        required=False,
        allow_empty=False,
        max_length=drafting.MOST_LINES,
        help_text="what arrived; without it, everything that is expected did",
    )

    def validate_lines(self, value: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        return once_each(value)


def once_each(value: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What is said of lines, by their ids. Refuses a line that is named twice."""
    named = {line["id"]: line for line in value}
    if len(named) < len(value):
        raise serializers.ValidationError(_("A line is named twice."))
    return named


class LinesBody(Body):
    lines = serializers.ListField(
        child=Text(max_length=30), allow_empty=False, max_length=drafting.MOST_LINES, help_text="ids of lines"
    )


class PickBody(LinesBody):
    picked = Counted(
        many=True,
        required=False,
        default=list,
        max_length=drafting.MOST_LINES,
        help_text="of those of `lines` of which another number was picked: what is left is to follow",
    )
    expected_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="when the rest comes, if the store knows"
    )

    def validate_picked(self, value: list[dict[str, Any]]) -> dict[str, int]:
        return {name: line["quantity"] for name, line in once_each(value).items()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if set(attrs["picked"]) - set(attrs["lines"]):
            raise serializers.ValidationError({"picked": [_("Only lines that are named in lines.")]})
        return attrs
