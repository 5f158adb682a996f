"""The orders of a request, or the job of a repair in the list of its team, as the API shows them."""

from rest_framework import serializers


class OrderShown(serializers.Serializer):
    vendor = serializers.CharField(help_text="whom it was ordered from; of a repair: its team")
    number = serializers.CharField(help_text="its name in the purchasing system; empty until it is there")
    words = serializers.CharField(help_text="how it stands")
    link = serializers.CharField(help_text="to the order, for who may open it there; may be empty")
    checked_at = serializers.DateTimeField(allow_null=True, help_text="when it was last asked about")
    late = serializers.BooleanField(help_text="it was refused, cancelled or taken back")
