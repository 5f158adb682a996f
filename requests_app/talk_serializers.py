"""What is said of a request, and with whom it is shared, as the API shows and reads it."""

from rest_framework import serializers

from portal.drf import Body, Text, YesNo
from requests_app import comments
from requests_app.serializers import FreeText


class CommentShown(serializers.Serializer):
    """Something that was said."""

    id = serializers.CharField(source="ref")
    by = serializers.CharField(source="by.get_full_name")
    at = serializers.DateTimeField()
    text = serializers.CharField()
    internal = serializers.BooleanField(help_text="only its team reads it")


class CommentBody(FreeText):
    text = Text(max_length=comments.LONGEST, help_text="`@name.of.account` calls somebody who reads it")
    internal = YesNo(required=False, default=False, help_text="true: only its team reads it; for its team")


class ShareBody(Body):
    person = Text(max_length=150, help_text="name of the account of a colleague, or first and last name")


class ShareShown(serializers.Serializer):
    """Somebody who reads it because it was shared with them."""

    person = serializers.CharField(source="user.username")
    name = serializers.CharField(source="user.get_full_name")
    by = serializers.CharField(source="by.get_full_name")
    at = serializers.DateTimeField()


class SharesShown(serializers.Serializer):
    results = ShareShown(many=True)
