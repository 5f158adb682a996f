"""What the search of the API takes and shows."""

from rest_framework import serializers

from portal.drf import Asked
from requests_app.finding.found import LONGEST, SHOWN
from requests_app.serializers import ItemShown, RequestRow


class SearchAsked(Asked):
    q = serializers.CharField(
        max_length=LONGEST, help_text="What is looked for: names, synonyms, codes, numbers."
    )
    size = serializers.IntegerField(
        required=False, default=SHOWN, min_value=1, max_value=50, help_text="Rows of each group, 1 to 50."
    )


class PieceFound(serializers.Serializer):
    tag = serializers.CharField(help_text="The number on its label.")
    name = serializers.CharField()
    hospital = serializers.CharField(source="hospital.code")
    location = serializers.CharField(source="location.name", default=None, allow_null=True)


class TypeFound(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    hint = serializers.CharField()


class SearchShown(serializers.Serializer):
    items = ItemShown(many=True)
    equipment = PieceFound(many=True)
    types = TypeFound(many=True)
    requests = RequestRow(many=True)
    more = serializers.BooleanField(help_text="There are further requests with these words.")
