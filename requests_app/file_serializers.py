"""Files of a request as the API shows and reads them."""

from django.urls import reverse
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portal.drf import Body
from requests_app.models import Attachment


class FileShown(serializers.Serializer):
    """A file that belongs to a request. One that was removed after others could see it stays without its content."""

    id = serializers.CharField(source="ref")
    name = serializers.CharField()
    kind = serializers.CharField(
        source="mime", help_text="image/jpeg, image/png, application/pdf, text/plain"
    )
    size = serializers.IntegerField(help_text="bytes, as stored")
    state = serializers.ChoiceField(
        choices=Attachment.State.choices, help_text="held: nobody can read it before the scanner did"
    )
    added_by = serializers.CharField(source="added_by.get_full_name")
    added_at = serializers.DateTimeField()
    removed_at = serializers.DateTimeField(allow_null=True)
    href = serializers.SerializerMethodField(
        allow_null=True, help_text="address of the content; null where there is none to read (yet)"
    )

    def get_href(self, file: Attachment) -> str | None:
        return reverse("api:file", args=[file.ref]) if file.is_there else None


@extend_schema_field(OpenApiTypes.BINARY)
class Content(serializers.FileField):
    """A part of the post that has a file name."""


class FileBody(Body):
    """One file, as multipart/form-data."""

    default_error_messages = {"invalid": gettext_lazy("Send multipart/form-data.")}

    file = Content(
        max_length=1_000, allow_empty_file=True, help_text="JPEG, PNG, PDF or plain text, at most 10 MB"
    )
